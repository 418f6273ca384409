package cli

import (
	"context"
	"errors"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// isoProgress tells on stderr, a line now and then, how far a long work is.
type isoProgress struct {
	env  *Env
	next time.Time
}

// How long a work may be silent at first and between two lines.
const (
	progressFirst = 3 * time.Second
	progressEvery = 10 * time.Second
)

func newISOProgress(env *Env) *isoProgress {
	return &isoProgress{env: env, next: env.Now().Add(progressFirst)}
}

func (p *isoProgress) see(at bulk.Progress) {
	now := p.env.Now()
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(progressEvery)
	p.env.Note(i18n.T("%d messages, %d MB read", "已处理 %d 条报文，读取 %d MB").With(at.Messages, at.Bytes>>20))
}

// inputProblem says that an input could not be read to its end; what was read is told
// already.
func inputProblem(err error) error {
	var fault *dump.Error
	if !errors.As(err, &fault) || errors.Is(err, context.Canceled) {
		return err
	}
	return &till.Problem{
		Code: till.CodeFailure, Cause: err,
		What: i18n.T("the input could not be read beyond byte %d", "输入在第 %d 字节之后无法读取").With(fault.Offset),
		Hint: i18n.T("what stands before it has been told; try again from a copy of the file", "此前内容已输出；请用文件副本重试").With(),
	}
}
