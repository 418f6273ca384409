package register_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim/faultlink"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// scripted is a line whose host goes wrong by a fault script. Its time passes when somebody
// waits, and by a second with each message.
type scripted struct {
	t       *testing.T
	profile host.Profile
	framing link.Framing
	server  *faultlink.Server
	player  *faultscript.Player // nil when the script is over
	late    func(string, till.STAN, string)
	now     time.Duration
	down    time.Duration // until then nobody answers
	faults  int           // that were done
}

// answerWithin is what the till waits at the most.
const answerWithin = time.Second

// Decide implements faultlink.Fates.
func (l *scripted) Decide(m faultscript.Message) faultscript.Fate {
	if l.player == nil {
		return faultscript.Fate{}
	}
	m.At = l.now
	return l.player.Decide(m)
}

func (l *scripted) sleep(_ context.Context, d time.Duration) error { l.now += d; return nil }

// Exchange implements register.Host.
func (l *scripted) Exchange(ctx context.Context, q till.Request) (till.Answer, error) {
	l.now += time.Second
	m, err := l.profile.Request(q)
	if err != nil {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: err}
	}
	if l.now < l.down {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: link.ErrNotSent}
	}
	req, began := rewire(l.profile, m), l.now
	fate := l.Decide(faultlink.Describe(req))
	if !fate.IsZero() {
		l.faults++
	}
	back := &wireBack{framing: l.framing}
	if err := l.server.Play(ctx, req, fate, back); err != nil {
		l.t.Errorf("%s %s: %v", q.Op, q.STAN, err)
	}
	if fate.Down > 0 {
		l.down = l.now + fate.Down
		return silence(till.ReasonLink)
	}
	answer := l.matching(q, back.bodies(l.t))
	switch {
	case answer != nil && l.now-began > answerWithin:
		l.late(q.Terminal, q.STAN, answer.Value("39"))
	case answer != nil:
		a, err := l.profile.Answer(q, answer)
		if err != nil {
			return till.Answer{}, unbelieved(err)
		}
		return a, nil
	case back.hungUp:
		return silence(till.ReasonLink)
	}
	return silence(till.ReasonTimeout)
}

// Close implements register.Host.
func (l *scripted) Close() error { return nil }

// matching is the answer to a request among what came; what is no message, or nobody's, is
// dropped as the link drops it.
func (l *scripted) matching(q till.Request, bodies [][]byte) *iso8583.Message {
	for _, body := range bodies {
		m, err := l.profile.Spec.Unpack(body)
		if err == nil && m.MTI().IsResponse() && m.Value("11") == q.STAN.String() && m.Value("41") == q.Terminal {
			return m
		}
	}
	return nil
}

// wireBack keeps what a host wrote.
type wireBack struct {
	framing link.Framing
	stream  bytes.Buffer
	hungUp  bool
}

func (w *wireBack) Send(m *iso8583.Message) error {
	body, err := m.Pack()
	if err != nil {
		return err
	}
	return w.SendBody(body)
}

func (w *wireBack) SendBody(body []byte) error { return w.framing.WriteFrame(&w.stream, body) }
func (w *wireBack) SendRaw(raw []byte) error   { _, err := w.stream.Write(raw); return err }
func (w *wireBack) Hangup()                    { w.hungUp = true }

func (w *wireBack) Frame(body []byte) ([]byte, error) {
	var frame bytes.Buffer
	err := w.framing.WriteFrame(&frame, body)
	return frame.Bytes(), err
}

// bodies are the whole frames of what was written.
func (w *wireBack) bodies(t *testing.T) (list [][]byte) {
	t.Helper()
	for w.stream.Len() > 0 {
		body, err := w.framing.ReadFrame(&w.stream)
		if err != nil {
			return list // half of one
		}
		list = append(list, body)
	}
	return list
}

var _ faultlink.Wire = (*wireBack)(nil)

// playScript is a day of a till at a host of a profile that goes wrong by a shipped script:
// sales by several cards for the amounts that scripts look for, and a settlement.
func playScript(t *testing.T, name, script string) (*world, *scripted) {
	t.Helper()
	text, err := faultscript.Example(script)
	if err != nil {
		t.Fatal(err)
	}
	parsed, found := faultscript.Parse(text)
	if len(found) > 0 {
		t.Fatal(found)
	}
	p, err := host.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	framing, err := p.Wire()
	if err != nil {
		t.Fatal(err)
	}
	e := p.Expects
	l := &scripted{t: t, profile: p, framing: framing, player: faultscript.NewPlayer(parsed)}
	w := &world{
		t: t, dir: t.TempDir(), plug: &plug{at: -1}, cards: chipCard, scripted: l,
		policy: register.Policy{
			Batch: terminal.BatchPolicy{Confirm: e.Confirm, Upload: e.Upload}, BatchLimit: e.BatchLimit,
			Keys: e.Keys, PIN: e.PIN, Scripts: e.Scripts, Notices: e.Notices,
		},
		keyed: func(context.Context) (till.CardData, error) {
			pan, err := card.ParsePAN("4111111111111111")
			return till.CardData{PAN: pan, Expiry: "3112"}, err
		},
	}
	copyFolder(t, templateFolder, w.dir)
	w.start()
	t.Cleanup(w.stop)
	l.server = faultlink.New(faultlink.Config{Host: w.sim, Fates: l, Sleep: l.sleep})
	for i, sale := range []struct {
		minor int64
		card  func() reader.Reader
		entry till.Entry
	}{
		{1250, chipCard, till.Chip}, {300, masterCard, till.Chip}, {50000, chipCard, till.Chip}, {751, chipCard, till.Chip},
		{4100, chipCard, till.Chip}, {400, nil, till.Manual}, {600, chipCard, till.Chip},
	} {
		w.cards = sale.card
		pay := register.Payment{Key: fmt.Sprint(i), Amount: money.New(sale.minor, cny(t)), Tender: till.Card, Entry: sale.entry}
		_, _ = w.reg.Take(t.Context(), pay) // whatever it came to, the store and the host know
	}
	_, _ = w.reg.CloseBatch(t.Context())
	return w, l
}

func masterCard() reader.Reader { return virtual.NewReader(virtual.NewCard(virtual.MChip())) }

// Every shipped script against a till of each profile with working keys:
// something goes wrong, and when the host is well again nothing is owed, nothing is lost or
// charged twice, and the batch is closed. Where the script has the host's books differ the
// batch stays open.
func TestShippedScripts(t *testing.T) {
	for _, name := range []string{"nac-pos", "unionpay-pos"} { // the commands have those of the others
		for _, script := range faultscript.Examples() {
			t.Run(name+"/"+script, func(t *testing.T) {
				w, l := playScript(t, name, script)
				if l.faults == 0 {
					t.Error("nothing went wrong")
				}
				differs := script == "declined-but-posted"
				if script != "totals-differ" {
					l.player = nil
				} else {
					differs = true
				}
				state := w.settleAll(l)
				if want := map[bool]till.BatchState{false: till.BatchClosed, true: till.BatchReconcileError}[differs]; state != want {
					t.Errorf("the batch is %s, want %s", state, want)
				}
				if key, want := becomes(script); key != "" {
					if sale, err := w.store.TxnByKey(t.Context(), key); err != nil || sale.State != want {
						t.Errorf("the sale of %s is %s (%v), want %s", sale.Amount, sale.State, err, want)
					}
				}
				posted := int64(0)
				if script == "declined-but-posted" {
					posted = 1250 // which the till was told of as declined
				}
				if got := w.net() - w.approved(); got != posted {
					t.Errorf("the host moved %d more than the till approved, want %d", got, posted)
				}
			})
		}
	}
}

// becomes is what the sale that a script looks at must come to: the first one, or the second
// of a script that spares the first. Of what chance decides, and of what the till was told
// before its first sale, it may be anything.
func becomes(script string) (key string, state till.State) {
	switch script {
	case "bad-line", "other-batch":
		return "", ""
	case "noise-anywhere":
		return "1", till.Reversed
	case "declined-but-posted":
		return "0", till.Declined
	case "code-by-amount":
		return "2", till.Declined
	case "code-by-card":
		return "5", till.Declined
	case "duplicate-answer", "totals-differ", "unsolicited":
		return "0", till.Approved
	}
	return "0", till.Reversed
}

// settleAll lets time pass until nothing is open, and closes the batch.
func (w *world) settleAll(l *scripted) (state till.BatchState) {
	w.t.Helper()
	for range 8 {
		l.now += time.Minute
		if _, err := w.reg.Resolve(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		b, _ := w.reg.CloseBatch(w.t.Context())
		if state = b.State; state == till.BatchClosed || state == till.BatchReconcileError {
			break
		}
	}
	for _, txn := range w.txns() {
		if txn.State.IsOpen() {
			w.t.Errorf("%s of %s is still %s", txn.Kind, txn.Amount, txn.State)
		}
	}
	return state
}

// approved is what the till took.
func (w *world) approved() (minor int64) {
	for _, txn := range w.txns() {
		if txn.State == till.Approved {
			minor += txn.Amount.Minor()
		}
	}
	return minor
}
