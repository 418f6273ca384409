package faultlink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim/faultlink"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// recorder is a way back that keeps what was written.
type recorder struct {
	bodies, raw [][]byte
	sent        []*iso8583.Message
	hungUp      bool
}

func (r *recorder) Send(m *iso8583.Message) error { r.sent = append(r.sent, m); return nil }
func (r *recorder) SendBody(b []byte) error       { r.bodies = append(r.bodies, b); return nil }
func (r *recorder) SendRaw(b []byte) error        { r.raw = append(r.raw, b); return nil }
func (r *recorder) Hangup()                       { r.hungUp = true }

func (r *recorder) Frame(body []byte) ([]byte, error) {
	var frame bytes.Buffer
	err := link.Binary2().WriteFrame(&frame, body)
	return frame.Bytes(), err
}

var _ faultlink.Wire = (*recorder)(nil)

// play has one request meet one fate, at once.
func play(t *testing.T, req *iso8583.Message, f faultscript.Fate) (*recorder, *approver, []faultlink.Done) {
	t.Helper()
	var done []faultlink.Done
	host, w := &approver{Handler: linktest.Approver(spec(t))}, &recorder{}
	s := faultlink.New(faultlink.Config{
		Host: host, Told: func(d faultlink.Done) { done = append(done, d) },
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
	if err := s.Play(t.Context(), req, f, w); err != nil {
		t.Fatal(err)
	}
	return w, host, done
}

// answerOf is the one answer that was written.
func answerOf(t *testing.T, w *recorder) *iso8583.Message {
	t.Helper()
	if len(w.bodies) != 1 {
		t.Fatalf("%d answers were written, want 1", len(w.bodies))
	}
	m, err := spec(t).Unpack(w.bodies[0])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		wrong       faultscript.Wrong
		path, value string
		want        string
	}{
		{faultscript.WrongSTAN, "11", "000017", "000018"},
		{faultscript.WrongSTAN, "11", "999999", "000001"},
		{faultscript.WrongAmount, "4", "000000001250", "000000001251"},
		{faultscript.WrongTerminal, "41", "TILLLAB1", "TILLLAB9"},
		{faultscript.WrongTerminal, "41", "TILLLAB9", "TILLLAB8"},
		{faultscript.WrongTerminal | faultscript.WrongSTAN, "41", "TILLLAB1", "TILLLAB9"},
	} {
		req := sale(t, "TILLLAB1", 17)
		if err := req.Set(c.path, c.value); err != nil {
			t.Fatal(err)
		}
		w, _, _ := play(t, req, faultscript.Fate{Wrong: c.wrong})
		if got := answerOf(t, w).Value(c.path); got != c.want {
			t.Errorf("field %s of %s is %s, want %s", c.path, c.value, got, c.want)
		}
	}
}

// sealed is a host that answers with a MAC.
type sealed struct{ link.Handler }

func (h sealed) ServeISO(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
	m, err := h.Handler.ServeISO(ctx, req)
	return m, errors.Join(err, m.SetBytes("64", []byte{1, 2, 3, 4, 5, 6, 7, 8}))
}

// The MAC is spoilt where there is one, and where there is none that is told.
func TestWrongMAC(t *testing.T) {
	w, _, done := play(t, sale(t, "TILLLAB1", 1), faultscript.Fate{Wrong: faultscript.WrongMAC})
	if m := answerOf(t, w); m.Has("64") || len(done) != 1 || !done[0].NoMAC || !strings.Contains(done[0].Line().String(), "it has no MAC") {
		t.Errorf("an answer without a MAC: %v, told %v", m, done)
	}
	var told []faultlink.Done
	host, back := &approver{Handler: sealed{linktest.Approver(spec(t))}}, &recorder{}
	s := faultlink.New(faultlink.Config{Host: host, Told: func(d faultlink.Done) { told = append(told, d) }})
	if err := s.Play(t.Context(), sale(t, "TILLLAB1", 1), faultscript.Fate{Wrong: faultscript.WrongMAC}, back); err != nil {
		t.Fatal(err)
	}
	if got := answerOf(t, back).Bytes("64"); !bytes.Equal(got, []byte{0xFE, 2, 3, 4, 5, 6, 7, 8}) || told[0].NoMAC {
		t.Errorf("field 64 is %X, told %v", got, told)
	}
}

// The batch number goes into the whole of field 60, or between what stands around it, and
// into nothing but answers to network messages.
func TestBatch(t *testing.T) {
	for _, c := range []struct {
		mti       iso8583.MTI
		sent, out string
	}{
		{"0800", "000001", "000900"},
		{"0800", "00000001001", "00000900001"},
		{"0800", "", "000900"},
		{"0200", "000001", "000001"},
	} {
		req := sale(t, "TILLLAB1", 1)
		req.SetMTI(c.mti)
		if c.sent != "" {
			if err := req.Set("60", c.sent); err != nil {
				t.Fatal(err)
			}
		}
		w, _, _ := play(t, req, faultscript.Fate{Batch: 900})
		if got := answerOf(t, w).Value("60"); got != c.out {
			t.Errorf("%s: field 60 %q becomes %q, want %q", c.mti, c.sent, got, c.out)
		}
	}
}

// What is counted too much at settlement is said in the currency of the totals.
func TestDiffer(t *testing.T) {
	text := "rules: [{when: {kind: reconcile}, do: {differ: {count: 2, amount: 1.5}}}]"
	script, found := faultscript.Parse([]byte(text))
	if script == nil {
		t.Fatal(found)
	}
	for currency, want := range map[string]int64{"978": 150, "048": 1500, "392": 0} { // EUR, BHD; JPY has no half
		req := sale(t, "TILLLAB1", 1)
		req.SetMTI("0500")
		if err := req.Set("50", currency); err != nil {
			t.Fatal(err)
		}
		_, host, _ := play(t, req, script.Rules[0].Fate)
		if d := host.orders[0].Differ; d.Debits != 2 || d.DebitMinor != want {
			t.Errorf("currency %s: %+v, want 2 and %d", currency, d, want)
		}
	}
}

// Bytes are flipped and cut where it was said.
func TestBytes(t *testing.T) {
	plain, _, _ := play(t, sale(t, "TILLLAB1", 1), faultscript.Fate{})
	body := plain.bodies[0]
	flipped := func(from, to int) []byte {
		b := bytes.Clone(body)
		for i := from; i < to; i++ {
			b[i] ^= 0xFF
		}
		return b
	}
	frame, err := plain.Frame(body)
	if err != nil {
		t.Fatal(err)
	}
	last := len(body) - 1
	for _, c := range []struct {
		name      string
		fate      faultscript.Fate
		body, raw []byte
		hungUp    bool
	}{
		{"garble", faultscript.Fate{Garble: faultscript.Garble{Bytes: 4}}, flipped(0, 4), nil, false},
		{"garble at", faultscript.Fate{Garble: faultscript.Garble{Bytes: 2, At: 30}}, flipped(30, 32), nil, false},
		{"garble beyond", faultscript.Fate{Garble: faultscript.Garble{Bytes: 9, At: 60000}}, flipped(last, last+1), nil, false},
		{"garble anywhere", faultscript.Fate{Garble: faultscript.Garble{Bytes: 1, Any: true, Draw: uint64(len(body)) + 7}}, flipped(7, 8), nil, false},
		{"truncate", faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 20}}, body[:20], nil, false},
		{"truncate nothing", faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 60000}}, body[:last], nil, false},
		{"truncate all", faultscript.Fate{Truncate: faultscript.Truncate{On: true}}, []byte{}, nil, false},
		{"announce whole", faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 20, Whole: true}}, nil, frame[:22], false},
		{"close", faultscript.Fate{Close: faultscript.Close{On: true}}, nil, nil, true},
		{"close mid-frame", faultscript.Fate{Close: faultscript.Close{On: true, After: 10}}, nil, frame[:10], true},
		{"close at the end", faultscript.Fate{Close: faultscript.Close{On: true, After: 60000}}, nil, frame[:len(frame)-1], true},
	} {
		w, _, _ := play(t, sale(t, "TILLLAB1", 1), c.fate)
		if got := bytes.Join(w.bodies, nil); !bytes.Equal(got, c.body) || (c.body != nil) != (len(w.bodies) == 1) {
			t.Errorf("%s: %d bodies %q, want %q", c.name, len(w.bodies), got, c.body)
		}
		if got := bytes.Join(w.raw, nil); !bytes.Equal(got, c.raw) {
			t.Errorf("%s: raw %q, want %q", c.name, got, c.raw)
		}
		if w.hungUp != c.hungUp {
			t.Errorf("%s: hung up %v, want %v", c.name, w.hungUp, c.hungUp)
		}
	}
}

// What nobody asked for is a message that answers nothing, and comes even where the
// answer is lost.
func TestUnsolicited(t *testing.T) {
	w, _, _ := play(t, sale(t, "TILLLAB1", 17), faultscript.Fate{Unsolicited: faultscript.StrayAnswer, Lose: true})
	if len(w.sent) != 1 || w.sent[0].MTI() != "0210" || w.sent[0].Value("11") != "000018" || w.sent[0].Value("39") != "00" || len(w.bodies) > 0 {
		t.Errorf("sent %v and %d answers", w.sent, len(w.bodies))
	}
	w, _, _ = play(t, sale(t, "TILLLAB1", 17), faultscript.Fate{Unsolicited: faultscript.HostEcho})
	if len(w.sent) != 1 || w.sent[0].MTI() != "0800" || w.sent[0].Value("70") != "301" || w.sent[0].Has("39") || len(w.bodies) != 1 {
		t.Errorf("sent %v and %d answers", w.sent, len(w.bodies))
	}
}

// Without a connection an answer is there or not.
func TestServeISO(t *testing.T) {
	for name, c := range map[string]struct {
		fate faultscript.Fate
		want bool
	}{
		"nothing":   {faultscript.Fate{}, true},
		"drop":      {faultscript.Fate{Drop: true}, false},
		"lose":      {faultscript.Fate{Lose: true}, false},
		"duplicate": {faultscript.Fate{Copies: 3}, true},
		"garble":    {faultscript.Fate{Garble: faultscript.Garble{Bytes: 4}}, false},
		"truncate":  {faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 20, Whole: true}}, false},
		"close":     {faultscript.Fate{Close: faultscript.Close{On: true, After: 10}}, false},
		"stray":     {faultscript.Fate{Unsolicited: faultscript.StrayAnswer, Lose: true}, false},
		"down":      {faultscript.Fate{Drop: true, Down: time.Hour}, false},
	} {
		s := faultlink.New(faultlink.Config{
			Host:  &approver{Handler: linktest.Approver(spec(t))},
			Fates: faultlink.FatesFunc(func(faultscript.Message) faultscript.Fate { return c.fate }),
		})
		answer, err := s.ServeISO(t.Context(), sale(t, "TILLLAB1", 1))
		if err != nil || (answer != nil) != c.want {
			t.Errorf("%s: answer %v, error %v; want one: %v", name, answer, err, c.want)
		}
	}
}

// A delay that the end of the context cuts short is the end of the answer.
func TestDelayEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := faultlink.New(faultlink.Config{
		Host:  &approver{Handler: linktest.Approver(spec(t))},
		Fates: faultlink.FatesFunc(func(faultscript.Message) faultscript.Fate { return faultscript.Fate{Delay: time.Hour, Hold: time.Hour} }),
		Told:  func(faultlink.Done) { cancel() },
	})
	if answer, err := s.ServeISO(ctx, sale(t, "TILLLAB1", 1)); answer != nil || err != nil {
		t.Errorf("answer %v, error %v", answer, err)
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		mti        iso8583.MTI
		processing string
		network    string
		want       faultscript.Kind
	}{
		{"0200", "000000", "", faultscript.Sale},
		{"0201", "000000", "", faultscript.Sale},
		{"0200", "010000", "", faultscript.CashAdvance},
		{"0200", "020000", "", faultscript.Void},
		{"0200", "090000", "", faultscript.Sale},
		{"0200", "200000", "", faultscript.Refund},
		{"0200", "310000", "", faultscript.Balance},
		{"0200", "990000", "", faultscript.Other},
		{"0200", "", "", faultscript.Other},
		{"0100", "030000", "", faultscript.PreAuth},
		{"0220", "000000", "", faultscript.Advice},
		{"0221", "200000", "", faultscript.Advice},
		{"0320", "000000", "", faultscript.Upload},
		{"0320", "940000", "", faultscript.Confirm},
		{"0400", "000000", "", faultscript.Reversal},
		{"0421", "000000", "", faultscript.Reversal},
		{"0500", "", "", faultscript.Reconcile},
		{"0500", "960000", "", faultscript.Trailer},
		{"0620", "", "", faultscript.Confirm},
		{"0800", "", "001", faultscript.SignOn},
		{"0800", "", "002", faultscript.SignOff},
		{"0800", "", "301", faultscript.Echo},
		{"0800", "", "161", faultscript.Other},
		{"0700", "", "", faultscript.Other},
	} {
		m := spec(t).NewMessage(c.mti)
		for path, value := range map[string]string{"3": c.processing, "70": c.network, "11": "000017", "41": "TILL1"} {
			if value == "" {
				continue
			}
			if err := m.Set(path, value); err != nil {
				t.Fatal(err)
			}
		}
		got := faultlink.Describe(m)
		if got.Kind != c.want || got.MTI != string(c.mti) || got.STAN != 17 || got.Terminal != "TILL1" {
			t.Errorf("%s %s %s: %+v, want a %s", c.mti, c.processing, c.network, got, c.want)
		}
	}
}

// The card is known from its number and from its track, and shows in no line.
func TestDescribeCard(t *testing.T) {
	const number = "4111111111111111"
	for path, value := range map[string]string{"2": number, "35": number + "=31122010000000000"} {
		req := sale(t, "TILLLAB1", 17)
		if err := req.Set(path, value); err != nil {
			t.Fatal(err)
		}
		m := faultlink.Describe(req)
		if m.Card.Masked() != "411111******1111" || m.Amount.Minor() != 1250 || m.Amount.Currency().Code() != "EUR" {
			t.Errorf("field %s: %+v", path, m)
		}
		d := faultlink.Done{Message: m, Fate: faultscript.Fate{Rule: "first", Lose: true}}
		for _, text := range []string{d.Line().String(), d.Line().In(i18n.Chinese), fmt.Sprintf("%+v", d), fmt.Sprintf("%#v", d)} {
			if strings.Contains(text, "111111111") {
				t.Errorf("field %s: %s", path, text)
			}
		}
		if want := `fault "first": sale 0200, terminal TILLLAB1, trace number 000017: the request is processed, its answer is lost`; d.Line().String() != want {
			t.Errorf("told %s, want %s", d.Line(), want)
		}
	}
}
