package host_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// dial connects a link to a scripted host of the profile, and collects its late
// answers.
func dial(t *testing.T, name string, fates ...linktest.Fate) (*host.Link, *linktest.Host, chan host.LateAnswer) {
	t.Helper()
	p := profile(t, name)
	wire, err := p.Wire()
	if err != nil {
		t.Fatal(err)
	}
	far := linktest.NewHost(t, linktest.Config{Spec: p.Spec, Framing: wire}, fates...)
	late := make(chan host.LateAnswer, 8)
	near, err := host.Dial(t.Context(), host.Config{Addr: far.Addr(), Profile: p, Late: func(a host.LateAnswer) { late <- a }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := near.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return near, far, late
}

func TestExchange(t *testing.T) {
	for _, name := range host.Names() {
		near, _, late := dial(t, name)
		for _, n := range requests(t) {
			p, r := profile(t, name), signedOn(t, n.request)
			if told(p, r) || isProved(t, p, r) {
				continue // what must be proved is in TestProvedAnswers
			}
			a, err := near.Exchange(t.Context(), r)
			if err != nil {
				t.Errorf("%s: %s: %v", name, n.name, err)
				continue
			}
			if !a.Approved {
				t.Errorf("%s: %s: got %+v, want an approval", name, n.name, a)
			}
		}
		if len(late) > 0 {
			t.Errorf("%s: late answer %+v", name, <-late)
		}
	}
}

// Each way in which an answer fails to come is told apart, and none is a decline.
func TestExchangeErrors(t *testing.T) {
	for _, tc := range []struct {
		fate linktest.Fate
		want error // nil: an InvalidAnswer
	}{
		{linktest.Silence(), context.DeadlineExceeded},
		{linktest.LoseAnswer(), context.DeadlineExceeded},
		{linktest.OtherSTAN(), context.DeadlineExceeded},
		{linktest.OtherTerminal(), context.DeadlineExceeded},
		{linktest.Garbage(), context.DeadlineExceeded},
		{linktest.OtherAmount(), nil},
		{linktest.Close(), link.ErrLinkLost},
		{linktest.CloseAnswered(), link.ErrLinkLost},
		{linktest.HalfFrame(20), link.ErrLinkLost},
	} {
		near, far, _ := dial(t, "iso87-ascii", tc.fate)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		a, err := near.Exchange(ctx, sale(t))
		cancel()
		far.Settle()
		var invalid *host.InvalidAnswer
		switch {
		case err == nil:
			t.Errorf("%s: got %+v, want an error", tc.fate, a)
		case tc.want == nil && !errors.As(err, &invalid):
			t.Errorf("%s: got %v, want an InvalidAnswer", tc.fate, err)
		case tc.want != nil && !errors.Is(err, tc.want):
			t.Errorf("%s: got %v, want %v", tc.fate, err, tc.want)
		case errors.Is(err, link.ErrNotSent):
			t.Errorf("%s: got %v, which says that nothing was sent", tc.fate, err)
		}
	}
}

// What cannot be made a message, and what is asked over a broken link, left nothing at
// the host.
func TestExchangeNotSent(t *testing.T) {
	near, far, _ := dial(t, "iso87-ascii")
	unfit := sale(t)
	unfit.Terminal = "TILL000001"
	if _, err := near.Exchange(t.Context(), unfit); !errors.Is(err, link.ErrNotSent) {
		t.Errorf("a request that does not fit: got %v, want %v", err, link.ErrNotSent)
	}
	if err := near.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := near.Exchange(t.Context(), sale(t)); !errors.Is(err, link.ErrNotSent) {
		t.Errorf("over a closed link: got %v, want %v", err, link.ErrNotSent)
	}
	if got := far.Received(); len(got) > 0 {
		t.Errorf("the host received %d messages, want none", len(got))
	}
}

// The answer that comes after the deadline goes to its owner, named by what it answers.
func TestLateAnswers(t *testing.T) {
	release := make(chan struct{})
	near, _, late := dial(t, "iso87-ascii", linktest.Hold(release, linktest.Answer()), linktest.Duplicate())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := near.Exchange(ctx, sale(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want a deadline", err)
	}
	close(release)
	want := host.LateAnswer{Op: till.OpAuthorize, Terminal: "TILL0001", STAN: 123, ResponseCode: "00"}
	if got := await(t, late); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := near.Exchange(t.Context(), reversal(sale(t), till.ReasonTimeout, false)); err != nil {
		t.Fatal(err)
	}
	want.Op = till.OpReverse
	if got := await(t, late); got != want {
		t.Errorf("a second answer: got %+v, want %+v", got, want)
	}
}

// Which request an unasked answer answers is told by its type and its network code.
func TestLateAnswerOperations(t *testing.T) {
	near, far, late := dial(t, "iso87-ascii")
	if _, err := near.Exchange(t.Context(), sale(t)); err != nil { // the connection is open for sure
		t.Fatal(err)
	}
	p := profile(t, "iso87-ascii")
	for _, tc := range []struct {
		mti, network string
		want         till.Op
	}{
		{"0810", "001", till.OpSignOn}, {"0810", "301", till.OpEcho}, {"0810", "", ""}, {"0510", "", till.OpReconcile}, {"0110", "", till.OpAuthorize}, {"0710", "", ""},
	} {
		m := p.Spec.NewMessage(iso8583.MTI(tc.mti))
		set := map[string]string{"11": "000009", "39": "00", "41": "TILL0001"}
		if tc.network != "" {
			set["70"] = tc.network
		}
		for path, value := range set {
			if err := m.Set(path, value); err != nil {
				t.Fatal(err)
			}
		}
		far.Push(m)
		want := host.LateAnswer{Op: tc.want, Terminal: "TILL0001", STAN: 9, ResponseCode: "00"}
		if got := await(t, late); got != want {
			t.Errorf("%s %s: got %+v, want %+v", tc.mti, tc.network, got, want)
		}
	}
}

func await(t *testing.T, late <-chan host.LateAnswer) host.LateAnswer {
	t.Helper()
	select {
	case a := <-late:
		return a
	case <-time.After(5 * time.Second):
		t.Fatal("no late answer in 5 seconds")
		return host.LateAnswer{}
	}
}

// A host that is down is told before anything is owed, in both languages.
func TestDialUnreachable(t *testing.T) {
	p := profile(t, "iso87-ascii")
	far := linktest.NewHost(t, linktest.Config{})
	far.Refuse()
	_, err := host.Dial(t.Context(), host.Config{Addr: far.Addr(), Profile: p})
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeHostDown {
		t.Fatalf("got %v, want a problem %s", err, till.CodeHostDown)
	}
	if !errors.Is(err, link.ErrNotSent) {
		t.Errorf("got %v, want %v in it", err, link.ErrNotSent)
	}
}

func TestDialBadProfile(t *testing.T) {
	p := profile(t, "iso87-ascii")
	p.Framing = "pigeon"
	if _, err := host.Dial(t.Context(), host.Config{Addr: "127.0.0.1:1", Profile: p}); err == nil {
		t.Error("a profile without a framing: got no error")
	}
}
