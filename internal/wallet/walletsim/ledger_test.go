package walletsim_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/internal/wallet/walletsim"
	"github.com/tillworks/till/pkg/card"
)

// childFolder, in the environment, makes the test binary a gateway on that folder that
// serves until it is killed.
const childFolder = "WALLETSIM_TEST_CHILD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		fmt.Fprintln(os.Stderr, childServe(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// childServe says where it listens on standard output and serves for good.
func childServe(dir string) error {
	sim, err := walletsim.Open(context.Background(), quick(dir))
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	return sim.Serve(context.Background(), ln)
}

// spawn starts a child and returns where it listens. It is killed, not ended, by the
// function or with the test.
func spawn(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childFolder+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // "signal: killed" is what is wanted
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v", err)
	}
	return "http://" + strings.TrimSpace(line), kill
}

// Goal: what was answered is in the books after any kill, and what was not answered is in
// them once or not at all. Method: a till sells without a pause, the gateway is killed
// under it; then a new one on the folder is asked about every order.
func TestKilledGateway(t *testing.T) {
	dir := t.TempDir()
	answered := map[string]string{}
	var asked []wallet.Order
	for round := range 6 {
		url, kill := spawn(t, dir)
		s := newShop(t, &lab{url: url})
		s.ear = ""
		first := true
		for {
			o := s.order(wallet.Scanned, cny(t, 100))
			asked = append(asked, o)
			a, err := s.client.Submit(t.Context(), s.paying(o))
			if err != nil {
				break
			}
			answered[o.Number] = a.TradeNo
			if first { // the clock of the kill starts when something was told
				first = false
				time.AfterFunc(time.Duration(5+17*round)*time.Millisecond, kill)
			}
		}
		kill()
	}
	if len(answered) < 6 {
		t.Fatalf("%d sales were answered in six rounds", len(answered))
	}
	l := serve(t, quick(dir))
	s := newShop(t, l)
	s.ear = ""
	for _, o := range asked {
		a, err := s.client.Submit(t.Context(), s.paying(o))
		if err != nil || a.Status != wallet.Paid {
			t.Fatalf("order %s again: %+v, %v", o.Number, a, err)
		}
		if first, ok := answered[o.Number]; ok && first != a.TradeNo {
			t.Errorf("order %s was %s, and is %s after the kill", o.Number, first, a.TradeNo)
		}
	}
	if got := owed(t, l.Sim); got != int64(len(asked))*100 {
		t.Errorf("owed %d, want %d for %d orders", got, len(asked)*100, len(asked))
	}
	verify(t, l.Sim)
}

func (s *shop) paying(o wallet.Order) wallet.Request {
	r := s.request(o)
	r.PaymentCode = payment()
	return r
}

// Goal: two gateways on one folder are one. Method: eight tills ask both about everything
// at once.
func TestTwoGatewaysOneFolder(t *testing.T) {
	dir := t.TempDir()
	labs := []*lab{serve(t, quick(dir)), serve(t, quick(dir))}
	shops := []*shop{newShop(t, labs[0]), newShop(t, labs[1])}
	var tills sync.WaitGroup
	const each = 6
	for range 8 {
		tills.Go(func() {
			for range each {
				askBoth(t, shops)
			}
		})
	}
	tills.Wait()
	if got := owed(t, labs[0].Sim); got != 8*each*100 {
		t.Errorf("owed %d, want %d", got, 8*each*100)
	}
	verify(t, labs[1].Sim)
}

// askBoth pays and refunds one order at both gateways at the same time.
func askBoth(t *testing.T, shops []*shop) {
	o := shops[0].order(wallet.Scanned, cny(t, 300))
	f := shops[0].refund(o, cny(t, 200))
	o2 := make([]wallet.Answer, 2)
	f2 := make([]wallet.Answer, 2)
	for step := range 2 {
		var both sync.WaitGroup
		for i, s := range shops {
			both.Go(func() {
				var err error
				if step == 0 {
					o2[i], err = s.client.Submit(t.Context(), s.paying(o))
				} else {
					f2[i], err = s.client.Refund(t.Context(), s.request(f))
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	if o2[0] != o2[1] || f2[0] != f2[1] || o2[0].Status != wallet.Paid || f2[0].Status != wallet.Paid {
		t.Errorf("%+v and %+v; %+v and %+v", o2[0], o2[1], f2[0], f2[1])
	}
}

// Many processes that found a ledger in the same moment found the same one.
func TestFoundedAtOnce(t *testing.T) {
	dir := t.TempDir()
	var founders sync.WaitGroup
	for range 8 {
		founders.Go(func() {
			s, err := walletsim.Open(context.Background(), quick(dir))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	founders.Wait()
}

// The same number again is the same order; another order under it is refused.
func TestOneOrderANumber(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	o := s.order(wallet.Shown, cny(t, 1276))
	first, err := s.client.Create(t.Context(), s.request(o))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.client.Create(t.Context(), s.request(o)); err != nil || again != first || first.Code == "" {
		t.Errorf("again: %+v, %v, first %+v", again, err, first)
	}
	for name, change := range map[string]func(*wallet.Request){
		"amount":   func(r *wallet.Request) { r.Order.Amount = cny(t, 1277) },
		"currency": func(r *wallet.Request) { r.Order.Amount = amount(t, 1276, "USD") },
		"terminal": func(r *wallet.Request) { r.Terminal = "TILL0002" },
		"merchant": func(r *wallet.Request) { r.Merchant = "MERCHANT0000002" },
		"batch":    func(r *wallet.Request) { r.Batch = 9 },
	} {
		r := s.request(o)
		change(&r)
		if a, err := s.client.Create(t.Context(), r); err != nil || a.Status != wallet.Failed || a.RefusedCode != "number_used" {
			t.Errorf("another %s: %+v, %v", name, a, err)
		}
	}
	r := s.paying(o)
	r.Order.Flow = wallet.Scanned
	if a, err := s.client.Submit(t.Context(), r); err != nil || a.RefusedCode != "number_used" {
		t.Errorf("submitted under a shown number: %+v, %v", a, err)
	}
	f := s.refund(o, cny(t, 1))
	if _, err := s.client.Refund(t.Context(), s.request(f)); err != nil {
		t.Fatal(err)
	}
	f.Amount = cny(t, 2)
	if a, err := s.client.Refund(t.Context(), s.request(f)); err != nil || a.RefusedCode != "refund_number_used" {
		t.Errorf("another refund under the number: %+v, %v", a, err)
	}
}

// What makes no sense is refused with a code, before anything is kept.
func TestRefusals(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	for _, c := range []struct {
		change func(*wallet.Request)
		code   string
	}{
		{func(r *wallet.Request) { r.Order.Number = "short" }, "bad_number"},
		{func(r *wallet.Request) { r.Order.Number = strings.Repeat("N", 33) }, "bad_number"},
		{func(r *wallet.Request) { r.Order.Number = "with a space" }, "bad_number"},
		{func(r *wallet.Request) { r.Merchant = "" }, "no_merchant"},
		{func(r *wallet.Request) { r.Terminal = "" }, "no_merchant"},
		{func(r *wallet.Request) { r.Order.Flow = wallet.Shown }, "bad_flow"},
		{func(r *wallet.Request) { r.Order.Amount = cny(t, 0) }, "bad_amount"},
		{func(r *wallet.Request) { r.Order.Amount = cny(t, -5) }, "bad_amount"},
		{func(r *wallet.Request) { r.Order.Amount = cny(t, till.MaxMinor+1) }, "bad_amount"},
		{func(r *wallet.Request) { r.NotifyURL = "http://192.0.2.1/n" }, "bad_notify_url"},
		{func(r *wallet.Request) { r.NotifyURL = "https://127.0.0.1/n" }, "bad_notify_url"},
		{func(r *wallet.Request) { r.NotifyURL = "http://localhost/n" }, "bad_notify_url"},
		{func(r *wallet.Request) { r.Order.ExpiresAt = time.Now().Add(-time.Second) }, "expired"},
		{func(r *wallet.Request) { r.PaymentCode = card.NewSecret("123456789") }, "bad_payment_code"},
		{func(r *wallet.Request) { r.PaymentCode = card.NewSecret(strings.Repeat("1", 25)) }, "bad_payment_code"},
		{func(r *wallet.Request) { r.PaymentCode = card.NewSecret("12345678901234567x") }, "bad_payment_code"},
		{func(r *wallet.Request) { r.PaymentCode = card.Secret{} }, "bad_payment_code"},
	} {
		r := s.paying(s.order(wallet.Scanned, cny(t, 1250)))
		c.change(&r)
		a, err := s.client.Submit(t.Context(), r)
		if err != nil || a.Status != wallet.Failed || a.RefusedCode != c.code || a.RefusedWords == "" {
			t.Errorf("got %+v, %v, want %s", a, err, c.code)
		}
	}
	if list, err := l.Orders(t.Context(), walletsim.Scope{}); err != nil || len(list) != 0 {
		t.Errorf("kept %d orders, %v", len(list), err)
	}
}

// Whose wallet a payment code belongs to.
func TestProviders(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	for code, want := range map[string]string{
		"134567890123456789":       "wechat",
		"100000000000000000":       "wechat",
		"160000000000000000":       "lab",
		"2876344382566439":         "alipay",
		"301234567890123456789012": "alipay",
		"6212345678901234567":      "unionpay",
		"1234567890":               "lab",
		"999999999999999999999999": "lab",
	} {
		r := s.paying(s.order(wallet.Scanned, cny(t, 100)))
		r.PaymentCode = card.NewSecret(code)
		if a, err := s.client.Submit(t.Context(), r); err != nil || a.Provider != want {
			t.Errorf("a code of %d characters that begins %s: %+v, %v, want %s", len(code), code[:2], a, err, want)
		}
	}
}

// An order that is closed before it comes never stands, in either flow.
func TestTombstone(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	for _, flow := range []wallet.Flow{wallet.Shown, wallet.Scanned} {
		o := s.order(flow, cny(t, 1250))
		if a, err := s.client.Query(t.Context(), s.request(o)); err != nil || a.Status != wallet.NotFound {
			t.Errorf("before: %+v, %v", a, err)
		}
		for range 2 {
			if a, err := s.client.Close(t.Context(), s.request(o)); err != nil || a.Status != wallet.Closed {
				t.Errorf("close: %+v, %v", a, err)
			}
		}
		ask := s.client.Create
		if flow == wallet.Scanned {
			ask = s.client.Submit
		}
		if a, err := ask(t.Context(), s.paying(o)); err != nil || a.Status != wallet.Closed {
			t.Errorf("%s after its closing: %+v, %v", flow, a, err)
		}
		if a, err := s.client.Query(t.Context(), s.request(o)); err != nil || a.Status != wallet.Closed {
			t.Errorf("after: %+v, %v", a, err)
		}
	}
	if got := owed(t, l.Sim); got != 0 {
		t.Errorf("owed %d", got)
	}
}

// Time alone decides when a shopper pays and when an order expires, whoever looks when.
func TestTime(t *testing.T) {
	c := newClock()
	cfg := walletsim.Config{Dir: t.TempDir(), Key: key(), Now: c.now, PayAfter: time.Minute}
	sim, err := walletsim.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	server := httptest.NewServer(sim)
	defer server.Close()
	client, err := gateway.NewClient(gateway.Config{URL: server.URL, Key: key(), Now: c.now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, client: client, batch: 1}
	paid, expired := s.order(wallet.Shown, cny(t, 1250)), s.order(wallet.Shown, cny(t, 1250))
	expired.ExpiresAt = c.now().Add(30 * time.Second)
	for _, o := range []wallet.Order{paid, expired} {
		if a, err := client.Create(t.Context(), s.request(o)); err != nil || a.Status != wallet.Unpaid {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	c.pass(59 * time.Second)
	if a, err := client.Query(t.Context(), s.request(paid)); err != nil || a.Status != wallet.Unpaid {
		t.Errorf("a second too early: %+v, %v", a, err)
	}
	due := c.now().Add(time.Second)
	c.pass(time.Hour)
	if a, err := client.Query(t.Context(), s.request(paid)); err != nil || a.Status != wallet.Paid || !a.At.Equal(due) {
		t.Errorf("an hour later: %+v, %v, want paid at %s", a, err, due)
	}
	if a, err := client.Query(t.Context(), s.request(expired)); err != nil || a.Status != wallet.Closed {
		t.Errorf("expired: %+v, %v", a, err)
	}
	verify(t, sim)
}

// Totals by batch, terminal, merchant and day; orders with their refunds.
func TestBooks(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	first, _ := s.sell(s.order(wallet.Scanned, cny(t, 1000)), 20)
	s.batch = 2
	s.sell(s.order(wallet.Shown, cny(t, 2000)), 20)
	s.sell(s.order(wallet.Shown, cny(t, 1277)), 20) // undoes itself
	s.sell(s.order(wallet.Scanned, cny(t, 1278)), 20)
	s.sell(s.order(wallet.Scanned, amount(t, 500, "JPY")), 20)
	s.sell(s.refund(first, cny(t, 300)), 0)
	want := map[walletsim.Scope]string{
		{}:                            "CNY 3 4277 2 1577, JPY 1 500 0 0",
		{Merchant: "MERCHANT0000001"}: "CNY 3 4277 2 1577, JPY 1 500 0 0",
		{Batch: 1}:                    "CNY 1 1000 0 0",
		{Batch: 2}:                    "CNY 2 3277 2 1577, JPY 1 500 0 0",
		{Batch: 3}:                    "",
		{Terminal: "TILL0009"}:        "",
		{Merchant: "NOBODY"}:          "",
		{Day: time.Now()}:             "CNY 3 4277 2 1577, JPY 1 500 0 0",
		{Day: time.Now().AddDate(0, 0, -1), Batch: 1}: "",
	}
	for scope, words := range want {
		totals, err := l.Totals(t.Context(), scope)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range totals {
			got = append(got, fmt.Sprintf("%s %d %d %d %d", c.Currency, c.Payments, c.PaidMinor, c.Refunds, c.RefundMinor))
		}
		if strings.Join(got, ", ") != words {
			t.Errorf("%+v: got %s, want %s", scope, strings.Join(got, ", "), words)
		}
	}
	list, err := l.Orders(t.Context(), walletsim.Scope{})
	if err != nil || len(list) != 5 {
		t.Fatalf("%d orders, %v", len(list), err)
	}
	o := list[0]
	if o.Number != first.Number || o.Status != wallet.Paid || o.TradeNo != first.TradeNo || o.Provider != "wechat" || o.PaidAt.IsZero() || o.Batch != 1 {
		t.Errorf("the first order: %+v", o)
	}
	if len(o.Refunds) != 1 || o.Refunds[0].Amount != cny(t, 300) || o.Refunds[0].Status != wallet.Paid || o.Refunds[0].Batch != 2 {
		t.Errorf("its refunds: %+v", o.Refunds)
	}
	if list[3].Status != wallet.Failed {
		t.Errorf("the refused order: %+v", list[3])
	}
}

// A notification that nobody takes is sent again, also by the next process.
func TestNotificationsSurvive(t *testing.T) {
	dir := t.TempDir()
	l := serve(t, quick(dir))
	s := newShop(t, l)
	deaf := true
	var mu sync.Mutex
	heard := make(chan struct{}, 9)
	ear := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if deaf {
			w.WriteHeader(500)
			return
		}
		heard <- struct{}{}
	}))
	defer ear.Close()
	s.ear = ear.URL
	if _, err := s.client.Submit(t.Context(), s.paying(s.order(wallet.Scanned, cny(t, 1250)))); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(l.reports()) > 0 })
	l.stop()
	mu.Lock()
	deaf = false
	mu.Unlock()
	serve(t, quick(dir))
	select {
	case <-heard:
	case <-time.After(10 * time.Second):
		t.Fatal("it was not sent again")
	}
}

// No payment code is anywhere: not in the folder in any usual form, not in a report.
func TestNoPaymentCodeIsKept(t *testing.T) {
	dir := t.TempDir()
	l := serve(t, quick(dir))
	s := newShop(t, l)
	for _, minor := range []int64{1250, 1271, 1272, 1275, 1277, 1278, 1279} {
		s.sell(s.order(wallet.Scanned, cny(t, minor)), 5)
	}
	bad := s.paying(s.order(wallet.Scanned, cny(t, 1250)))
	bad.PaymentCode = card.NewSecret(paymentCode + "x")
	if _, err := s.client.Submit(t.Context(), bad); err != nil {
		t.Fatal(err)
	}
	look(t, dir, "running")
	l.stop()
	look(t, dir, "closed")
	if strings.Contains(fmt.Sprint(l.reports()), paymentCode[:10]) {
		t.Error("a report tells it")
	}
}

func look(t *testing.T, dir, when string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to look at: %v", err)
	}
	forms := []string{paymentCode, fmt.Sprintf("%x", paymentCode), "\x13\x45\x67\x89\x01\x23", "MTM0NTY3ODkw"}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range forms {
			if strings.Contains(string(raw), form) {
				t.Errorf("%s: it is in %s", when, filepath.Base(file))
			}
		}
	}
}

// Messages that are not signed by the till are refused, and told of without their content.
func TestStrangers(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		req, err := http.NewRequestWithContext(t.Context(), method, l.url+gateway.PathClose, strings.NewReader(`{"number":"SECRET"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		want := map[string]int{http.MethodGet: 405, http.MethodPost: 401}[method]
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", method, resp.StatusCode, want)
		}
	}
	stranger, err := gateway.NewClient(gateway.Config{URL: l.url, Key: []byte("another key, 16+"), Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	var p *till.Problem
	if err := stranger.Ping(t.Context(), "M", "T"); !errors.As(err, &p) || p.Code != till.CodeHostDown {
		t.Errorf("another key: %v", err)
	}
	for _, err := range l.reports() {
		if !errors.Is(err, gateway.ErrSignature) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("reported %v", err)
		}
	}
	if list, err := l.Orders(t.Context(), walletsim.Scope{}); err != nil || len(list) != 0 {
		t.Errorf("kept %d orders, %v", len(list), err)
	}
}

// A path that there is not is refused like any other question.
func TestUnknownPath(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	client, err := gateway.NewClient(gateway.Config{URL: l.url + "/v9", Key: key(), Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, client: client}
	if a, err := client.Query(t.Context(), s.request(s.order(wallet.Shown, cny(t, 1)))); err != nil || a.RefusedCode != "no_such_service" {
		t.Errorf("got %+v, %v", a, err)
	}
}

// A gateway in clear never listens to the world.
func TestListensHereOnly(t *testing.T) {
	sim, err := walletsim.Open(t.Context(), quick(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	var p *till.Problem
	if err := sim.Serve(t.Context(), ln); !errors.As(err, &p) || p.Code != till.CodeUsage {
		t.Errorf("got %v", err)
	}
}

// A file that is not ours, newer, damaged or out of reach is told in both languages and
// left as it is.
func TestUnusableLedgers(t *testing.T) {
	rows := map[string]func(t *testing.T, path string){
		"of another program": func(t *testing.T, path string) { exec1(t, path, "CREATE TABLE t (x)") },
		"newer": func(t *testing.T, path string) {
			found(t, filepath.Dir(path))
			exec1(t, path, "PRAGMA user_version = 99")
		},
		"no database": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("nonsense ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a folder": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, prepare := range rows {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, filepath.Join(dir, "wallet.db"))
			_, err := walletsim.Open(t.Context(), quick(dir))
			var p *till.Problem
			if !errors.As(err, &p) || p.Code != till.CodeStore || p.Hint.IsZero() {
				t.Fatalf("got %v", err)
			}
			if p.What.In(i18n.English) == p.What.In(i18n.Chinese) {
				t.Error("told in one language only")
			}
		})
	}
}

func found(t *testing.T, dir string) {
	t.Helper()
	sim, err := walletsim.Open(t.Context(), quick(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
}

func exec1(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// The books cannot be changed, and Verify sees what was done to them behind our back.
func TestVerifyBites(t *testing.T) {
	for name, harm := range map[string]string{
		"two ends": "INSERT INTO refusal (number, at) SELECT number, 1 FROM payment",
		"a refund beyond": `INSERT INTO refund (refund, number, merchant, terminal, batch, currency, minor, code, polls, at)
			SELECT 'F', number, merchant, terminal, batch, currency, minor + 1, '', 0, 1 FROM orders`,
		"a refund of nothing": `INSERT INTO refund (refund, number, merchant, terminal, batch, currency, minor, code, polls, at)
			VALUES ('F', 'NOBODY', 'M', 'T', 1, 'CNY', 1, '', 0, 1)`,
		"done though refused": `INSERT INTO refund (refund, number, merchant, terminal, batch, currency, minor, code, polls, at)
			VALUES ('F', 'NOBODY', 'M', 'T', 1, 'CNY', 1, 'no', 0, 1); INSERT INTO refund_done (refund, at) VALUES ('F', 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := serve(t, quick(dir))
			s := newShop(t, l)
			s.sell(s.order(wallet.Scanned, cny(t, 1250)), 20)
			if n, err := l.Verify(t.Context()); n != 1 || err != nil {
				t.Fatalf("before: %d, %v", n, err)
			}
			exec1(t, filepath.Join(dir, "wallet.db"), harm)
			if _, err := l.Verify(t.Context()); err == nil {
				t.Error("it is not seen")
			}
		})
	}
	dir := t.TempDir()
	l := serve(t, quick(dir))
	s := newShop(t, l)
	o, _ := s.sell(s.order(wallet.Scanned, cny(t, 1250)), 20)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "wallet.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, harm := range []string{
		"UPDATE orders SET minor = 1", "DELETE FROM orders", "UPDATE payment SET at = 1", "DELETE FROM payment",
		"INSERT INTO closure (number, at) VALUES ('" + o.Number + "', 1)",
		"INSERT INTO payment (number, at) VALUES ('" + o.Number + "', 1)",
	} {
		if _, err := db.Exec(harm); err == nil {
			t.Errorf("%s was possible", harm)
		}
	}
}

// The rules are told in both languages, and no two of a kind hold for one amount.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range walletsim.Rules() {
		name := fmt.Sprint(r.Minor, r.Refund)
		if seen[name] || r.Fate == walletsim.Normal {
			t.Errorf("rule .%02d is there twice or does nothing", r.Minor)
		}
		seen[name] = true
		if r.Meaning.In(i18n.English) == r.Meaning.In(i18n.Chinese) {
			t.Errorf("rule .%02d has one language", r.Minor)
		}
	}
}

// Without rules whatever can be paid is paid.
func TestNoRules(t *testing.T) {
	cfg := quick(t.TempDir())
	cfg.Rules = []walletsim.Rule{}
	s := newShop(t, serve(t, cfg))
	for minor := int64(1270); minor < 1284; minor++ {
		if o, life := s.sell(s.order(wallet.Scanned, cny(t, minor)), 20); o.State != wallet.StatePaid {
			t.Errorf("%d: %v", minor, life)
		}
	}
}

func TestShortKeyIsRefused(t *testing.T) {
	if _, err := walletsim.Open(t.Context(), walletsim.Config{Dir: t.TempDir(), Key: []byte("short")}); err == nil {
		t.Error("taken")
	}
}
