package emv

import (
	"fmt"
	"maps"
	"slices"
)

// Decision is what a transaction has come to.
type Decision uint8

// The decisions.
const (
	// DecisionNone: the transaction is under way, or ended by an error.
	DecisionNone Decision = iota
	// GoOnline: the card made a request cryptogram (ARQC); the issuer must be asked and
	// its answer handed to Complete.
	GoOnline
	// ApprovedOffline: the card approved (TC) without the issuer, or after Complete was
	// told that the issuer cannot be asked.
	ApprovedOffline
	// DeclinedOffline: the card declined (AAC) without the issuer, or after Complete
	// was told that the issuer cannot be asked.
	DeclinedOffline
	// Approved: the issuer approved and the card agreed (TC).
	Approved
	// Declined: the issuer declined, or the card did not agree with its approval (AAC).
	Declined
)

// String is the decision in a word for programs.
func (d Decision) String() string {
	names := [...]string{"none", "go online", "approved offline", "declined offline", "approved", "declined"}
	if int(d) < len(names) {
		return names[d]
	}
	return fmt.Sprintf("decision %d", uint8(d))
}

// Transaction is the terminal's side of one payment with one chip card, from
// selection to the final cryptogram. It moves no bytes: see Next. It is not safe for
// use by several goroutines at once, and of no use for a second payment.
//
// It holds card data behind pointers that no formatting verb follows, and formats as
// its decision.
type Transaction struct {
	_  [0]func()
	in *inner
}

// inner is a second pointer: fmt follows the first one of a struct that it prints by
// reflection.
type inner struct{ run *run }

// run is the state of a transaction.
type run struct {
	cfg Config

	// The conversation.
	waiting  *exchange
	out      []byte
	commands int
	err      error
	step     *Step
	steps    []Step
	begun    bool
	answered bool // Complete was called
	finish   func() error

	// What is known.
	terminal map[Tag][]byte
	card     map[Tag][]byte
	records  map[Tag]bool // tags that came in records
	percent  int          // 1 to 99, drawn for the random selection
	tvr      [5]byte
	signed   [5]byte // the verification results that the last cryptogram covers
	tsi      [2]byte
	cvm      CVMResults
	auth     authentication
	pin      pinState

	// Selection.
	candidates []Candidate
	chosen     Candidate

	// Without contacts.
	qualifiers [4]byte // tag 9F66 of this transaction
	overLimit  bool    // the amount kept an application out
	updating   bool    // the decision stands; the card is only told the rest of the issuer's answer

	// The outcome.
	asked     acType
	decision  Decision
	data      CardData
	request   []byte // chip data of the request
	evidence  Evidence
	result    IssuerResult
	authState IssuerAuth
	scripts   []ScriptResult
}

// NewTransaction makes a transaction ready for its first Next. A configuration that
// cannot be is an ErrConfig.
func NewTransaction(cfg Config) (*Transaction, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	unpredictable, percent, err := cfg.draw()
	if err != nil {
		return nil, err
	}
	r := &run{
		cfg: cfg, percent: percent,
		terminal: cfg.objects(unpredictable), card: map[Tag][]byte{},
		cvm: CVMResults{byte(CVMNotPerformed), 0, CVMUnknown},
	}
	return &Transaction{in: &inner{run: r}}, nil
}

// Next takes the card's answer to the last command, status word included, and gives
// the next command. The first call takes nil, and so does the first after Complete.
//
// more false means that there is nothing to send: look at Decision, or at err. An error
// is an *Error and ends the transaction; calling again gives it again. After an error
// between GoOnline and the end, or a card that is gone there, whether the card approved is
// not known, unless Decision says so already: it does from the card's last word on, and
// scripts that were to follow change nothing of it.
func (t *Transaction) Next(response []byte) (command []byte, more bool, err error) {
	return t.in.run.next(response)
}

// Decision is what the transaction has come to.
func (t *Transaction) Decision() Decision { return t.in.run.decision }

// Complete hands over the issuer's answer after GoOnline. Nothing happens before the
// next call of Next(nil), which reports a result that cannot be as ErrOrder.
func (t *Transaction) Complete(result IssuerResult) { t.in.run.complete(result) }

// Card is what the terminal needs to know of the card. It is filled when the records
// have been read, and zero before.
func (t *Transaction) Card() CardData { return t.in.run.data }

// Candidates are the applications that card and terminal have in common, in the order
// of priority, without those that refused to start.
func (t *Transaction) Candidates() []Candidate { return slices.Clone(t.in.run.candidates) }

// Value gives a data object of the card or the terminal by its tag, nil if there is
// none. It gives nothing that the dictionary calls sensitive: see Card.
func (t *Transaction) Value(tag Tag) []byte {
	if classOf(tag) != ClassNone {
		return nil
	}
	v, _ := t.in.run.value(tag)
	return slices.Clone(v)
}

// Tags are the tags that the card gave, ascending.
func (t *Transaction) Tags() []Tag {
	return slices.Sorted(maps.Keys(t.in.run.card))
}

// Steps is what happened so far, for people.
func (t *Transaction) Steps() []Step { return slices.Clone(t.in.run.steps) }

// String is the decision.
func (t *Transaction) String() string { return t.Decision().String() }

// Format implements fmt.Formatter: the decision for every verb.
func (t *Transaction) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(t.String())) }

func (r *run) next(response []byte) ([]byte, bool, error) {
	if r.err != nil {
		return nil, false, r.err
	}
	r.out = nil
	switch err := r.advance(response); {
	case err != nil && r.updating:
		r.endUpdate()
	case err != nil:
		r.err, r.decision = err, DecisionNone
	}
	r.flush()
	if r.err != nil || r.out == nil {
		return nil, false, r.err
	}
	return r.out, true, nil
}

// advance does what is due: an answer that came, the issuer's answer, or the beginning.
func (r *run) advance(response []byte) error {
	switch {
	case r.waiting != nil:
		return r.receive(response)
	case r.finish != nil:
		finish := r.finish
		r.finish = nil
		return finish()
	case !r.begun:
		r.begun = true
		return r.selectDirectory()
	}
	return nil
}

// begin opens the next step.
func (r *run) begin(name StepName) {
	r.flush()
	r.step = &Step{Name: name}
}

// resume opens a step again behind commands that belong to it, unless it is open.
func (r *run) resume(name StepName) {
	if r.step == nil || r.step.Name != name {
		r.begin(name)
	}
}

// note adds a sentence to the step that is open.
func (r *run) note(en, zh string, args ...any) { r.step.note(en, zh, args...) }

// noteBits says the bits of a value that are set, after a sentence that takes the value.
func (r *run) noteBits(en, zh string, tag Tag, v []byte) {
	r.note(en, zh, upperHex(v))
	english, chinese := Bits(tag, v, "en"), Bits(tag, v, "zh")
	for i := range english {
		r.step.notes = append(r.step.notes, words{en: english[i], zh: chinese[i]})
	}
}

// flush closes the step that is open and tells it.
func (r *run) flush() {
	if r.step == nil {
		return
	}
	done := *r.step
	done.Response = r.hide(done.Response)
	r.step = nil
	r.steps = append(r.steps, done)
	if r.cfg.Observe != nil {
		r.cfg.Observe(done)
	}
}

// value is a data object for a data object list: the terminal's own first, since a
// card must not speak for it.
func (r *run) value(tag Tag) ([]byte, bool) {
	switch tag {
	case TagTVR:
		return r.tvr[:], true
	case TagTSI:
		return r.tsi[:], true
	case TagCVMResults:
		return r.cvm[:], true
	default:
		return r.stored(tag)
	}
}

func (r *run) stored(tag Tag) ([]byte, bool) {
	if v, ok := r.terminal[tag]; ok {
		return v, true
	}
	v, ok := r.card[tag]
	return v, ok
}

// setTVR sets one bit of the verification results: byte from 1, bit from 8 to 1.
func (r *run) setTVR(b byte, bit int) { r.tvr[b-1] |= 1 << (bit - 1) }

// setTSI sets one bit of the first byte of the status information.
func (r *run) setTSI(bit int) { r.tsi[0] |= 1 << (bit - 1) }
