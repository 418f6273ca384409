package terminal

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// table is the whole life of a transaction. Each line is a place, an event, and what
// must come of it: the phase, the state that the store holds or is about to hold, and
// the actions in their order. Every pair of a place and an event that has no line here
// must change nothing and ask for nothing; TestStepTable walks the whole product.
const table = `
place                  event               phase       state      actions
start-chip             Start               reading     NEW        ReadCard
start-swipe            Start               reading     NEW        ReadCard
start-cash             Start               storing     APPROVED   Commit
start-refund           Start               storing     INTENT     Commit+image
reading                CardRead/online     storing     INTENT     Commit+image
reading                CardRead/declined   storing     DECLINED   Commit
start-tip              Start               storing     ADVICE     Commit+image
reading                CardRead/offline    storing     ADVICE     Commit+image
reading-voice          CardRead/online     storing     ADVICE     Commit+image
reading-voice          CardRead/offline    storing     ADVICE     Commit+image
reading-voice          CardRead/declined   storing     DECLINED   Commit
storing-advice-0       Committed           waiting     ADVICE     Print
storing-advice-0       Canceled            storing     ADVICE     -
storing-advice-0       LateAnswered        storing     ADVICE     Note
storing-advice-1       Committed           advising    ADVICE     Print SendAdvice
storing-advice-1       Canceled            storing     ADVICE     -
storing-advice-1       LateAnswered        storing     ADVICE     Note
storing-advice-2       Committed           advising    ADVICE     SendAdvice/repeat
storing-advice-2       Canceled            storing     ADVICE     -
storing-advice-2       LateAnswered        storing     ADVICE     Note
advising               Answered/final      storing     APPROVED   Commit
advising               Answered/approved   storing     EXCEPTION  Commit
advising               Answered/partial    storing     EXCEPTION  Commit
advising               Answered/declined   storing     EXCEPTION  Commit
advising               NoAnswer            waiting     ADVICE     -
advising               LateAnswered        advising    ADVICE     Note
waiting-advice         Restarted           storing     ADVICE     Commit
waiting-advice         Due                 storing     ADVICE     Commit
waiting-advice         LateAnswered        waiting     ADVICE     Note
sent-chip              Answered/partial    asking      INTENT     AskPartial
sent-swipe             Answered/partial    asking      INTENT     AskPartial
sent-canceled          Answered/partial    storing     REVERSING  Commit
asking-chip            PartialDecided/yes  completing  INTENT     CompleteCard
asking-chip            PartialDecided/no   storing     REVERSING  Commit
asking-chip            Canceled            asking      INTENT     -
asking-chip            LateAnswered        asking      INTENT     Note
asking-swipe           PartialDecided/yes  storing     APPROVED   Commit
asking-swipe           PartialDecided/no   storing     REVERSING  Commit
asking-swipe           Canceled            asking      INTENT     -
asking-swipe           LateAnswered        asking      INTENT     Note
asking-canceled        PartialDecided/yes  storing     REVERSING  Commit
asking-canceled        PartialDecided/no   storing     REVERSING  Commit
asking-canceled        Canceled            asking      INTENT     -
asking-canceled        LateAnswered        asking      INTENT     Note
undoing                Answered/partial    storing     EXCEPTION  Commit
done-exception         Decided/posted      storing     APPROVED   Commit
done-exception         Decided/not-posted  storing     REVERSED   Commit
done-exception         Decided/retry       storing     REVERSING  Commit
done-exception-advice  Decided/posted      storing     APPROVED   Commit
done-exception-advice  Decided/not-posted  storing     REVERSED   Commit
done-exception-advice  Decided/retry       storing     ADVICE     Commit
done-exception-advice  LateAnswered        done        EXCEPTION  Note
storing-intent         Committed           sent        INTENT     Send
storing-intent         Canceled            storing     INTENT     -
storing-intent         LateAnswered        storing     INTENT     Note
storing-approved       Committed           done        APPROVED   Print
storing-approved       Canceled            storing     APPROVED   -
storing-approved       LateAnswered        storing     APPROVED   Note
storing-declined       Committed           done        DECLINED   Print
storing-declined       Canceled            storing     DECLINED   -
storing-declined       LateAnswered        storing     DECLINED   Note
storing-reversing-1    Committed           undoing     REVERSING  Print SendReversal
storing-reversing-1    Canceled            storing     REVERSING  -
storing-reversing-1    LateAnswered        storing     REVERSING  Note
storing-reversing-2    Committed           undoing     REVERSING  SendReversal/repeat
storing-reversing-2    Canceled            storing     REVERSING  -
storing-reversing-2    LateAnswered        storing     REVERSING  Note
storing-reversed       Committed           done        REVERSED   Print
storing-reversed       Canceled            storing     REVERSED   -
storing-reversed       LateAnswered        storing     REVERSED   Note
storing-exception      Committed           done        EXCEPTION  Print
storing-exception      Canceled            storing     EXCEPTION  -
storing-exception      LateAnswered        storing     EXCEPTION  Note
sent-chip              Answered/approved   completing  INTENT     CompleteCard
sent-chip              Answered/declined   completing  INTENT     CompleteCard
sent-chip              NoAnswer            storing     REVERSING  Commit
sent-chip              Canceled            sent        INTENT     -
sent-swipe             Answered/approved   storing     APPROVED   Commit
sent-swipe             Answered/declined   storing     DECLINED   Commit
sent-swipe             NoAnswer            storing     REVERSING  Commit
sent-swipe             Canceled            sent        INTENT     -
sent-canceled          Answered/approved   storing     REVERSING  Commit
sent-canceled          Answered/declined   storing     DECLINED   Commit
sent-canceled          NoAnswer            storing     REVERSING  Commit
sent-canceled          Canceled            sent        INTENT     -
completing-approved    CardCompleted/TC    storing     APPROVED   Commit
completing-approved    CardCompleted/AAC   storing     REVERSING  Commit
completing-approved    Canceled            completing  INTENT     -
completing-canceled    CardCompleted/TC    storing     REVERSING  Commit
completing-canceled    CardCompleted/AAC   storing     REVERSING  Commit
completing-canceled    Canceled            completing  INTENT     -
completing-declined    CardCompleted/TC    storing     DECLINED   Commit
completing-declined    CardCompleted/AAC   storing     DECLINED   Commit
completing-declined    Canceled            completing  INTENT     -
undoing                Answered/final      storing     REVERSED   Commit
undoing                Answered/approved   storing     EXCEPTION  Commit
undoing                Answered/declined   storing     EXCEPTION  Commit
undoing                NoAnswer            waiting     REVERSING  -
undoing                LateAnswered        undoing     REVERSING  Note
waiting-intent         Restarted           storing     REVERSING  Commit
waiting-intent         Due                 storing     REVERSING  Commit
waiting-intent         LateAnswered        waiting     INTENT     Note
waiting-reversing      Restarted           storing     REVERSING  Commit
waiting-reversing      Due                 storing     REVERSING  Commit
waiting-reversing      LateAnswered        waiting     REVERSING  Note
done-approved          LateAnswered        done        APPROVED   Note
done-declined          LateAnswered        done        DECLINED   Note
done-reversed          LateAnswered        done        REVERSED   Note
done-exception         LateAnswered        done        EXCEPTION  Note
`

// places are the ends of the map that the table names.
func places() map[string]State {
	at := func(p Phase, s till.State, e till.Entry, attempts int) State {
		return State{Phase: p, Txn: till.Txn{Kind: till.Sale, Tender: till.Card, Entry: e, State: s, Attempts: attempts}}
	}
	cash := at(Starting, till.New, till.NoEntry, 0)
	cash.Txn.Tender = till.Cash
	refund := at(Starting, till.New, till.NoEntry, 0)
	refund.Txn.Kind = till.Refund
	canceled := at(Sent, till.Intent, till.Swipe, 0)
	canceled.Canceled = true
	noticed := func(s State, n till.Notice) State {
		s.Txn.Notice = n
		return s
	}
	reversed := func(s State) State {
		s.Txn.Reason = till.ReasonTimeout
		return s
	}
	asking := func(e till.Entry, canceled bool) State {
		s := at(Asking, till.Intent, e, 0)
		s.Answer, s.Canceled = till.Answer{ResponseCode: "10", Partial: true}, canceled
		return s
	}
	completing := func(approved, canceled bool) State {
		s := at(Completing, till.Intent, till.Chip, 0)
		s.Answer.Approved, s.Canceled = approved, canceled
		return s
	}
	return map[string]State{
		"start-chip":            at(Starting, till.New, till.Chip, 0),
		"start-swipe":           at(Starting, till.New, till.Swipe, 0),
		"start-cash":            cash,
		"start-refund":          refund,
		"start-tip":             noticed(at(Starting, till.New, till.NoEntry, 0), till.NoticeDone),
		"reading-voice":         noticed(at(Reading, till.New, till.Swipe, 0), till.NoticeVoice),
		"storing-advice-0":      noticed(at(Storing, till.Advice, till.Chip, 0), till.NoticeOffline),
		"storing-advice-1":      noticed(at(Storing, till.Advice, till.NoEntry, 1), till.NoticeDone),
		"storing-advice-2":      noticed(at(Storing, till.Advice, till.NoEntry, 2), till.NoticeDone),
		"advising":              noticed(at(Advising, till.Advice, till.NoEntry, 1), till.NoticeDone),
		"waiting-advice":        noticed(at(Waiting, till.Advice, till.Chip, 0), till.NoticeOffline),
		"asking-chip":           asking(till.Chip, false),
		"asking-swipe":          asking(till.Swipe, false),
		"asking-canceled":       asking(till.Swipe, true),
		"done-exception-advice": noticed(at(Done, till.Exception, till.NoEntry, 1), till.NoticeDone),
		"reading":               at(Reading, till.New, till.Chip, 0),
		"storing-intent":        at(Storing, till.Intent, till.Chip, 0),
		"storing-approved":      at(Storing, till.Approved, till.Chip, 0),
		"storing-declined":      at(Storing, till.Declined, till.Chip, 0),
		"storing-reversing-1":   at(Storing, till.Reversing, till.Chip, 1),
		"storing-reversing-2":   at(Storing, till.Reversing, till.Chip, 2),
		"storing-reversed":      at(Storing, till.Reversed, till.Chip, 1),
		"storing-exception":     at(Storing, till.Exception, till.Chip, 1),
		"sent-chip":             at(Sent, till.Intent, till.Chip, 0),
		"sent-swipe":            at(Sent, till.Intent, till.Swipe, 0),
		"sent-canceled":         canceled,
		"completing-approved":   completing(true, false),
		"completing-canceled":   completing(true, true),
		"completing-declined":   completing(false, false),
		"undoing":               at(Undoing, till.Reversing, till.Chip, 1),
		"waiting-intent":        at(Waiting, till.Intent, till.Chip, 0),
		"waiting-reversing":     at(Waiting, till.Reversing, till.Chip, 1),
		"done-approved":         at(Done, till.Approved, till.Chip, 0),
		"done-declined":         at(Done, till.Declined, till.Chip, 0),
		"done-reversed":         at(Done, till.Reversed, till.Chip, 1),
		"done-exception":        reversed(at(Done, till.Exception, till.Chip, 1)),
	}
}

// events are the columns of the product; Committed carries back what was committed.
func events(s State) map[string]Event {
	return map[string]Event{
		"Start":              Start{},
		"CardRead/online":    CardRead{Chip: &till.ChipEvidence{ARQC: "00"}},
		"CardRead/declined":  CardRead{Declined: true},
		"CardRead/offline":   CardRead{Offline: true, Code: "Y3"},
		"PartialDecided/yes": PartialDecided{Accepted: true},
		"PartialDecided/no":  PartialDecided{},
		"Decided/posted":     Decided{Resolution: till.Resolution{As: till.ResolvedPosted, Reason: "called"}},
		"Decided/not-posted": Decided{Resolution: till.Resolution{As: till.ResolvedNotPosted, Reason: "called"}},
		"Decided/retry":      Decided{Resolution: till.Resolution{As: till.ResolvedRetry, Reason: "mended"}},
		"Answered/partial":   Answered{Answer: till.Answer{ResponseCode: "10", Partial: true}},
		"Committed":          Committed{Txn: s.Txn},
		"Answered/approved":  Answered{Answer: till.Answer{ResponseCode: "00", Approved: true}},
		"Answered/declined":  Answered{Answer: till.Answer{ResponseCode: "51"}},
		"Answered/final":     Answered{Answer: till.Answer{ResponseCode: "25"}, Final: true},
		"NoAnswer":           NoAnswer{Reason: till.ReasonTimeout},
		"CardCompleted/TC":   CardCompleted{Approved: true},
		"CardCompleted/AAC":  CardCompleted{},
		"Canceled":           Canceled{},
		"Restarted":          Restarted{},
		"Due":                Due{},
		"LateAnswered":       LateAnswered{ResponseCode: "00"},
	}
}

func TestStepTable(t *testing.T) {
	want := parseTable(t, table)
	for place, s := range places() {
		for name, e := range events(s) {
			if name == "Answered/final" && s.Phase == Sent {
				continue // Final is a word about reversals; of a request it says nothing
			}
			next, actions := Step(s, e)
			got := describe(next, actions)
			row, stated := want[place+" "+name]
			if !stated {
				if !reflect.DeepEqual(next, s) || len(actions) != 0 {
					t.Errorf("%s, %s: want nothing to happen, got %s", place, name, got)
				}
				continue
			}
			delete(want, place+" "+name)
			if got != row {
				t.Errorf("%s, %s:\n got %s\nwant %s", place, name, got, row)
			}
		}
	}
	for left := range want {
		t.Errorf("the table has a line that no place and event reach: %s", left)
	}
}

func parseTable(t *testing.T, text string) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		if i == 0 {
			continue
		}
		if len(f) < 5 {
			t.Fatalf("line %d of the table has %d columns, want 5 or more: %s", i, len(f), line)
		}
		key := f[0] + " " + f[1]
		if _, twice := rows[key]; twice {
			t.Fatalf("the table has two lines for %s", key)
		}
		rows[key] = strings.Join(f[2:], " ")
	}
	return rows
}

func describe(s State, actions []Action) string {
	state := string(s.Txn.State)
	if state == "" {
		state = "NEW"
	}
	words := []string{s.Phase.String(), state}
	for _, a := range actions {
		words = append(words, name(a))
	}
	if len(actions) == 0 {
		words = append(words, "-")
	}
	return strings.Join(words, " ")
}

func name(a Action) string {
	switch a := a.(type) {
	case Commit:
		if a.WithImage {
			return "Commit+image"
		}
		return "Commit"
	case SendReversal:
		if a.Repeat {
			return "SendReversal/repeat"
		}
		return "SendReversal"
	case SendAdvice:
		if a.Repeat {
			return "SendAdvice/repeat"
		}
		return "SendAdvice"
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", a), "terminal.")
}

// What the phases do to the numbers and reasons, which the table does not show.
func TestStepDetails(t *testing.T) {
	t.Run("a commit carries the transaction as it will be", func(t *testing.T) {
		s, actions := Step(places()["sent-swipe"], Answered{Answer: till.Answer{ResponseCode: "00", Approved: true, RRN: "R", AuthCode: "A"}})
		c := actions[0].(Commit)
		if !reflect.DeepEqual(c.Txn, s.Txn) || c.Txn.RRN != "R" || c.Txn.AuthCode != "A" || c.Txn.ResponseCode != "00" {
			t.Errorf("got %+v", c.Txn)
		}
	})
	t.Run("the reason and the first attempt stand in the commit before the reversal", func(t *testing.T) {
		_, actions := Step(places()["sent-chip"], NoAnswer{Reason: till.ReasonLink})
		c := actions[0].(Commit)
		if c.Txn.Reason != till.ReasonLink || c.Txn.Attempts != 1 {
			t.Errorf("got reason %q, attempts %d", c.Txn.Reason, c.Txn.Attempts)
		}
	})
	t.Run("a repeat is counted before it is sent", func(t *testing.T) {
		_, actions := Step(places()["waiting-reversing"], Due{})
		if c := actions[0].(Commit); c.Txn.Attempts != 2 {
			t.Errorf("got attempts %d, want 2", c.Txn.Attempts)
		}
	})
	t.Run("a part that was accepted is the amount from then on", func(t *testing.T) {
		c, err := money.CurrencyByCode("CNY")
		if err != nil {
			t.Fatal(err)
		}
		s := places()["sent-swipe"]
		s.Txn.Amount = money.New(5000, c)
		s, _ = Step(s, Answered{Answer: till.Answer{ResponseCode: "10", Partial: true, Amount: money.New(3000, c)}})
		_, actions := Step(s, PartialDecided{Accepted: true})
		if got := actions[0].(Commit).Txn; got.Amount.Minor() != 3000 || got.Asked.Minor() != 5000 || got.State != till.Approved {
			t.Errorf("got %s of %s, %s", got.Amount, got.Asked, got.State)
		}
		_, actions = Step(s, PartialDecided{})
		if got := actions[0].(Commit).Txn; got.Amount.Minor() != 5000 || got.Reason != till.ReasonPartial {
			t.Errorf("refused: got %s, reason %q", got.Amount, got.Reason)
		}
	})
	t.Run("a manager's word stands in the commit", func(t *testing.T) {
		_, actions := Step(places()["done-exception"], Decided{Resolution: till.Resolution{As: till.ResolvedPosted, By: "mia", Reason: "called"}})
		if got := actions[0].(Commit).Txn.Decided; got == nil || got.By != "mia" || got.Reason != "called" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a manager tells the reference number, where the host has not", func(t *testing.T) {
		word := Decided{Resolution: till.Resolution{As: till.ResolvedPosted, Reason: "called", RRN: "633512345678"}}
		s := places()["done-exception"]
		for had, want := range map[string]string{"": "633512345678", "633500000001": "633500000001"} {
			s.Txn.RRN = had
			if _, actions := Step(s, word); actions[0].(Commit).Txn.RRN != want {
				t.Errorf("of %q it became %q, want %q", had, actions[0].(Commit).Txn.RRN, want)
			}
		}
	})
	t.Run("an offline approval says which", func(t *testing.T) {
		_, actions := Step(places()["reading"], CardRead{Offline: true, Code: "Y3"})
		if got := actions[0].(Commit).Txn; got.Notice != till.NoticeOffline || got.ResponseCode != "Y3" || got.Attempts != 0 {
			t.Errorf("got notice %q, code %q, attempts %d", got.Notice, got.ResponseCode, got.Attempts)
		}
	})
	t.Run("who declined", func(t *testing.T) {
		for place, want := range map[string]till.Who{"completing-approved": till.ByCard, "completing-declined": till.ByHost} {
			_, actions := Step(places()[place], CardCompleted{})
			if got := actions[0].(Commit).Txn.DeclinedBy; got != want {
				t.Errorf("%s: got %q, want %q", place, got, want)
			}
		}
	})
	t.Run("what the store gave back is what goes on", func(t *testing.T) {
		s, _ := Step(places()["storing-intent"], Committed{Txn: till.Txn{State: till.Intent, STAN: 7, Batch: 3, Version: 1}})
		if s.Txn.STAN != 7 || s.Txn.Batch != 3 || s.Txn.Version != 1 {
			t.Errorf("got %+v", s.Txn)
		}
	})
}

func TestResume(t *testing.T) {
	for state, want := range map[till.State]Phase{
		till.Intent: Waiting, till.Reversing: Waiting, till.Approved: Done,
		till.Declined: Done, till.Reversed: Done, till.Exception: Done, till.Advice: Waiting,
	} {
		if got := Resume(till.Txn{State: state}).Phase; got != want {
			t.Errorf("%s: got %s, want %s", state, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}
	for i, w := range want {
		if got := Backoff(i + 1); got != w*time.Second {
			t.Errorf("after attempt %d: got %s, want %s", i+1, got, w*time.Second)
		}
	}
	if got := Backoff(1_000_000); got != 5*time.Minute {
		t.Errorf("after a million attempts: got %s, want 5m", got)
	}
}

// What the host said of the cryptogram stays in the evidence, whatever becomes of the
// sale afterwards and whoever reports on the chip; and the evidence of before is left as
// it was.
func TestVerifiedCryptogramStays(t *testing.T) {
	read := &till.ChipEvidence{ARQC: "00"}
	for _, approved := range []bool{true, false} {
		for _, canceled := range []bool{true, false} {
			s := State{Phase: Sent, Canceled: canceled, Txn: till.Txn{State: till.Intent, Entry: till.Chip, Chip: read}}
			s, _ = Step(s, Answered{Answer: till.Answer{Approved: approved, ARQCVerified: true}})
			if !s.Txn.Chip.ARQCVerified {
				t.Errorf("approved %v, canceled %v: lost with the answer", approved, canceled)
			}
			if s.Phase != Completing {
				continue
			}
			s, _ = Step(s, CardCompleted{Chip: &till.ChipEvidence{CryptogramType: "TC"}})
			if !s.Txn.Chip.ARQCVerified || s.Txn.Chip.CryptogramType != "TC" {
				t.Errorf("approved %v, canceled %v: lost at the end: %+v", approved, canceled, s.Txn.Chip)
			}
		}
	}
	if read.ARQCVerified {
		t.Error("the evidence of before was changed")
	}
	s, _ := Step(State{Phase: Sent, Txn: till.Txn{State: till.Intent, Entry: till.Chip, Chip: read}}, Answered{Answer: till.Answer{Approved: true}})
	if s.Txn.Chip.ARQCVerified {
		t.Error("verified although the host said nothing")
	}
}
