package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// transcript writes down the messages of a terminal in words: what says what a message is,
// with its meaning, and the numbers of the fields beside.
type transcript struct {
	mu   sync.Mutex
	spec *iso8583.Spec
	text strings.Builder
}

func (x *transcript) tap(d link.Direction, raw []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	arrow := "> "
	if d == link.Received {
		arrow = "< "
	}
	said, beside := []string{}, []string{}
	for _, f := range x.spec.Explain(raw, "en").Fields {
		switch {
		case strings.Contains(f.Path, "."):
		case slices.Contains([]string{"0", "3", "4", "25", "39", "54", "66", "70"}, f.Path):
			words := f.Meaning
			if words == "" || words == f.Value {
				words = f.Value
			} else if f.Path != "4" {
				words = f.Value + " " + words
			}
			said = append(said, f.Path+": "+words)
		case f.Path != "1":
			beside = append(beside, f.Path)
		}
	}
	fmt.Fprintf(&x.text, "%s%s\n    with %s\n", arrow, strings.Join(said, " | "), strings.Join(beside, " "))
}

// remark writes down what is no message.
func (x *transcript) remark(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	fmt.Fprintf(&x.text, "  "+format+"\n", args...)
}

// begin begins the section of a row; end says where nothing was sent in it.
func (x *transcript) begin(name string) (end func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	fmt.Fprintf(&x.text, "\n## %s\n", name)
	from := x.text.Len()
	return func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		if body := x.text.String()[from:]; !strings.Contains(body, "> ") {
			x.text.WriteString("  nothing is sent\n")
		}
	}
}

// row is one of the transactions of a terminal, and how a till does it.
type row struct {
	name string
	do   func(ctx context.Context, s *shop) (till.Txn, error)
}

func transcriptRows(c money.Currency, line *frayedLine, x *transcript) []row {
	last := map[string]till.Txn{}
	amount := func(minor int64) money.Amount { return money.New(minor, c) }
	keep := func(name string, res register.Result, err error) (till.Txn, error) {
		last[name] = res.Txn
		return res.Txn, err
	}
	pay := func(name string, p register.Payment) row {
		p.Tender = till.Card
		if p.Entry == till.NoEntry {
			p.Entry = till.Chip
		}
		return row{name, func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := s.shop.Pay(ctx, p)
			return keep(name, res, err)
		}}
	}
	hold := func(name string, minor int64, do func(*shop) func(context.Context, register.Hold) (register.Result, error)) row {
		return row{name, func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := do(s)(ctx, register.Hold{Amount: amount(minor), Entry: till.Chip})
			return keep(name, res, err)
		}}
	}
	further := func(name, of string, minor int64, do func(*shop) func(context.Context, register.Further) (register.Result, error)) row {
		return row{name, func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := do(s)(ctx, register.Further{Original: last[of].ID, Amount: amount(minor)})
			return keep(name, res, err)
		}}
	}
	void := func(name, of string) row {
		return row{name, func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := s.shop.Void(ctx, register.Undo{Original: last[of].ID}, nil)
			return keep(name, res, err)
		}}
	}
	network := func(name string, do func(ctx context.Context, s *shop) error) row {
		return row{name, func(ctx context.Context, s *shop) (till.Txn, error) { return till.Txn{}, do(ctx, s) }}
	}
	preauth := func(s *shop) func(context.Context, register.Hold) (register.Result, error) { return s.shop.PreAuth }
	return []row{
		network("sign-on", func(ctx context.Context, s *shop) error { _, _, err := s.shop.TerminalSignOn(ctx); return err }),
		network("echo", func(ctx context.Context, s *shop) error { _, err := s.shop.TerminalEcho(ctx); return err }),
		network("download", func(ctx context.Context, s *shop) error { _, err := s.shop.TerminalDownload(ctx); return err }),
		pay("sale", register.Payment{Amount: amount(1200)}),
		{"refund", func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := s.shop.Refund(ctx, register.Undo{Original: last["sale"].ID, Amount: amount(200)}, nil)
			return keep("refund", res, err)
		}},
		pay("tipped sale", register.Payment{Amount: amount(5000)}),
		further("tip", "tipped sale", 500, func(s *shop) func(context.Context, register.Further) (register.Result, error) { return s.shop.Tip }),
		void("void", "tipped sale"),
		hold("pre-auth", 30000, preauth),
		further("increment", "pre-auth", 10000, func(s *shop) func(context.Context, register.Further) (register.Result, error) {
			return s.shop.Increment
		}),
		further("completion", "pre-auth", 42000, func(s *shop) func(context.Context, register.Further) (register.Result, error) { return s.shop.Capture }),
		void("completion void", "completion"),
		void("pre-auth void", "pre-auth"),
		network("balance", func(ctx context.Context, s *shop) error { _, err := s.shop.Balance(ctx, till.Chip); return err }),
		hold("cash advance", 2000, func(s *shop) func(context.Context, register.Hold) (register.Result, error) { return s.shop.CashAdvance }),
		pay("cashback", register.Payment{Amount: amount(1500), Cashback: amount(500)}),
		pay("instalments", register.Payment{Amount: amount(240000), Plan: &till.Plan{Count: 12, Code: "A12"}}),
		pay("keyed", register.Payment{Amount: amount(1200), Entry: till.Manual}),
		pay("referral advice", register.Payment{Amount: amount(1200), Entry: till.Manual, AuthCode: "123456"}),
		pay("partial approval", register.Payment{Amount: amount(10010)}),
		pay("refused part", register.Payment{Amount: amount(20010)}), // given back: a reversal
		{"lost answer", func(ctx context.Context, s *shop) (till.Txn, error) {
			line.lose(1)
			res, err := s.shop.Pay(ctx, register.Payment{Amount: amount(3000), Tender: till.Card, Entry: till.Chip})
			return res.Txn, err
		}},
		{"lost answer to the reversal", func(ctx context.Context, s *shop) (till.Txn, error) {
			line.lose(2)
			res, err := s.shop.Pay(ctx, register.Payment{Amount: amount(3100), Tender: till.Card, Entry: till.Chip})
			if err != nil || res.Txn.State != till.Reversing {
				return res.Txn, cmp.Or(err, errors.New("a reversal that nobody answered is over"))
			}
			x.remark("the reversal stays on the disk, and is repeated until it is acknowledged")
			return s.shop.Status(ctx, res.Txn.ID)
		}},
		{"store and forward", func(ctx context.Context, s *shop) (till.Txn, error) {
			if err := s.register.Close(); err != nil { // it dials anew, as the next command does
				return till.Txn{}, err
			}
			line.cut()
			x.remark("the line is down: the card decides, and nothing is sent")
			s.devices.contact = virtual.NewReader(virtual.NewCard(virtual.CDA()))
			defer func() { s.devices.contact = nil }()
			res, err := s.shop.Pay(ctx, register.Payment{Amount: amount(2500), Tender: till.Card, Entry: till.Chip})
			if err != nil || res.Txn.State != till.Advice {
				return res.Txn, cmp.Or(err, errors.New("it does not wait to be told"))
			}
			x.remark("approved offline, response code %s; the advice waits on the disk", res.Txn.ResponseCode)
			line.mend()
			x.remark("the line is back")
			return s.shop.Status(ctx, res.Txn.ID)
		}},
		pay("issuer script", register.Payment{Amount: amount(1082)}),
		pay("script result", register.Payment{Amount: amount(1100)}), // told before this sale where the host wants to hear
		network("settlement", func(ctx context.Context, s *shop) error { _, err := s.shop.CloseBatch(ctx); return err }),
		pay("forgotten sale", register.Payment{Amount: amount(1045)}), // which the host's totals leave out until it is told again
		network("batch upload", func(ctx context.Context, s *shop) error { _, err := s.shop.CloseBatch(ctx); return err }),
		network("sign-off", func(ctx context.Context, s *shop) error { _, err := s.shop.TerminalSignOff(ctx); return err }),
	}
}

// The messages of the transactions of a terminal, in words, between the real register and
// the simulator over the real link.
func TestTranscripts(t *testing.T) {
	for _, name := range []string{"iso87-ascii", "nac-pos", "unionpay-pos"} {
		t.Run(name, func(t *testing.T) {
			profile, err := host.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			con := newConsole(t)
			line := layLine(t)
			con.Environ = append(
				con.Environ, "TILL_HOST_PROFILE="+name, "TILL_HOST_ADDRESS="+line.address,
				"TILL_OFFLINE_COUNT=1", "TILL_OFFLINE_SUM=100", "TILL_OFFLINE_AMOUNT=50",
			)
			con.Random = newLockedRandom()
			x := &transcript{spec: profile.Spec}
			line.host = startTestHost(t, con.Env)
			line.lost = func() { x.remark("the answer is lost, and with it the line") }
			file := filepath.Join(t.TempDir(), "card")
			if err := os.WriteFile(file, []byte("4111111111111111\n12/30\n952\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := openShop(t.Context(), con.Env, shopOptions{
				dir: t.TempDir(), tap: x.tap, keyed: con.keyedCard(file),
				part: func(_ context.Context, _, asked money.Amount) bool { return asked.Minor() < 20000 },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			for _, r := range transcriptRows(s.cfg.Shop.Currency, line, x) {
				end := x.begin(r.name)
				txn, err := r.do(t.Context(), s)
				if err != nil {
					t.Fatalf("%s: %v", r.name, err)
				}
				end()
				want := till.Approved
				if slices.Contains([]string{"refused part", "lost answer", "lost answer to the reversal"}, r.name) {
					want = till.Reversed
				}
				if txn.ID != "" && txn.State != want {
					t.Errorf("%s is %s, response code %s", r.name, txn.State, txn.ResponseCode)
				}
			}
			x.compare(t, name)
		})
	}
}

// startTestHost starts the host of the lab, and gives its address.
func startTestHost(t *testing.T, env *Env) string {
	t.Helper()
	cfg, err := env.Config()
	if err != nil {
		t.Fatal(err)
	}
	h := newEmbeddedHost(env, t.TempDir(), cfg)
	address, err := h.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return address
}

// compare holds what was written down against a golden file.
func (x *transcript) compare(t *testing.T, name string) {
	t.Helper()
	golden := filepath.Join("testdata", "transcripts", name+".txt")
	got := strings.TrimLeft(x.text.String(), "\n")
	if updating() {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what the terminal says now; -update writes it anew:\n%s", golden, got)
	}
}

// lockedRandom is random bytes for the till and the host at once.
type lockedRandom struct {
	mu   sync.Mutex
	from *rand.ChaCha8
}

func newLockedRandom() *lockedRandom { return &lockedRandom{from: rand.NewChaCha8([32]byte{8})} }

func (l *lockedRandom) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from.Read(p)
}

// Every row of docs/terminal.md names its transcripts, and they are there: of what goes to a
// card host for each profile, of the rest in that of the shop.
func TestTranscriptsOfDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/terminal.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range []string{"iso87-ascii", "nac-pos", "unionpay-pos", "shop"} {
		text, err := os.ReadFile("testdata/transcripts/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = "\n" + string(text)
	}
	rows := regexp.MustCompile(`(?m)^\| (\d+) \|.*$`).FindAllStringSubmatch(string(page), -1)
	if len(rows) != 32 {
		t.Errorf("%d rows, want 32", len(rows))
	}
	for _, row := range rows {
		named := regexp.MustCompile("transcript `([^`]+)`").FindAllStringSubmatch(row[0], -1)
		if len(named) == 0 {
			t.Errorf("row %s names no transcript", row[1])
		}
		for _, n := range named {
			head := "\n## " + n[1] + "\n"
			if strings.Contains(texts["shop"], head) {
				continue
			}
			for _, profile := range []string{"iso87-ascii", "nac-pos", "unionpay-pos"} {
				if !strings.Contains(texts[profile], head) {
					t.Errorf("row %s: %s has no transcript %q", row[1], profile, n[1])
				}
			}
		}
	}
}
