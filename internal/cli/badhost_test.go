package cli

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// A host that takes the request and then misbehaves in any way leaves an unknown
// outcome, exit 6. The reversal that it does not answer either survives the program,
// and the next one repeats it with the same trace number until it is acknowledged.
func TestMisbehavingHosts(t *testing.T) {
	for name, fate := range map[string]linktest.Fate{
		"silent":            linktest.Silence(),
		"garbage":           linktest.Garbage(),
		"another STAN":      linktest.OtherSTAN(),
		"another amount":    linktest.OtherAmount(),
		"another terminal":  linktest.OtherTerminal(),
		"closes mid-frame":  linktest.HalfFrame(20),
		"closes":            linktest.Close(),
		"answers too late":  linktest.Delay(900*time.Millisecond, linktest.Answer()),
		"noise on the line": linktest.Noise([]byte{0, 3, 'a', 'b', 'c'}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			misbehave(t, fate)
		})
	}
}

func misbehave(t *testing.T, fate linktest.Fate) {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	h := linktest.NewHost(t, linktest.Config{Spec: spec, Framing: link.Binary2()})
	h.On("0200", fate)
	h.On("0400", linktest.Silence())
	con := newConsole(t)
	con.Random = rand.Reader
	line := []string{"--host", h.Addr(), "--host-timeout", "300ms", "--json=outcome,state"}
	if code := con.till(append([]string{"pay", "12.50", "--id", "sale"}, line...)...); code != exitUnknown {
		t.Fatalf("pay: exit %d, %s%s", code, con.out.String(), con.err.String())
	}
	if got := con.out.String(); got != `{"outcome":"unknown","state":"REVERSING"}`+"\n" {
		t.Errorf("pay: got %s", got)
	}
	if code := con.till(append([]string{"txn", "status", "sale"}, line...)...); code != exitDone {
		t.Errorf("status: exit %d, %s", code, con.err.String())
	}
	if got := con.out.String(); got != `{"outcome":"reversed","state":"REVERSED"}`+"\n" {
		t.Errorf("status: got %s", got)
	}
	checkReversals(t, h)
}

// checkReversals wants one 0400 and one 0401, both of the sale's trace number.
func checkReversals(t *testing.T, h *linktest.Host) {
	t.Helper()
	stans := map[string]string{}
	for _, r := range h.Received() {
		stans[string(r.Message.MTI())] = r.Message.Value("11")
	}
	if stans["0400"] != stans["0200"] || stans["0401"] != stans["0200"] || stans["0200"] == "" {
		t.Errorf("trace numbers of request, reversal and repeat: %v, want one", stans)
	}
}
