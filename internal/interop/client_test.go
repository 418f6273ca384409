//go:build interop

package interop_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// Terminals on jPOS at our simulator: its multiplexer must take each answer for the
// request that it answers, and the books must say what the terminals were told.
func TestJPOSOnOurHost(t *testing.T) {
	hosts := map[string]*hostsim.Host{}
	args := []string{signed(t)}
	for _, w := range wires() {
		h, addr := serve(t, w, hostsim.Config{})
		hosts[w.name] = h
		args = append(args, w.name, addr)
	}
	said := start(t, "Client", args...).rest()
	for _, w := range wires() {
		for _, terminal := range []string{"TILL1", "TILL002"} {
			checkDay(t, hosts[w.name], w, terminal, said)
		}
	}
}

// checkDay holds what one terminal was told against the books of its host.
func checkDay(t *testing.T, h *hostsim.Host, w wire, terminal string, said []string) {
	t.Helper()
	var told []string
	for _, line := range said {
		if rest, ours := strings.CutPrefix(line, w.name+" "+terminal+" "); ours {
			told = append(told, rest)
		}
	}
	arpc := ""
	if i := slices.IndexFunc(told, func(line string) bool { return strings.Contains(line, " 2 910A") }); i >= 0 {
		told[i], arpc, _ = strings.Cut(told[i], " 910A")
	}
	if len(arpc) != 20 {
		t.Errorf("%s: the issuer's answer to the chip is %q, want the ten bytes of tag 91", w.name, arpc)
	}
	if want := dayOfTheClient(); !slices.Equal(told, want) {
		t.Errorf("%s: jPOS was told\n%s\nwant\n%s", w.name, strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	want := till.Totals{Currency: "CNY", Debits: 4, DebitMinor: 3150, DebitReversals: 1, DebitRevMinor: 800, Credits: 1, CreditMinor: 250}
	if got, err := h.Totals(t.Context(), terminal, 1); err != nil || got != want {
		t.Errorf("%s: the host has %+v of %s, %v; want %+v", w.name, got, terminal, err, want)
	}
	if _, err := h.Verify(t.Context()); err != nil {
		t.Errorf("%s: %v", w.name, err)
	}
}

// dayOfTheClient is Client.day with our answers.
func dayOfTheClient() []string {
	return strings.Split(strings.TrimSpace(`
0800 - - 000001 0810 00
0200 000000 000000001250 000002 0210 00
0200 000000 000000000800 000003 0210 00
0200 000000 000000001051 000004 0210 51
0200 200000 000000000250 000005 0210 00
0200 020000 000000000800 000006 0210 00
0200 000000 000000001250 000002 0210 00
0200 000000 000000009900 000002 0210 94
0200 000000 000000001068 000007 silence
0400 000000 000000001068 000007 0410 00
0401 000000 000000001068 000007 0410 00
0400 000000 000000000300 000008 0410 25
0200 000000 000000000300 000008 0210 12
0200 000000 000000000500 000009 0210 00 2
0220 000000 000000000600 000010 0230 00
0221 000000 000000000600 000010 0230 00
0500 - - 000011 0510 95
0500 - - 000012 0510 00
0800 - - 000013 0810 00
`), "\n")
}

// signed is a file with what a chip card signed for 5.00: the register read it, and its
// host was taken away before it was asked.
func signed(t *testing.T) string {
	t.Helper()
	asked := &nobody{}
	s := newShop(t, line{terminal: "TILL1", dialer: func(context.Context, func(string, till.STAN, string)) (register.Host, error) { return asked, nil }})
	s.sale(till.Chip, "5.00", till.OutcomeUnknown, "")
	p, err := host.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Request(asked.sale)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "chip.properties")
	text := fmt.Sprintf("2=%s\n14=%s\n23=%s\n55=%X\n", m.Reveal("2"), m.Reveal("14"), m.Value("23"), m.Bytes("55"))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// nobody is a host that takes sign-ons and is silent else.
type nobody struct{ sale till.Request }

// Exchange implements register.Host.
func (n *nobody) Exchange(_ context.Context, q till.Request) (till.Answer, error) {
	switch q.Op {
	case till.OpSignOn, till.OpReverse:
		return till.Answer{ResponseCode: "00", Approved: true, Acknowledged: true}, nil
	default:
	}
	n.sale = q
	return till.Answer{}, &till.NoAnswer{Reason: till.ReasonTimeout, Cause: context.DeadlineExceeded}
}

// Close implements register.Host.
func (*nobody) Close() error { return nil }

// serve is our simulator on the wire, for the length of the test.
func serve(t testing.TB, w wire, cfg hostsim.Config) (*hostsim.Host, string) {
	t.Helper()
	cfg.Dir, cfg.Now, cfg.Random = t.TempDir(), clock, rand.NewChaCha8([32]byte{4})
	cfg.Report = func(err error) { t.Errorf("%s: %v", w.name, err) }
	h, err := hostsim.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := w.load(t)
	framing, err := p.Wire()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := h.Serve(ctx, ln, p.Spec, framing); err != nil {
			t.Errorf("serving %s: %v", w.name, err)
		}
	})
	t.Cleanup(func() {
		cancel()
		serving.Wait()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, ln.Addr().String()
}
