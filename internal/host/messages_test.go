package host_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// drum is a source of random bytes that repeats itself.
type drum struct{ n byte }

func (d *drum) Read(p []byte) (int, error) {
	for i := range p {
		d.n += 37
		p[i] = d.n
	}
	return len(p), nil
}

// workingKeys are keys as a host hands them out, under the lab's master key.
func workingKeys(t testing.TB) (workingkey.Keys, []byte) {
	t.Helper()
	k, err := workingkey.Generate(&drum{})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal(workingkey.LabMaster())
	if err != nil {
		t.Fatal(err)
	}
	return k, sealed
}

// signedOn is a request of a terminal that has its working keys.
func signedOn(t testing.TB, r till.Request) till.Request {
	t.Helper()
	_, r.Keys = workingKeys(t)
	return r
}

// asking is a request by a card that is read, of a kind.
func asking(t testing.TB, kind till.Kind) till.Request {
	t.Helper()
	r := sale(t)
	r.Txn.Kind = kind
	return r
}

// telling is a notice.
func telling(r till.Request, n till.Notice) till.Request {
	r.Op, r.Txn.Notice, r.Txn.State = till.OpAdvise, n, till.Advice
	return r
}

// naming is a request that names an earlier transaction of a kind.
func naming(t testing.TB, kind, of till.Kind, amount string) till.Request {
	t.Helper()
	r := referring(t, kind, amount)
	r.Original.Kind = of
	return r
}

// recorded is a transaction as a batch has it in the end.
func recorded(op till.Op, r till.Request) till.Request {
	r.Op, r.Card = op, till.CardData{}
	r.Txn.State, r.Txn.RRN, r.Txn.AuthCode, r.Txn.ResponseCode = till.Approved, "606000000042", "A1B2C3", "00"
	r.Txn.Chip = &till.ChipEvidence{
		CryptogramType: "TC", Data: "9F2608010203040506070" + "89F270140", Scripts: []till.ScriptResult{{Result: "2000000051"}},
	}
	return r
}

// managing is a message of the terminal itself.
func managing(op till.Op) till.Request {
	return till.Request{Op: op, Terminal: "TILL0001", Merchant: "MERCHANT0000001", Operator: "01", STAN: 1, Batch: 7, At: noon()}
}

// everything is a request of each operation and kind, by the name of its golden.
func everything(t testing.TB) []named {
	yen := till.Totals{
		Currency: "CNY", Debits: 12, DebitMinor: 123456, DebitReversals: 1, DebitRevMinor: 1250,
		Credits: 2, CreditMinor: 400, CreditReversals: 1, CreditRevMinor: 100,
	}
	swipe := sale(t)
	swipe.Txn.Entry = till.Swipe
	swipe.Card = till.CardData{Track2: track2(t, "4111111111111111=31122010000000000"), PIN: card.NewSecret("1234")}
	swipe.Card.PAN, swipe.Card.Expiry = swipe.Card.Track2.PAN, swipe.Card.Track2.Expiry
	keyed := sale(t)
	keyed.Txn.Entry = till.Manual
	keyed.Card = till.CardData{PAN: pan(t, "5413330089010434"), Expiry: "3112", CVV2: card.NewSecret("123")}
	cashback := sale(t)
	cashback.Txn.Cashback = yuan(t, "10.00")
	plan := sale(t)
	plan.Txn.Plan = &till.Plan{Count: 12, Code: "A7"}
	offline := telling(sale(t), till.NoticeOffline)
	offline.Txn.ResponseCode = "Y3"
	voice := telling(keyed, till.NoticeVoice)
	voice.Txn.AuthCode, voice.Card.CVV2 = "654321", card.Secret{}
	repeated := telling(naming(t, till.Tip, till.Sale, "2.00"), till.NoticeDone)
	repeated.Repeat = true
	completionVoid := naming(t, till.Void, till.Completion, "12.50")
	balance := sale(t)
	balance.Op, balance.Txn.Amount = till.OpBalance, money.New(0, balance.Txn.Amount.Currency())
	script := recorded(till.OpConfirm, sale(t))
	script.Script = true
	download := managing(till.OpDownload)
	download.Part = 2
	trailer := totals(t, yen)
	trailer.Op = till.OpTrailer
	return []named{
		{"authorize-sale", sale(t)},
		{"authorize-sale-swipe-pin", swipe},
		{"authorize-sale-keyed-cvv2", keyed},
		{"authorize-sale-cashback", cashback},
		{"authorize-sale-plan", plan},
		{"authorize-void", naming(t, till.Void, till.Sale, "12.50")},
		{"authorize-void-preauth", naming(t, till.Void, till.PreAuth, "12.50")},
		{"authorize-void-completion", completionVoid},
		{"authorize-refund", naming(t, till.Refund, till.Sale, "4.00")},
		{"authorize-preauth", asking(t, till.PreAuth)},
		{"authorize-increment", naming(t, till.Increment, till.PreAuth, "5.00")},
		{"authorize-completion", naming(t, till.Completion, till.PreAuth, "11.00")},
		{"authorize-cash_advance", asking(t, till.CashAdvance)},
		{"advise-sale-offline", offline},
		{"advise-sale-voice", voice},
		{"advise-tip", telling(naming(t, till.Tip, till.Sale, "2.00"), till.NoticeDone)},
		{"advise-tip-repeated", repeated},
		{"advise-completion", telling(naming(t, till.Completion, till.PreAuth, "11.00"), till.NoticeDone)},
		{"advise-refund", telling(naming(t, till.Refund, till.Sale, "4.00"), till.NoticeDone)},
		{"reverse-sale", reversal(sale(t), till.ReasonTimeout, false)},
		{"reverse-sale-mac", reversal(sale(t), till.ReasonMAC, true)},
		{"reverse-preauth", reversal(asking(t, till.PreAuth), till.ReasonPartial, false)},
		{"reverse-completion", reversal(naming(t, till.Completion, till.PreAuth, "11.00"), till.ReasonLink, false)},
		{"balance", balance},
		{"sign_on", managing(till.OpSignOn)},
		{"sign_off", managing(till.OpSignOff)},
		{"echo", managing(till.OpEcho)},
		{"download", download},
		{"confirm-tc", recorded(till.OpConfirm, sale(t))},
		{"confirm-script", script},
		{"upload-sale", recorded(till.OpUpload, sale(t))},
		{"upload-completion", recorded(till.OpUpload, naming(t, till.Completion, till.PreAuth, "11.00"))},
		{"upload-tip", recorded(till.OpUpload, telling(naming(t, till.Tip, till.Sale, "2.00"), till.NoticeDone))},
		{"reconcile", totals(t, yen)},
		{"trailer", trailer},
	}
}

// told reports a message that a profile does not have: UnionPay's refund is told alone.
func told(p host.Profile, r till.Request) bool {
	return (r.Op == till.OpAuthorize || r.Op == till.OpReverse) && p.Expects.Notices[r.Txn.Kind]
}

// Every message of every profile in words. A reader who wants to know the protocol of a
// host can read testdata/messages.
func TestMessages(t *testing.T) {
	for _, name := range host.Names() {
		p := profile(t, name)
		for _, n := range everything(t) {
			m, err := p.Request(signedOn(t, n.request))
			if told(p, n.request) {
				if err == nil {
					t.Errorf("%s asks for %s, which it should tell", name, n.name)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s %s: %v", name, n.name, err)
			}
			raw, err := m.Pack()
			if err != nil {
				t.Fatalf("%s %s: %v", name, n.name, err)
			}
			back, err := p.Spec.Unpack(raw)
			if err != nil || back.String() != m.String() {
				t.Errorf("%s %s: came back as %s (%v)\nwant %s", name, n.name, back, err, m)
			}
			var text strings.Builder
			for _, f := range p.Spec.Explain(raw, "en").Fields {
				fmt.Fprintf(&text, "%-6s %s: %s", f.Path, f.Name, f.Value)
				if f.Meaning != "" {
					fmt.Fprintf(&text, " (%s)", f.Meaning)
				}
				text.WriteByte('\n')
			}
			golden(t, filepath.Join("messages", name, n.name+".golden"), text.String())
		}
	}
}

// Nothing that must not be kept is in what is sent again: a reversal, a notice, a record.
func TestNothingSensitiveIsSentAgain(t *testing.T) {
	for _, name := range host.Names() {
		p := profile(t, name)
		for _, op := range []till.Op{till.OpReverse, till.OpAdvise, till.OpUpload, till.OpConfirm} {
			r := sale(t)
			r.Card.PIN, r.Card.CVV2 = card.NewSecret("1234"), card.NewSecret("123")
			r.Txn.Reason, r.Txn.Chip = till.ReasonTimeout, &till.ChipEvidence{}
			if op == till.OpAdvise {
				r.Txn.Notice = till.NoticeOffline
			}
			r.Op = op
			m, err := p.Request(signedOn(t, r))
			if err != nil {
				t.Fatalf("%s %s: %v", name, op, err)
			}
			for _, path := range []string{"35", "48", "52", "53", "62"} {
				if m.Has(path) && (path != "62" || name != "nac-pos") {
					t.Errorf("%s %s: field %s is sent", name, op, path)
				}
			}
		}
	}
}

// A terminal that is not signed on says nothing that needs a key, and sends nothing.
func TestKeysAreNeeded(t *testing.T) {
	for _, name := range []string{"nac-pos", "unionpay-pos"} {
		p := profile(t, name)
		if m, err := p.Request(sale(t)); !errors.Is(err, host.ErrNoKeys) {
			t.Errorf("%s: got %v, %v, want %v", name, m, err, host.ErrNoKeys)
		}
		if _, err := p.Request(managing(till.OpSignOn)); err != nil {
			t.Errorf("%s: sign-on: %v", name, err)
		}
		other := workingkey.Keys{}
		if _, err := p.WithMaster(other.PIN).Request(signedOn(t, sale(t))); err == nil {
			t.Errorf("%s: no master key, and a message all the same", name)
		}
	}
}

func FuzzAnswerUnionPay(f *testing.F) {
	p := profile(f, "unionpay-pos")
	requests := everything(f)
	for _, n := range requests {
		if m, err := p.Request(signedOn(f, n.request)); err == nil {
			m.SetMTI(m.MTI().Response())
			if raw, err := m.Pack(); err == nil {
				f.Add(raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := p.Spec.Unpack(raw)
		if err != nil {
			return
		}
		for _, n := range requests {
			if a, err := p.Answer(signedOn(t, n.request), m); err == nil && a.ResponseCode == "" {
				t.Errorf("%s: an answer without a response code was taken", n.name)
			}
		}
	})
}
