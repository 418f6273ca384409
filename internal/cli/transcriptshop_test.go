package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// tappedHTTP writes down the messages to a wallet gateway, as they go over HTTP.
type tappedHTTP struct {
	x    *transcript
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (h tappedHTTP) RoundTrip(req *http.Request) (*http.Response, error) {
	asked, err := readAgain(&req.Body)
	if err != nil {
		return nil, err
	}
	h.x.wallet("> ", req.URL.Path, asked)
	resp, err := h.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answered, err := readAgain(&resp.Body)
	h.x.wallet("< ", "", answered)
	return resp, err
}

// readAgain reads a body and puts it back.
func readAgain(body *io.ReadCloser) ([]byte, error) {
	raw, err := io.ReadAll(*body)
	err = errors.Join(err, (*body).Close())
	*body = io.NopCloser(bytes.NewReader(raw))
	return raw, err
}

// wallet writes down a message of the wallet's protocol: what it says, the numbers that it
// names, and that a payment code is in it, without the code.
func (x *transcript) wallet(arrow, path string, body []byte) {
	var fields map[string]json.RawMessage
	var told struct {
		Flow     till.Flow    `json:"flow"`
		Status   string       `json:"status"`
		Amount   money.Amount `json:"amount"`
		Provider string       `json:"provider"`
	}
	if err := errors.Join(json.Unmarshal(body, &fields), json.Unmarshal(body, &told)); err != nil {
		x.remark("no JSON: %v", err)
		return
	}
	if told.Flow == till.FlowRefund || fields["refund_number"] != nil {
		told.Status = strings.Replace(told.Status, "paid", "paid back", 1)
	}
	asks := map[string]string{
		gateway.PathCreate: "create an order with a code to show", gateway.PathSubmit: "submit the payment code of the shopper",
		gateway.PathQuery: "query the order", gateway.PathClose: "close the order",
		gateway.PathRefund: "refund, of the order", gateway.PathQueryRefund: "query the refund, of the order",
	}
	said := []string{asks[path]}
	if path == "" {
		said = []string{told.Status}
	}
	said = append(said, told.Amount.String())
	if told.Provider != "" {
		said = append(said, told.Provider)
	}
	beside := []string{}
	for name := range fields {
		switch {
		case name == "payment_code":
			beside = append(beside, name+" ****")
		case !slices.Contains([]string{"status", "amount", "provider"}, name):
			beside = append(beside, name)
		}
	}
	slices.Sort(beside)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.text.WriteString(arrow + strings.Join(said, " | ") + "\n    with " + strings.Join(beside, " ") + "\n")
}

// transcribed is a till whose messages are written down, those to the wallets too.
type transcribed struct {
	t *testing.T
	x *transcript
	*shop

	seen func(register.Observation)
	late atomic.Int64 // how much later it is here than elsewhere
	last map[string]till.Txn
}

// shopperMinute is how long the shoppers here take to pay a code: the clock is put forward
// when they have.
const shopperMinute = time.Minute

// whenShown does something when the next code is shown.
func (c *transcribed) whenShown(do func()) {
	c.seen = func(o register.Observation) {
		if o.What == register.CodeShown {
			c.seen = func(register.Observation) {}
			do()
		}
	}
}

// payByCode pays 12.00 or so by a code.
func (c *transcribed) payByCode(ctx context.Context, row string, minor int64, p register.Payment) (till.Txn, error) {
	p.Amount, p.Tender = money.New(minor, c.cfg.Shop.Currency), till.QR
	res, err := c.shop.shop.Pay(ctx, p)
	c.last[row] = res.Txn
	return res.Txn, err
}

// rows are those that have no message to a card host.
func (c *transcribed) rows() []row {
	return []row{
		{"code of the payer", func(ctx context.Context, _ *shop) (till.Txn, error) {
			return c.payByCode(ctx, "payer", 1200, register.Payment{Entry: till.Scanned, PaymentCode: card.NewSecret("281234567890123456")})
		}},
		{"code of the shop", func(ctx context.Context, _ *shop) (till.Txn, error) {
			c.whenShown(func() { c.late.Add(int64(2 * shopperMinute)) })
			return c.payByCode(ctx, "shop", 1300, register.Payment{Entry: till.Shown})
		}},
		{"refund of a code", func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := s.shop.Refund(ctx, register.Undo{Original: c.last["shop"].ID, Amount: money.New(300, s.cfg.Shop.Currency)}, nil)
			return res.Txn, err
		}},
		{"void of a code", func(ctx context.Context, s *shop) (till.Txn, error) {
			res, err := s.shop.Void(ctx, register.Undo{Original: c.last["payer"].ID}, nil)
			return res.Txn, err
		}},
		{"code that is given up", func(ctx context.Context, _ *shop) (till.Txn, error) {
			giving, giveUp := context.WithCancel(ctx)
			defer giveUp()
			c.whenShown(func() {
				c.x.remark("the operator gives it up")
				giveUp()
			})
			return c.payByCode(giving, "given up", 1076, register.Payment{Entry: till.Shown}) // which nobody pays
		}},
		{"status of a code", c.afterKill},
		{"points", c.points},
		{"reports and reprints", c.reports},
	}
}

// afterKill asks for a sale whose till was killed while its code was shown.
func (c *transcribed) afterKill(ctx context.Context, s *shop) (till.Txn, error) {
	for n := range 5 { // on a busy machine the shopper may be faster than the kill
		key := fmt.Sprint("killed-", n)
		if err := c.killShowing(key); err != nil {
			return till.Txn{}, err
		}
		t, err := s.store.TxnByKey(ctx, key)
		if err != nil {
			return t, err
		}
		if t.State.IsOpen() {
			c.x.remark("the till was killed while the code was shown: %s, order %s", t.State, t.Wallet.State)
			return s.shop.Status(ctx, t.ID)
		}
	}
	return till.Txn{}, errors.New("no till was killed in time")
}

// killShowing kills a till that shows a code.
func (c *transcribed) killShowing(key string) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := &exec.Cmd{
		Path: binary, Args: []string{"till", "pay", "14.00", "--tender", "qr", "--id", key, "--data", c.dir},
		Env: []string{"HOME=" + c.t.TempDir()},
	}
	words, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	_, err = words.Read(make([]byte, 1)) // the code
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return err
}

// points sells to a member who spends some, in cash.
func (c *transcribed) points(ctx context.Context, s *shop) (till.Txn, error) {
	const member, sku = "8001", "latte"
	now := s.store
	ch := till.Change{At: time.Now()}
	item := till.Item{ID: sku, Name: "Latte", Unit: till.Each, Variants: []till.Variant{{SKU: sku, Price: money.New(3000, s.cfg.Shop.Currency)}}}
	_, put := now.PutItems(ctx, []till.Item{item}, ch)
	_, joined := now.PutMember(ctx, till.Member{ID: member, Since: ch.At}, ch)
	err := errors.Join(
		put, joined,
		now.AdjustPoints(ctx, till.PointsMove{Member: member, Points: 500, Reason: till.PointsAdjust, At: ch.At, Note: "opening"}),
		now.MoveStock(ctx, []till.StockMove{{SKU: sku, Quantity: till.Units(10), Reason: till.StockReceive, At: ch.At}}, till.StockRefuse),
	)
	if err != nil {
		return till.Txn{}, err
	}
	bill, err := s.shop.Sell(ctx, management.SellRequest{
		Basket:  till.Basket{Entries: []till.BasketEntry{{Code: sku}}, Member: member, Redeem: 200},
		Tenders: []management.Tendering{{Tender: till.Cash}},
	})
	if err != nil {
		return till.Txn{}, err
	}
	return bill.Txns[0], c.moved(ctx, bill, member, sku)
}

// moved writes down what the commit of a sale moved.
func (c *transcribed) moved(ctx context.Context, b management.Bill, member till.MemberID, sku till.SKU) error {
	x := b.Txns[0]
	c.x.remark("one commit: ticket %s, %s by %s %s of %s", b.Ticket.State, x.Kind, x.Tender, x.State, x.Amount)
	moves, err := c.store.PointsMoves(ctx, member)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(moves) {
		if m.Ticket == b.Ticket.ID {
			c.x.remark("  points of member %s: %+d, %s", m.Member, m.Points, m.Reason)
		}
	}
	stock, err := c.store.StockMoves(ctx, sku, 1)
	if err != nil {
		return err
	}
	for _, m := range stock {
		c.x.remark("  stock of %s: %s, %s", m.SKU, m.Quantity, m.Reason)
	}
	m, err := c.store.Member(ctx, member)
	c.x.remark("  member %s has %d points after it", m.ID, m.Points)
	return err
}

// reports prints again and counts, which is nobody's business but the shop's.
func (c *transcribed) reports(ctx context.Context, s *shop) (till.Txn, error) {
	paper := receipt.Render(s.receiptDoc(c.last["shop"]), receipt.Options{Lang: "en", Width: s.cfg.Receipt.Width, Duplicate: true})
	if !strings.Contains(paper, "DUPLICATE") {
		return till.Txn{}, errors.New("the reprint is not marked as one")
	}
	_, batch := s.store.CurrentBatch(ctx)
	_, batches := s.store.Batches(ctx)
	_, x := s.shop.X(ctx)
	_, z := s.shop.CloseDay(ctx)
	return till.Txn{}, errors.Join(batch, batches, x, z)
}

// The messages of what no card host takes part in, in words: of codes with the wallet
// gateway over HTTP, of points and reports none.
func TestTranscriptOfTheShop(t *testing.T) {
	c := &transcribed{t: t, x: &transcript{}, seen: func(register.Observation) {}, last: map[string]till.Txn{}}
	con := newConsole(t)
	con.Now, con.Random = func() time.Time { return time.Now().Add(time.Duration(c.late.Load())) }, newLockedRandom()
	line := layLine(t)
	con.Environ = append(con.Environ, "TILL_HOST_ADDRESS="+line.address)
	line.host = startTestHost(t, con.Env)
	s, err := openShop(t.Context(), con.Env, shopOptions{dir: t.TempDir(), observe: func(o register.Observation) { c.seen(o) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	s.wallets.takes = shopperMinute
	s.wallets.transport = tappedHTTP{c.x, http.DefaultTransport.(*http.Transport).Clone()}
	c.shop = s
	for _, r := range c.rows() {
		end := c.x.begin(r.name)
		txn, err := r.do(t.Context(), s)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		end()
		want := till.Approved
		if r.name == "code that is given up" {
			want = till.Declined
		}
		if txn.ID != "" && txn.State != want {
			t.Errorf("%s is %s, want %s", r.name, txn.State, want)
		}
	}
	c.x.compare(t, "shop")
}
