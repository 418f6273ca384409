package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// console is an Env with buffers for streams and folders of its own.
type console struct {
	*Env
	out, err bytes.Buffer
}

func newConsole(t *testing.T) *console {
	t.Helper()
	dir := t.TempDir()
	c := &console{}
	c.Env = &Env{
		In:      Input{Reader: strings.NewReader("")},
		Out:     Stream{Writer: &c.out},
		Err:     Stream{Writer: &c.err},
		Environ: config.Environ{"HOME=" + dir, "XDG_DATA_HOME=" + dir + "/data", "XDG_CONFIG_HOME=" + dir + "/config"},
		Dir:     dir,
		System:  dir + "/etc",
		Now:     func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) },
		Random:  strings.NewReader(strings.Repeat("till", 1024)),
	}
	return c
}

// till runs one command and returns its exit code.
func (c *console) till(args ...string) exitCode {
	c.out.Reset()
	c.err.Reset()
	c.flagged = nil
	return exitCode(Run(context.Background(), c.Env, args))
}

// withCommand runs a command that exists in this test alone.
func (c *console) withCommand(ctx context.Context, t *testing.T, run func(context.Context) error, args ...string) exitCode {
	t.Helper()
	c.Args = args
	c.chooseLang()
	root := &cobra.Command{Use: "till", RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) }, SilenceErrors: true, SilenceUsage: true}
	root.SetArgs(nil)
	return report(c.Env, interrupted(ctx, root.ExecuteContext(ctx)))
}

func TestExitOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want exitCode
	}{
		{nil, 0},
		{errors.New("disk on fire"), 1},
		{&till.Problem{Code: till.CodeFailure}, 1},
		{&till.Problem{Code: till.CodeNotFound}, 1},
		{&till.Problem{Code: till.CodeHostDown}, 1},
		{&till.Problem{Code: till.CodeStore}, 1},
		{&till.Problem{Code: till.CodeUsage}, 2},
		{&till.Problem{Code: till.CodeConflict}, 2},
		{exitError{exitDeclined}, 3},
		{&till.Problem{Code: till.CodeNotPermitted}, 4},
		{&till.Problem{Code: till.CodeNoDevice}, 5},
		{exitError{exitUnknown}, 6},
		{&till.Problem{Code: till.CodeDifference}, 7},
		{&till.Problem{Code: till.CodePending}, 8},
		{&till.Problem{Code: till.CodeInterrupted}, 130},
		{context.Canceled, 130},
		{fmt.Errorf("pay: %w", exitError{exitDeclined}), 3},
		{fmt.Errorf("pay: %w", &till.Problem{Code: till.CodePending}), 8},
		{errors.Join(exitError{exitUnknown}, errors.New("and the file did not close")), 6},
	} {
		if got := exitOf(c.err); got != c.want {
			t.Errorf("%v ends with %d, want %d", c.err, got, c.want)
		}
	}
}

// Every code of a problem has an exit code of its own choosing, none falls through.
func TestExitNamesAreUnique(t *testing.T) {
	seen := map[string]exitCode{}
	for _, e := range exitCodes() {
		if other, twice := seen[e.name()]; twice {
			t.Errorf("%d and %d are both %s", e, other, e.name())
		}
		seen[e.name()] = e
		if e.meaning().In(i18n.Chinese) == "" {
			t.Errorf("%d has no Chinese", e)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d exit codes, the table has 10", len(seen))
	}
}

func TestReport(t *testing.T) {
	problem := &till.Problem{
		Code: till.CodeHostDown, What: i18n.T("no link to %s", "无法连接 %s").With("a:1"),
		Hint: i18n.T("till doctor", "运行 till doctor").With(), Cause: errors.New("connection refused"),
	}
	for _, c := range []struct {
		args []string
		err  error
		want string
	}{
		{nil, problem, "till: no link to a:1: connection refused\nhint: till doctor\n"},
		{[]string{"--lang", "zh"}, problem, "till: 无法连接 a:1：connection refused\nhint: 运行 till doctor\n"},
		{[]string{"--json"}, problem, `{"code":"host_down","message":"no link to a:1: connection refused","hint":"till doctor","exit":1}` + "\n"},
		{[]string{"--lang=zh", "-O", "ndjson"}, problem, `{"code":"host_down","message":"无法连接 a:1：connection refused","hint":"运行 till doctor","exit":1}` + "\n"},
		{nil, exitError{exitDeclined}, ""},
		{nil, errors.New("odd\x1b[31m"), "till: odd\nhint: till doctor looks for the usual causes\n"},
	} {
		con := newConsole(t)
		con.withCommand(context.Background(), t, func(context.Context) error { return c.err }, c.args...)
		if got := con.err.String(); got != c.want {
			t.Errorf("%v %v: %q, want %q", c.args, c.err, got, c.want)
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{
		"pay 1 --json":            true,
		"pay 1 --json=id":         true,
		"pay 1 --jq .id":          true,
		"pay 1 -O json":           true,
		"pay 1 -Ojson":            true,
		"pay 1 -O=ndjson":         true,
		"pay 1 --output NDJSON":   true,
		"pay 1 --output=json":     true,
		"pay 1":                   false,
		"pay 1 -O csv":            false,
		"pay json":                false,
		"pay -- --json":           false,
		"pay 1 -O":                false,
		"pay 1 -o result.json":    false,
		"pay 1 --output=json.csv": false,
	} {
		if got := wantsJSON(strings.Fields(args)); got != want {
			t.Errorf("%s: %v, want %v", args, got, want)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	con := newConsole(t)
	wait := func(ctx context.Context) error { <-ctx.Done(); return fmt.Errorf("reading the card: %w", ctx.Err()) }
	if code := con.withCommand(ctx, t, wait); code != exitInterrupted {
		t.Errorf("exit %d, want 130", code)
	}
	if !strings.HasPrefix(con.err.String(), "till: interrupted") {
		t.Errorf("stderr %q", con.err.String())
	}
	unknown := func(context.Context) error { return exitError{exitUnknown} }
	if code := con.withCommand(ctx, t, unknown); code != exitUnknown {
		t.Errorf("an unknown outcome after Ctrl-C ends with %d, want 6: the reversal must be known of", code)
	}
}

// A panic ends with 1 and a report that shows where it was, and never what the value
// held.
func TestFault(t *testing.T) {
	con := newConsole(t)
	code := exitCode(0)
	func() {
		defer func() { code = report(con.Env, broken(recover())) }()
		panic("4111111111111111 is a string that must not show")
	}()
	if code != exitFailure || !strings.Contains(con.err.String(), "a fault in till itself: string") {
		t.Errorf("exit %d, stderr %q", code, con.err.String())
	}
	if strings.Contains(con.err.String(), "4111111111111111") || !strings.Contains(con.err.String(), "run_test.go") {
		t.Errorf("the report shows the value, or not the place:\n%s", con.err.String())
	}
}

// A card number never gets past the command line, in whatever form, and is not
// repeated.
func TestCardNumberOnTheCommandLine(t *testing.T) {
	for _, arg := range []string{"4111111111111111", "4111 1111 1111 1111", "--pan=4111111111111111", "--id=4111-1111-1111-1111", "378282246310005"} {
		con := newConsole(t)
		if code := con.till("version", arg); code != exitUsage {
			t.Errorf("exit %d, want 2", code)
		}
		all := con.out.String() + con.err.String()
		if !strings.Contains(all, "argument 2 is a card number") || strings.Contains(all, "1111") || strings.Contains(all, "0005") {
			t.Errorf("it prints %q", all)
		}
	}
	con := newConsole(t)
	if code := con.till("version", "1700000000001"); code != exitUsage || !strings.Contains(con.err.String(), "too many") {
		t.Errorf("a number that is no card's: exit %d, %q", code, con.err.String())
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		args, environ string
		want          i18n.Lang
	}{
		{"version", "", i18n.English},
		{"version", "LANG=zh_CN.UTF-8", i18n.Chinese},
		{"version", "LC_ALL=en_US LANG=zh_CN", i18n.English},
		{"version", "LC_MESSAGES=zh_TW LANG=en_US", i18n.Chinese},
		{"version", "LC_ALL= LANG=zh_CN", i18n.Chinese},
		{"version", "LANG=C", i18n.English},
		{"version", "LANG=fr_FR", i18n.English},
		{"version", "TILL_LANG=zh LC_ALL=en_US", i18n.Chinese},
		{"version --lang en", "TILL_LANG=zh", i18n.English},
		{"version --lang=zh", "LANG=en", i18n.Chinese},
		{"version -- --lang=zh", "", i18n.English},
	} {
		con := newConsole(t)
		con.Environ = append(con.Environ, strings.Fields(c.environ)...)
		con.till(strings.Fields(c.args)...)
		if con.Lang() != c.want {
			t.Errorf("%s with %s speaks %s, want %s", c.args, c.environ, con.Lang(), c.want)
		}
	}
}

// With --json an error is one object on stderr and stdout stays empty, whatever the
// error is.
func TestErrorsAreJSON(t *testing.T) {
	for _, args := range []string{
		"version --json --nosuch", "version --json=nosuch", "nosuch --json", "config get nosuch --json",
		"version extra --json", "version --json --jq .[", "version --lang xx --json", "completion tcsh -O json",
	} {
		con := newConsole(t)
		code := con.till(strings.Fields(args)...)
		var e jsonError
		dec := json.NewDecoder(&con.err)
		if err := dec.Decode(&e); err != nil {
			t.Errorf("%s: stderr is no JSON: %v", args, err)
			continue
		}
		if dec.More() || code != exitUsage || e.Exit != code || e.Code != "usage" || e.Message == "" || e.Hint == "" || con.out.Len() > 0 {
			t.Errorf("%s: exit %d, %+v, stdout %q", args, code, e, con.out.String())
		}
	}
}

func TestCheckArgs(t *testing.T) {
	for _, c := range []struct {
		use, args, want string
	}{
		{"list", "", ""},
		{"list", "x", `"x" is one argument too many`},
		{"refund ID [AMOUNT]", "", "ID is missing"},
		{"refund ID [AMOUNT]", "a", ""},
		{"refund ID [AMOUNT]", "a b", ""},
		{"refund ID [AMOUNT]", "a b c", `"c" is one argument too many`},
		{"show [ID...]", "", ""},
		{"show ID...", "", "ID... is missing"},
		{"show ID...", "a b c", ""},
	} {
		err := checkArgs(&cobra.Command{Use: c.use}, strings.Fields(c.args))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.use, c.args, got, c.want)
		}
	}
}

// A setting that a flag gives goes through the same checks as any other.
func TestBindSetting(t *testing.T) {
	con := newConsole(t)
	cmd := &cobra.Command{Use: "x"}
	bindSetting(con.Env, cmd.Flags(), "host", "host.address", i18n.T("the `HOST:PORT`", "`HOST:PORT`"))
	if err := cmd.Flags().Parse([]string{"--host", "127.0.0.1:8583"}); err != nil {
		t.Fatal(err)
	}
	layers, err := con.Layers()
	if err != nil {
		t.Fatal(err)
	}
	s, _ := layers.Setting("host.address")
	if s.Value != "127.0.0.1:8583" || s.Origin.String() != "--host" {
		t.Errorf("host.address is %q of %s", s.Value, s.Origin)
	}
	if err := cmd.Flags().Parse([]string{"--host", "nowhere"}); err != nil {
		t.Fatal(err)
	}
	if _, err := con.Config(); err == nil || !strings.Contains(err.Error(), "--host") {
		t.Errorf("--host nowhere: %v, want a problem that names the flag", err)
	}
}
