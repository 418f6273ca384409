package register

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Parameters are what a host downloads to a terminal: lines of name=value, in ASCII. What
// is zero the host does not bound. Names that are not known here are passed over.
type Parameters struct {
	Limits  till.Limits
	Offline int64 // minor units that one offline sale may come to
}

// ParseParameters reads what was downloaded. A line without a name, or a number that is
// none, refuses the whole: half a set of limits is none.
func ParseParameters(text []byte) (Parameters, error) {
	var p Parameters
	numbers := map[string]func(int64){
		"batch.limit":        func(n int64) { p.Limits.Batch = int(n) },
		"offline.count":      func(n int64) { p.Limits.OfflineCount = int(n) },
		"offline.sum":        func(n int64) { p.Limits.OfflineSum = money.New(n, money.Currency{}) },
		"offline.amount":     func(n int64) { p.Offline = n },
		"completion.percent": func(n int64) { p.Limits.Completion = int(n) },
		"tip.percent":        func(n int64) { p.Limits.Tip = int(n) },
	}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || name == "" {
			return Parameters{}, badParameters(i+1, line)
		}
		set, known := numbers[name]
		if !known {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > till.MaxMinor {
			return Parameters{}, badParameters(i+1, line)
		}
		set(n)
	}
	return p, nil
}

func badParameters(n int, line string) error {
	return &till.Problem{
		Code:  till.CodeFailure,
		What:  i18n.T("line %d of the host's parameters cannot be read; those of before stay", "无法读取主机参数第 %d 行；原参数保持不变").With(n),
		Hint:  i18n.T("ask the acquirer, then: till terminal download", "请联系收单机构，然后：till terminal download").With(),
		Cause: fmt.Errorf("got %q, want name=number", line),
	}
}

// Bound are the shop's own limits, and the host's where those are tighter.
func (p Parameters) Bound(own till.Limits) till.Limits {
	l := own
	tighten(&l.Batch, p.Limits.Batch)
	tighten(&l.Completion, p.Limits.Completion)
	tighten(&l.Tip, p.Limits.Tip)
	if n := p.Limits.OfflineCount; n > 0 && n < l.OfflineCount { // 0 is none: a host opens nothing that the shop keeps shut
		l.OfflineCount = n
	}
	if sum := p.Limits.OfflineSum.Minor(); sum > 0 && sum < l.OfflineSum.Minor() {
		l.OfflineSum = money.New(sum, l.OfflineSum.Currency())
	}
	return l
}

// tighten sets a limit to another one where that bounds more; 0 does not bound.
func tighten(mine *int, theirs int) {
	if theirs > 0 && (*mine == 0 || theirs < *mine) {
		*mine = theirs
	}
}
