package cli

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// isoExpected is what an answer was expected to have, and what it had. Values are masked.
type isoExpected struct {
	Path string `json:"path"` // "0" is the message type
	Want string `json:"want"` // empty is any value
	Got  string `json:"got"`
	OK   bool   `json:"ok"`
}

// isoExpectation is one --expect.
type isoExpectation struct {
	path string
	want *iso8583.Message // holds the value; nil is any
}

// expectations reads what the flags want of an answer in the dialect of the request:
// values are written as those of till iso build.
func expectations(env *Env, request *iso8583.Message, flags []string) ([]isoExpectation, error) {
	var list []isoExpectation
	for _, flag := range flags {
		path, value, given := strings.Cut(flag, "=")
		if strings.EqualFold(path, "mti") {
			path = "0"
		}
		if !isPath(path) {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("--expect wants FIELD=VALUE", "--expect 的形式为 FIELD=VALUE").With(),
				Hint: i18n.T("such as --expect 39=00 --expect mti=0210", "例如 --expect 39=00 --expect mti=0210").With(),
			}
		}
		e := isoExpectation{path: path}
		if given {
			e.want = request.Spec().NewMessage("")
			currency, _ := money.CurrencyByNumber(request.Value("49"))
			if err := e.want.Assign([]iso8583.Assignment{{Path: path, Value: value}}, currency); err != nil {
				return nil, fieldProblem(env, request.Spec(), err)
			}
		}
		list = append(list, e)
	}
	return list, nil
}

// look compares an answer.
func (e isoExpectation) look(answer *iso8583.Message) isoExpected {
	found := isoExpected{Path: e.path, Got: answer.Value(e.path), OK: answer.Has(e.path)}
	if e.want != nil {
		found.Want = e.want.Value(e.path)
		found.OK = answer.Same(e.path, e.want)
	}
	return found
}

// say is the line for people.
func (e isoExpected) say() i18n.Message {
	name := e.Path
	if name == "0" {
		name = "mti"
	}
	switch {
	case e.OK:
		return i18n.T("%s is %s, as expected", "%s 为 %s，符合预期").With(name, e.Got)
	case e.Got == "":
		return i18n.T("%s is not there", "没有 %s").With(name)
	}
	return i18n.T("%s is %s, expected %s", "%s 为 %s，预期 %s").With(name, e.Got, e.Want)
}
