package hostsim

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"time"

	"github.com/tillworks/till/internal/ledger"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/crypto/key"
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

	// Keys are the issuer's triple DES keys, AESKeys those of cards with AES. What is nil
	// in them is the public test key of the virtual cards.
	Keys    IssuerKeys
	AESKeys IssuerKeys

	// Master is the master key of the terminals, under which they get their working keys;
	// the zero Key is the public one of the lab.
	Master key.Key

	// Unsynced answers without waiting for the disk; see ledger.Kind.
	Unsynced bool

	// Report gets what went wrong where no answer can tell: a ledger that cannot be
	// read, a connection that broke, a frame that is no message. No error holds a
	// value of a field. It is called from many goroutines at once; nil drops them.
	Report func(error)
}

// Host is the acquirer and the issuer in one. It is safe for concurrent use, and
// several Hosts, in one process or many, may stand on one folder.
type Host struct {
	ledger  *books
	now     func() time.Time
	random  io.Reader
	rules   []Rule
	lateBy  time.Duration
	keys    IssuerKeys
	aesKeys IssuerKeys
	master  key.Key
	report  func(error)
}

// Open opens the host on its folder, or founds it there. A ledger that cannot be used
// is a *till.Problem of till.CodeStore.
func Open(ctx context.Context, cfg Config) (*Host, error) {
	h := &Host{
		now: cfg.Now, random: cfg.Random, rules: slices.Clone(cfg.Rules), lateBy: cfg.LateBy,
		keys: cfg.Keys.orElse(testKeys()), aesKeys: cfg.AESKeys.orElse(testAESKeys()), report: cfg.Report,
		master: cfg.Master,
	}
	h.fill()
	if err := errors.Join(h.keys.check(16), h.aesKeys.check(16, 24, 32)); err != nil {
		return nil, err
	}
	var err error
	h.ledger, err = openBooks(ctx, cfg)
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
	if h.master.IsZero() {
		h.master = workingkey.LabMaster()
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
	return h.ServeOrdered(ctx, m, Orders{})
}

// leaves waits as long as the rule of a request wants its answer held back, and reports
// whether the answer goes out at all.
func (h *Host) leaves(ctx context.Context, r request) bool {
	switch h.rule(r).Fate {
	case Lost:
		return false
	case Late:
		return h.holdBack(ctx)
	case Answered:
	}
	return true
}

// answer finds the answer by what is asked.
func (h *Host) answer(ctx context.Context, r request) (answer, error) {
	switch r.op {
	case till.OpAuthorize, till.OpAdvise:
		return h.financial(ctx, r)
	case till.OpBalance:
		return h.balance(ctx, r)
	case till.OpReverse:
		return h.reverse(ctx, r)
	case till.OpReconcile, till.OpTrailer:
		return h.reconcile(ctx, r)
	case till.OpUpload:
		return h.upload(ctx, r)
	case till.OpConfirm:
		return h.confirm(ctx, r)
	case till.OpDownload:
		return h.download(r)
	case till.OpSignOn:
		return h.signOn(ctx, r)
	case till.OpSignOff, till.OpEcho:
		return answer{code: codeApproved}, nil
	}
	return answer{code: codeInvalid}, nil
}

// unanswered is what becomes of a message when the ledger failed. A request of which
// nothing was written is refused with 96. Where the commit itself failed nobody knows, and
// a notice, a reversal or totals must be sent again: those get silence.
func (h *Host) unanswered(r request, err error) (*iso8583.Message, error) {
	err = ledgerProblem(h.ledger.Path(), err)
	if r.op != till.OpAuthorize && r.op != till.OpBalance || errors.Is(err, ledger.ErrUncertain) {
		return nil, err
	}
	h.report(err)
	return r.reply(answer{code: codeMalfunction})
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
