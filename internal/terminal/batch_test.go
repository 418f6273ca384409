package terminal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
)

func TestStepBatch(t *testing.T) {
	theirs := &till.Totals{Currency: "CNY", Debits: 9}
	answers := map[string]BatchEvent{
		"in-balance": BatchAnswered{Answer: till.Answer{Approved: true, InBalance: true}},
		"differs":    BatchAnswered{Answer: till.Answer{Approved: true, Theirs: theirs}},
		"refused":    BatchAnswered{Answer: till.Answer{ResponseCode: "96"}},
		"silence":    BatchNoAnswer{},
	}
	rows := []struct {
		from    till.BatchState
		event   string
		to      till.BatchState
		actions string
	}{
		{till.BatchOpen, "in-balance", till.BatchOpen, ""},
		{till.BatchOpen, "differs", till.BatchOpen, ""},
		{till.BatchOpen, "silence", till.BatchOpen, "TellBatch"},
		{till.BatchClosing, "in-balance", till.BatchClosed, "StoreBatch"},
		{till.BatchClosing, "differs", till.BatchReconcileError, "StoreBatch"},
		{till.BatchClosing, "refused", till.BatchClosing, "TellBatch"},
		{till.BatchClosing, "silence", till.BatchClosing, "TellBatch"},
		{till.BatchClosed, "differs", till.BatchClosed, ""},
		{till.BatchClosed, "in-balance", till.BatchClosed, ""},
		{till.BatchReconcileError, "in-balance", till.BatchReconcileError, ""},
	}
	for _, r := range rows {
		got, actions := StepBatch(till.Batch{State: r.from}, answers[r.event])
		if got.State != r.to || batchNames(actions) != r.actions {
			t.Errorf("%s, %s: got %s [%s], want %s [%s]", r.from, r.event, got.State, batchNames(actions), r.to, r.actions)
		}
	}
	differs, _ := StepBatch(till.Batch{State: till.BatchClosing}, answers["differs"])
	if differs.Theirs == nil || differs.Theirs.Debits != 9 {
		t.Errorf("a difference keeps the host's totals: got %+v", differs.Theirs)
	}
}

func TestStepBatchStored(t *testing.T) {
	for state, want := range map[till.BatchState]string{
		till.BatchClosing: "SendTotals", till.BatchClosed: "TellBatch", till.BatchReconcileError: "TellBatch",
	} {
		_, actions := StepBatch(till.Batch{}, BatchStored{Batch: till.Batch{State: state}})
		if got := batchNames(actions); got != want {
			t.Errorf("%s stored: got %s, want %s", state, got, want)
		}
	}
}

// An attempt is counted durably before its message, and what the host said of the
// last one is forgotten.
func TestResendBatch(t *testing.T) {
	b, actions := ResendBatch(till.Batch{State: till.BatchReconcileError, Attempts: 1, Theirs: &till.Totals{}})
	if b.State != till.BatchClosing || b.Attempts != 2 || b.Theirs != nil || batchNames(actions) != "StoreBatch" {
		t.Errorf("got %+v [%s]", b, batchNames(actions))
	}
	if b, actions = ResendBatch(till.Batch{State: till.BatchClosed}); b.State != till.BatchClosed || batchNames(actions) != "TellBatch" {
		t.Errorf("a closed batch stays closed: got %s [%s]", b.State, batchNames(actions))
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

func batchNames(actions []BatchAction) string {
	var names []string
	for _, a := range actions {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", a), "terminal."))
	}
	return strings.Join(names, " ")
}
