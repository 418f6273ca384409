package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// jsonError is what stderr gets of an error with --json.
type jsonError struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Hint    string   `json:"hint"`
	Exit    exitCode `json:"exit"`
}

// report tells the user of an error on stderr, as lines or as one JSON object, and
// returns the exit code. A result that is data, such as a declined sale, is told
// already.
func report(env *Env, err error) exitCode {
	code := exitOf(err)
	var data exitError
	if err == nil || errors.As(err, &data) {
		return code
	}
	p := problemOf(err)
	if wantsJSON(env.Args) {
		reportJSON(env, p, code)
		return code
	}
	reportLines(env, p)
	var f *fault
	if errors.As(err, &f) {
		f.trace(env.Err)
	}
	return code
}

func reportJSON(env *Env, p *till.Problem, code exitCode) {
	enc := json.NewEncoder(env.Err)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(jsonError{Code: string(p.Code), Message: message(env, p), Hint: p.Hint.In(env.lang), Exit: code})
}

func reportLines(env *Env, p *till.Problem) {
	s := env.screen(env.Err)
	_, _ = fmt.Fprintf(env.Err, "%s %s\n", s.Red("till:"), cells.Plain(message(env, p)))
	if hint := p.Hint.In(env.lang); hint != "" {
		for line := range strings.Lines(hint) {
			_, _ = fmt.Fprintf(env.Err, "%s %s\n", s.Bold("hint:"), cells.Plain(strings.TrimSuffix(line, "\n")))
		}
	}
}

// message is what happened, with the cause behind a colon. That a version was stale is
// for programs: the words before it say what it means.
func message(env *Env, p *till.Problem) string {
	m := p.What.In(env.lang)
	if p.Cause == nil || errors.Is(p.Cause, till.ErrStale) {
		return m
	}
	return i18n.T("%s: %s", "%s：%s").With(m, causeOf(p.Cause)).In(env.lang)
}

// causeOf is the cause as it is told: a problem below a problem has its own words.
func causeOf(err error) any {
	var p *till.Problem
	if errors.As(err, &p) {
		return p.What
	}
	return err.Error()
}

// problemOf makes a problem of any error.
func problemOf(err error) *till.Problem {
	var p *till.Problem
	var f *fault
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &f):
		return &till.Problem{
			Code: till.CodeFailure, What: i18n.T("a fault in till itself: %s", "till 自身的缺陷：%s").With(f.what),
			Hint: i18n.T("please report it with the lines below; they hold no card data", "请附上以下内容报告此问题；其中不含卡片数据").With(),
		}
	}
	return &till.Problem{
		Code: till.CodeFailure, What: i18n.T("%s", "%s").With(err.Error()),
		Hint: i18n.T("till doctor looks for the usual causes", "运行 till doctor 检查常见原因").With(),
	}
}

// wantsJSON looks for the flags that make an error an object. It reads the arguments
// and not the parsed flags, since parsing itself may be what failed.
func wantsJSON(args []string) bool {
	for i, a := range args {
		if a == "--" {
			return false
		}
		name, value, _ := strings.Cut(a, "=")
		switch {
		case name == "--json", name == "--jq":
			return true
		case (a == "-O" || a == "--output") && i+1 < len(args):
			value = args[i+1]
		case strings.HasPrefix(a, "-O"):
			value = strings.TrimPrefix(a[2:], "=")
		case name != "--output":
			continue
		}
		if isJSON(value) {
			return true
		}
	}
	return false
}

func isJSON(format string) bool {
	return strings.EqualFold(format, string(out.JSON)) || strings.EqualFold(format, string(out.NDJSON))
}
