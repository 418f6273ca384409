package faultscript_test

import (
	"reflect"
	"testing"

	"github.com/tillworks/till/internal/hostsim/faultscript"
)

// fatesOfExamples are all fates of the shipped scripts.
func fatesOfExamples(t *testing.T) (all []faultscript.Fate) {
	t.Helper()
	for _, name := range faultscript.Examples() {
		text, err := faultscript.Example(name)
		if err != nil {
			t.Fatal(err)
		}
		s, found := faultscript.Parse(text)
		if len(found) > 0 {
			t.Fatalf("%s: %v", name, found)
		}
		for _, r := range s.Rules {
			all = append(all, r.Fate)
		}
	}
	return all
}

// Whatever a script can do is done by one that is shipped, and so by the tests that run a
// till against all of them.
func TestExamplesHaveEveryFate(t *testing.T) {
	fates := fatesOfExamples(t)
	some := func(holds func(faultscript.Fate) bool) bool {
		for _, f := range fates {
			if holds(f) {
				return true
			}
		}
		return false
	}
	fields := reflect.TypeFor[faultscript.Fate]()
	for i := range fields.NumField() {
		if !some(func(f faultscript.Fate) bool { return !reflect.ValueOf(f).Field(i).IsZero() }) {
			t.Errorf("no shipped script has %s", fields.Field(i).Name)
		}
	}
	for name, holds := range map[string]func(faultscript.Fate) bool{
		"wrong: stan":             func(f faultscript.Fate) bool { return f.Wrong.Has(faultscript.WrongSTAN) },
		"wrong: terminal":         func(f faultscript.Fate) bool { return f.Wrong.Has(faultscript.WrongTerminal) },
		"wrong: amount":           func(f faultscript.Fate) bool { return f.Wrong.Has(faultscript.WrongAmount) },
		"wrong: mac":              func(f faultscript.Fate) bool { return f.Wrong.Has(faultscript.WrongMAC) },
		"code, unprocessed":       func(f faultscript.Fate) bool { return f.Code != "" && !f.Posted },
		"code, posted":            func(f faultscript.Fate) bool { return f.Code != "" && f.Posted },
		"unsolicited: answer":     func(f faultscript.Fate) bool { return f.Unsolicited == faultscript.StrayAnswer },
		"unsolicited: echo":       func(f faultscript.Fate) bool { return f.Unsolicited == faultscript.HostEcho },
		"truncate, announced":     func(f faultscript.Fate) bool { return f.Truncate.On && f.Truncate.Whole },
		"truncate, framed":        func(f faultscript.Fate) bool { return f.Truncate.On && !f.Truncate.Whole },
		"close, before an answer": func(f faultscript.Fate) bool { return f.Close.On && f.Close.After == 0 },
		"close, in an answer":     func(f faultscript.Fate) bool { return f.Close.On && f.Close.After > 0 },
		"garble, from the start":  func(f faultscript.Fate) bool { return f.Garble.Bytes > 0 && !f.Garble.Any },
		"garble, anywhere":        func(f faultscript.Fate) bool { return f.Garble.Any },
		"down, unprocessed":       func(f faultscript.Fate) bool { return f.Down > 0 && f.Drop },
		"down, processed":         func(f faultscript.Fate) bool { return f.Down > 0 && !f.Drop },
		"differ, by count":        func(f faultscript.Fate) bool { return f.Differ.Count != 0 },
		"differ, by amount":       func(f faultscript.Fate) bool { return f.Differ.Amount != (faultscript.Decimal{}) },
	} {
		if !some(holds) {
			t.Errorf("no shipped script has %q", name)
		}
	}
}
