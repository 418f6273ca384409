package terminal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// The end of a batch, line by line: where it stands, what happens, where it stands then and
// what is done. The batch has one chip transaction and two records; the host wants both
// told where the name of the place begins with full.
func TestStepBatch(t *testing.T) {
	rows := []struct{ place, event, want string }{
		{"plain-OPEN", "in-balance", "OPEN"},
		{"plain-OPEN", "differs", "OPEN"},
		{"plain-CLOSING", "stored", "CLOSING SendTotals"},
		{"plain-CLOSING", "in-balance", "CLOSED StoreBatch"},
		{"plain-CLOSING", "differs", "RECONCILE_ERROR theirs StoreBatch"},
		{"plain-CLOSING", "refused", "CLOSING TellBatch"},
		{"plain-CLOSING", "silence", "CLOSING TellBatch"},
		{"plain-CLOSED", "stored", "CLOSED TellBatch"},
		{"plain-CLOSED", "differs", "CLOSED"},
		{"plain-RECONCILE_ERROR", "stored", "RECONCILE_ERROR TellBatch"},
		{"plain-RECONCILE_ERROR", "in-balance", "RECONCILE_ERROR"},

		{"full-CLOSING", "stored", "CLOSING SendConfirm/0"},
		{"full-CLOSING", "confirmed", "CLOSING confirmed=1 StoreBatch"},
		{"full-CLOSING-confirmed", "stored", "CLOSING confirmed=1 SendTotals"},
		{"full-CLOSING-confirmed", "confirmed", "CLOSING confirmed=1"},
		{"full-CLOSING-confirmed", "in-balance", "CLOSED confirmed=1 StoreBatch"},
		{"full-CLOSING-confirmed", "differs", "UPLOADING confirmed=1 theirs StoreBatch"},
		{"full-CLOSING-confirmed", "record", "CLOSING confirmed=1"},
		{"full-UPLOADING", "stored", "UPLOADING SendRecord/0"},
		{"full-UPLOADING", "record", "UPLOADING uploaded=1 StoreBatch"},
		{"full-UPLOADING", "record-refused", "UPLOADING uploaded=1 differences=1 StoreBatch"},
		{"full-UPLOADING", "silence", "UPLOADING TellBatch"},
		{"full-UPLOADING", "in-balance", "UPLOADING"},
		{"full-UPLOADING-1", "stored", "UPLOADING uploaded=1 SendRecord/1"},
		{"full-UPLOADING-1", "record", "TRAILER uploaded=2 StoreBatch"},
		{"full-TRAILER", "stored", "TRAILER SendTrailer"},
		{"full-TRAILER", "silence", "TRAILER TellBatch"},
		{"full-TRAILER", "in-balance", "CLOSED StoreBatch"},
		{"full-TRAILER", "differs", "RECONCILE_ERROR theirs StoreBatch"},
		{"full-TRAILER", "host-only", "RECONCILE_ERROR theirs differences=1 StoreBatch"},
	}
	for _, r := range rows {
		c, actions := StepBatch(closingAt(r.place), batchEvents(closingAt(r.place))[r.event])
		if got := batchWords(c, actions); got != r.want {
			t.Errorf("%s, %s: got %q, want %q", r.place, r.event, got, r.want)
		}
	}
}

func closingAt(place string) Closing {
	policy, rest, _ := strings.Cut(place, "-")
	state, more, _ := strings.Cut(rest, "-")
	c := Closing{Batch: till.Batch{State: till.BatchState(state)}, Size: BatchSize{Chips: 1, Records: 2}}
	if policy == "full" {
		c.Policy = BatchPolicy{Confirm: true, Upload: true}
	}
	switch more {
	case "confirmed":
		c.Batch.Confirmed = 1
	case "1":
		c.Batch.Uploaded = 1
	}
	return c
}

func batchEvents(c Closing) map[string]BatchEvent {
	theirs := &till.Totals{Currency: "CNY", Debits: 9}
	answered := func(a till.Answer) BatchEvent { return BatchAnswered{Answer: a} }
	return map[string]BatchEvent{
		"stored":         BatchStored{Batch: c.Batch},
		"confirmed":      BatchConfirmed{},
		"in-balance":     answered(till.Answer{Approved: true, InBalance: true}),
		"differs":        answered(till.Answer{ResponseCode: "95", Theirs: theirs}),
		"host-only":      answered(till.Answer{ResponseCode: "95", Theirs: theirs, Differs: []till.Difference{{STAN: 7}}}),
		"refused":        answered(till.Answer{ResponseCode: "96"}),
		"record":         RecordAnswered{Txn: till.Txn{ID: "A"}, Answer: till.Answer{Approved: true}},
		"record-refused": RecordAnswered{Txn: till.Txn{ID: "A"}, Answer: till.Answer{ResponseCode: "64"}},
		"silence":        BatchNoAnswer{},
	}
}

func batchWords(c Closing, actions []BatchAction) string {
	words := []string{string(c.Batch.State)}
	if c.Batch.Confirmed > 0 {
		words = append(words, fmt.Sprintf("confirmed=%d", c.Batch.Confirmed))
	}
	if c.Batch.Uploaded > 0 {
		words = append(words, fmt.Sprintf("uploaded=%d", c.Batch.Uploaded))
	}
	if c.Batch.Theirs != nil {
		words = append(words, "theirs")
	}
	if n := len(c.Batch.Differences); n > 0 {
		words = append(words, fmt.Sprintf("differences=%d", n))
	}
	return strings.TrimSpace(strings.Join(words, " ") + " " + batchNames(actions))
}

// An attempt is counted durably before its message. A difference is told from the start
// again, and what the host said of the last attempt is forgotten.
func TestResendBatch(t *testing.T) {
	b := till.Batch{State: till.BatchReconcileError, Attempts: 1, Theirs: &till.Totals{}, Uploaded: 2, Differences: []till.Difference{{}}}
	c, actions := ResendBatch(Closing{Batch: b})
	if c.Batch.State != till.BatchClosing || c.Batch.Attempts != 2 || batchWords(c, actions) != "CLOSING StoreBatch" {
		t.Errorf("got %+v [%s]", c.Batch, batchNames(actions))
	}
	c, actions = ResendBatch(Closing{Batch: till.Batch{State: till.BatchUploading, Uploaded: 1}})
	if c.Batch.Attempts != 1 || batchWords(c, actions) != "UPLOADING uploaded=1 StoreBatch" {
		t.Errorf("an upload goes on where it was: got %+v [%s]", c.Batch, batchNames(actions))
	}
	if c, actions = ResendBatch(Closing{Batch: till.Batch{State: till.BatchClosed}}); batchWords(c, actions) != "CLOSED TellBatch" {
		t.Errorf("a closed batch stays closed: got %+v [%s]", c.Batch, batchNames(actions))
	}
}

func TestStepSignOn(t *testing.T) {
	s, actions := StepSignOn(till.Session{}, SignOnDue{})
	if len(actions) != 1 || actions[0] != (SendSignOn{}) || s.SignedOn {
		t.Errorf("due: got %+v %v", s, actions)
	}
	if _, actions = StepSignOn(till.Session{SignedOn: true}, SignOnDue{}); len(actions) != 0 {
		t.Errorf("signed on already: got %v, want nothing", actions)
	}
	s, actions = StepSignOn(till.Session{Batch: 4}, SignOnAnswered{Answer: till.Answer{Approved: true}})
	if stored, ok := actions[0].(StoreSession); !ok || !stored.Session.SignedOn || stored.Session.Batch != 4 || !s.SignedOn {
		t.Errorf("accepted: got %+v %v", s, actions)
	}
	s, actions = StepSignOn(till.Session{}, SignOnAnswered{Answer: till.Answer{ResponseCode: "03"}})
	if refused, ok := actions[0].(RefuseSignOn); !ok || refused.ResponseCode != "03" || s.SignedOn {
		t.Errorf("refused: got %+v %v", s, actions)
	}
}

// A terminal works with a host that takes it, counts the same batch, and sends keys where
// nothing is said without.
func TestSignOnConditions(t *testing.T) {
	approved := till.Answer{Approved: true, ResponseCode: "00"}
	keys, otherBatch, sameBatch := approved, approved, approved
	keys.Keys, otherBatch.Batch, sameBatch.Batch = []byte("new"), 9, 4
	for _, tc := range []struct {
		name   string
		s      till.Session
		answer till.Answer
		needed bool
		want   string
	}{
		{"no keys, none needed", till.Session{Batch: 4}, approved, false, "signed on, keys \"\""},
		{"no keys, none there", till.Session{Batch: 4}, approved, true, "refused: no keys"},
		{"no keys, those of before", till.Session{Batch: 4, Keys: []byte("old")}, approved, true, "signed on, keys \"old\""},
		{"new keys", till.Session{Batch: 4, Keys: []byte("old")}, keys, true, "signed on, keys \"new\""},
		{"the same batch", till.Session{Batch: 4}, sameBatch, false, "signed on, keys \"\""},
		{"another batch", till.Session{Batch: 4}, otherBatch, false, "refused: batch 9"},
	} {
		s, actions := StepSignOn(tc.s, SignOnAnswered{Answer: tc.answer, Keys: tc.needed})
		got := fmt.Sprintf("signed on, keys %q", s.Keys)
		if refused, ok := actions[0].(RefuseSignOn); ok {
			if got = fmt.Sprintf("refused: batch %d", refused.Batch); refused.NoKeys {
				got = "refused: no keys"
			}
			if s.SignedOn {
				t.Errorf("%s: refused and signed on", tc.name)
			}
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
	if _, actions := StepSignOn(till.Session{SignedOn: true}, SignOnDue{Keys: true}); len(actions) != 1 {
		t.Error("signed on without keys that are needed now: nothing is sent")
	}
}

func batchNames(actions []BatchAction) string {
	var names []string
	for _, a := range actions {
		name := strings.TrimPrefix(fmt.Sprintf("%T", a), "terminal.")
		switch a := a.(type) {
		case SendConfirm:
			name += fmt.Sprintf("/%d", a.Index)
		case SendRecord:
			name += fmt.Sprintf("/%d", a.Index)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}
