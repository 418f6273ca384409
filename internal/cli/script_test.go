package cli

import (
	"encoding/json"
	"flag"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// updating reports that the golden parts of the scripts are to be written anew. The flag
// itself is defined by the module that drives screens in these tests.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// TestMain lets the scripts run this test binary as till.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"till": func() { os.Exit(Main()) }})
}

// TestScripts runs testdata/script: each file is a story of commands, their output and
// their exit codes, in a home of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		UpdateScripts:       updating(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			e.Setenv("USERPROFILE", e.WorkDir+"/home")
			e.Setenv("LOCALAPPDATA", e.WorkDir+"/home")
			return os.Mkdir(e.WorkDir+"/home", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": isJSONOutput, "plain": isPlain, "freeport": freePort, "listening": listening, "eventually": eventually,
			"whatever": whatever,
		},
	})
}

// scripts are the stories to be run. Under the race detector, where a command takes half a
// second to start, they are those in which a till talks to a host, a wallet or a reader:
// the others start no goroutines that share.
func scripts(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatal("no scripts: ", err)
	}
	if stride == 1 {
		return all
	}
	talking := regexp.MustCompile(`till (pay|sell|sale|demo|host|batch|refund|void|undo|checkout)\b`)
	return slices.DeleteFunc(all, func(path string) bool {
		story, err := os.ReadFile(path)
		return err == nil && !talking.Match(story)
	})
}

// exits CODE till ARGS... runs a command and wants this exit code.
func exits(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGS...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s ends with %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// whatever till ARGS... runs a command that chance has a say in, and takes any end of it.
func whatever(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: whatever COMMAND [ARGS...]")
	}
	_ = ts.Exec(args[0], args[1:]...) // told in the log of the test
}

// eventually till ARGS... runs a command until it ends well, ten times at the most.
func eventually(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: eventually COMMAND [ARGS...]")
	}
	var err error
	for range 10 {
		if err = ts.Exec(args[0], args[1:]...); err == nil {
			return
		}
	}
	ts.Fatalf("%s never ends well: %v", strings.Join(args, " "), err)
}

// freeport NAME sets NAME to an address of loopback that nobody listens at.
func freePort(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// listening ADDR waits until somebody listens there, ten seconds at the most.
func listening(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		ts.Fatalf("usage: listening ADDR")
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", args[0])
		if err == nil {
			ts.Check(c.Close())
			return
		}
	}
	ts.Fatalf("nobody listens at %s", args[0])
}

// json FILE wants one JSON value in a file, stdout or stderr, and nothing after it.
func isJSONOutput(ts *testscript.TestScript, negated bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	valid := json.Valid([]byte(ts.ReadFile(args[0])))
	if valid == negated {
		ts.Fatalf("%s is JSON: %v", args[0], valid)
	}
}

// plain FILE wants no escape byte in a file, stdout or stderr.
func isPlain(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		ts.Fatalf("usage: plain FILE")
	}
	if strings.Contains(ts.ReadFile(args[0]), "\x1b") {
		ts.Fatalf("%s holds an escape byte", args[0])
	}
}
