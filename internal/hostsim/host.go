package hostsim

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/tillworks/till/internal/ledger"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Config says where a host lives and how it behaves. Dir must be set; everything else
// may be left zero.
type Config struct {
	Dir    string           // the folder of host.db and host.key; made where it is missing
	Now    func() time.Time // for expiry dates and what is shown; nothing is ordered by it. Nil is time.Now
	Random io.Reader        // of authorization codes. Nil is the system's source

	Rules  []Rule        // nil is Rules(); an empty slice approves whatever can be approved
	LateBy time.Duration // how long an answer of fate Late is held back; 0 is 45 seconds

	// MasterKey is the issuer's master key for application cryptograms, 16 bytes. Nil
	// is the public test key of the virtual cards.
	MasterKey []byte

	// Report gets what went wrong where no answer can tell: a ledger that cannot be
	// read, a connection that broke, a frame that is no message. No error holds a
	// value of a field. It is called from many goroutines at once; nil drops them.
	Report func(error)
}

// testMasterKey is the public test key of the virtual cards, hexadecimal.
const testMasterKey = "2315208C9110AD402315208C9110AD40"

// Host is the acquirer and the issuer in one. It is safe for concurrent use, and
// several Hosts, in one process or many, may stand on one folder.
type Host struct {
	ledger    *books
	now       func() time.Time
	random    io.Reader
	rules     []Rule
	lateBy    time.Duration
	masterKey []byte
	report    func(error)
}

// Open opens the host on its folder, or founds it there. A ledger that cannot be used
// is a *till.Problem of till.CodeStore.
func Open(ctx context.Context, cfg Config) (*Host, error) {
	h := &Host{
		now: cfg.Now, random: cfg.Random, rules: slices.Clone(cfg.Rules), lateBy: cfg.LateBy,
		masterKey: slices.Clone(cfg.MasterKey), report: cfg.Report,
	}
	h.fill()
	if len(h.masterKey) != 16 {
		return nil, fmt.Errorf("master key of %d bytes, want 16", len(h.masterKey))
	}
	var err error
	h.ledger, err = openBooks(ctx, cfg.Dir)
	return h, err
}

// fill sets what the configuration left zero.
func (h *Host) fill() {
	if h.now == nil {
		h.now = time.Now
	}
	if h.random == nil {
		h.random = systemRandom()
	}
	if h.rules == nil {
		h.rules = Rules()
	}
	if h.lateBy == 0 {
		h.lateBy = defaultLateBy
	}
	if h.masterKey == nil {
		h.masterKey, _ = hex.DecodeString(testMasterKey) // a constant of 32 digits
	}
	if h.report == nil {
		h.report = func(error) {}
	}
}

// Close closes the ledger. Serve must have returned.
func (h *Host) Close() error { return h.ledger.Close() }

// Serve answers the terminals that connect to ln until ctx ends, and closes ln. spec
// and framing are those of the terminals' profile. Answers that are held back when ctx
// ends are lost.
func (h *Host) Serve(ctx context.Context, ln net.Listener, spec *iso8583.Spec, framing link.Framing) error {
	handler := func(work context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		work, cancel := context.WithCancel(work)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)() // a late answer must not hold up the closing
		return h.ServeISO(work, req)
	}
	server := &link.Server{Spec: spec, Framing: framing, Handler: link.HandlerFunc(handler), Report: h.report}
	return server.Serve(ctx, ln)
}

// ServeISO answers one message: see the package documentation for what it answers.
// No message and no error is an answer that a rule loses. An error is a ledger that
// failed where any answer might be a lie; the terminal reverses or asks again.
func (h *Host) ServeISO(ctx context.Context, m *iso8583.Message) (*iso8583.Message, error) {
	r, err := readRequest(m)
	if err != nil {
		h.report(err)
		return reply(m, answer{code: codeFormat})
	}
	a, err := h.answer(ctx, r)
	if err != nil {
		return h.unanswered(r, err)
	}
	switch h.rule(r).Fate {
	case Lost:
		return nil, nil
	case Late:
		if !h.holdBack(ctx) {
			return nil, nil
		}
	case Answered:
	}
	return reply(m, a)
}

// answer finds the answer by the class of the message. Only requests are answered, and
// of the advices that of a reversal.
func (h *Host) answer(ctx context.Context, r request) (answer, error) {
	mti := r.message.MTI()
	switch {
	case mti.Class() == '4' && (mti.Function() == '0' || mti.Function() == '2'):
		return h.reverse(ctx, r)
	case mti.Function() != '0':
		return answer{code: codeInvalid}, nil
	case mti.Class() == '2':
		return h.financial(ctx, r)
	case mti.Class() == '5':
		return h.reconcile(ctx, r)
	case mti.Class() == '8':
		return manage(r), nil
	}
	return answer{code: codeInvalid}, nil
}

// manage answers a 0800: sign-on, sign-off and echo.
func manage(r request) answer {
	if slices.Contains([]string{"001", "002", "301"}, r.network) {
		return answer{code: codeApproved}
	}
	return answer{code: codeInvalid}
}

// unanswered is what becomes of a message when the ledger failed. A request for money
// of which nothing was written is refused with 96. Where the commit itself failed
// nobody knows, and a reversal or totals must be sent again: those get silence.
func (h *Host) unanswered(r request, err error) (*iso8583.Message, error) {
	err = ledgerProblem(h.ledger.Path(), err)
	if r.message.MTI().Class() != '2' || errors.Is(err, ledger.ErrUncertain) {
		return nil, err
	}
	h.report(err)
	return reply(r.message, answer{code: codeMalfunction})
}

// holdBack waits until an answer is late; false if ctx ends first.
func (h *Host) holdBack(ctx context.Context) bool {
	timer := time.NewTimer(h.lateBy)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

var _ link.Handler = (*Host)(nil)
