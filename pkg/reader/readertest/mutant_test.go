package readertest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// mutantVariable names the fault that TestMutant runs the suite with.
const mutantVariable = "TILL_READERTEST_MUTANT"

// Each fault of a reader must fail the test of the suite that is there for it. The
// suite runs in another process, since a failing test cannot be undone in this one.
func TestSuiteFindsFaults(t *testing.T) {
	for fault, test := range map[string]string{
		"forgets the cause":         "a_deadline_ends_Wait",
		"no reset on close":         "a_card_closed_is_given_again,_reset",
		"another error on removal":  "a_removed_card_says_so",
		"works after close":         "a_closed_card_says_so",
		"two cards at a time":       "one_card_at_a_time",
		"takes what is no command":  "what_is_no_command_is_refused",
		"sends for an ended caller": "an_ended_context_sends_nothing",
		"changes the command":       "the_caller_owns_the_bytes",
		"one buffer for all":        "the_caller_owns_the_bytes",
		"opens when closed":         "a_closed_reader_gives_nothing",
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMutant$/^"+test+"$", "-test.timeout=30s")
		cmd.Env = append(os.Environ(), mutantVariable+"="+fault)
		said, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "--- FAIL: TestMutant/"+test) {
			t.Errorf("a reader that %q passes %s: %v\n%s", fault, test, err, said)
		}
	}
}

// TestMutant is for TestSuiteFindsFaults. Without a fault it is the suite over the
// wrappers alone, which shows that they break nothing by themselves.
func TestMutant(t *testing.T) {
	fault := os.Getenv(mutantVariable)
	readertest.Run(t, func(*testing.T) readertest.Bench {
		card, device := virtual.NewCard(virtual.Visa()), virtual.NewReader(nil)
		return readertest.Bench{
			Reader: &mutantReader{Reader: device, fault: fault},
			Insert: func() { device.Insert(card) },
			Remove: device.Remove,
		}
	})
}

type mutantReader struct {
	*virtual.Reader
	fault string
	last  *mutantChip
}

func (r *mutantReader) Wait(ctx context.Context) (reader.Card, error) {
	if r.last != nil && (r.fault == "two cards at a time" || r.fault == "no reset on close" && r.last.closed) {
		return r.last, nil
	}
	card, err := r.Reader.Wait(ctx)
	switch {
	case r.fault == "forgets the cause" && errors.Is(err, reader.ErrNoCard):
		return nil, reader.ErrNoCard
	case r.fault == "opens when closed" && errors.Is(err, reader.ErrClosed):
		return virtual.NewReader(virtual.NewCard(virtual.Visa())).Wait(ctx)
	case err != nil:
		return nil, err
	}
	r.last = &mutantChip{Chip: card.(reader.Chip), fault: r.fault}
	return r.last, nil
}

type mutantChip struct {
	reader.Chip
	fault  string
	closed bool
	buffer []byte
}

func (c *mutantChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if c.fault == "sends for an ended caller" {
		_, _ = c.Chip.Transmit(context.WithoutCancel(ctx), command) // what it answers is not the fault
	}
	answer, err := c.Chip.Transmit(ctx, command)
	switch {
	case c.fault == "another error on removal" && errors.Is(err, reader.ErrRemoved):
		return nil, errors.New("input/output error")
	case c.fault == "works after close" && c.closed:
		return []byte{0x90, 0x00}, nil
	case c.fault == "takes what is no command" && errors.Is(err, reader.ErrCommand):
		return []byte{0x67, 0x00}, nil
	case c.fault == "changes the command" && len(command) > 4:
		command[4]++
	case c.fault == "one buffer for all" && err == nil:
		c.buffer = append(c.buffer[:0], answer...)
		return c.buffer, nil
	}
	return answer, err
}

func (c *mutantChip) Close() error {
	c.closed = true
	if c.fault == "no reset on close" {
		return nil
	}
	return c.Chip.Close()
}

func (c *mutantChip) ATR() []byte { return bytes.Clone(c.Chip.ATR()) }
