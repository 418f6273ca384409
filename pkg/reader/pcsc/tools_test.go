package pcsc_test

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// Programs that have nothing of ours see the card too: OpenSC's opensc-tool and
// pcsc-tools' pcsc_scan list the readers, read the answer to reset, and get the directory.
func TestOtherPrograms(t *testing.T) {
	t.Parallel()
	opensc, scan := pcsctest.Tool(t, "opensc-tool"), pcsctest.Tool(t, "pcsc_scan")
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(virtual.Visa()))
		stack.Insert(2, virtual.NewCard(virtual.Pair()))
		release(t, take(t, open(t, stack.Reader(0)))) // pcscd has seen the cards
		for _, c := range []struct {
			name string
			args []string
			want []string
		}{
			{"opensc-tool lists the readers", []string{opensc, "-l"}, []string{stack.Reader(0), stack.Reader(1), stack.Reader(2), stack.Reader(3)}},
			{"opensc-tool reads the answer to reset, T=1", []string{opensc, "-r", stack.Reader(0), "-a"}, []string{"3b:e0:00:ff:81:31:7c:41:92"}},
			{"opensc-tool reads the answer to reset, T=0", []string{opensc, "-r", stack.Reader(2), "-a"}, []string{"3b:60:00:00"}},
			{
				"opensc-tool selects the directory", []string{opensc, "-r", stack.Reader(0), "-c", "default", "-s", directoryColons},
				[]string{"SW1=0x90, SW2=0x00", "6F 1C 84 0E 31 50 41 59 2E 53 59 53 2E 44 44 46"},
			},
			{"opensc-tool tries all cards that it knows", []string{opensc, "-r", stack.Reader(0), "-n"}, []string{"Unsupported card"}},
			{"opensc-tool does under T=0", []string{opensc, "-r", stack.Reader(2), "-n"}, []string{"Unsupported card"}},
			{"pcsc_scan lists the readers", []string{scan, "-r"}, []string{stack.Reader(0), stack.Reader(3)}},
			{"pcsc_scan watches", []string{scan, "-n", "-t", "1"}, []string{"Card inserted", "3B 60 00 00"}},
			{"pcsc_scan sees the cards", []string{scan, "-c"}, []string{"3B E0 00 FF 81 31 7C 41 92", "3B 60 00 00"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				said := runProgram(t, c.args...)
				for _, want := range c.want {
					if !strings.Contains(said, want) {
						t.Errorf("%q does not say %q:\n%s", c.args, want, said)
					}
				}
			})
		}
	}, contactReader, contactlessReader)
}

// directoryColons is SELECT of the directory as opensc-tool takes it.
const directoryColons = "00:A4:04:00:0E:31:50:41:59:2E:53:59:53:2E:44:44:46:30:31:00"

// runProgram runs a program to its end. One that hangs because pcscd does is killed.
func runProgram(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, time.Second
	if err := cmd.Run(); err != nil {
		t.Errorf("%q: %v\n%s", args, err, said.String())
	}
	return said.String()
}
