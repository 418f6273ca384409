package gateway

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func testKey(t testing.TB) Key {
	t.Helper()
	k, err := NewKey([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is a request that a guard takes at noon.
func signed(t testing.TB, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/v1/query", strings.NewReader(body))
	if err := testKey(t).SignRequest(r, []byte(body), noon, bytes.NewReader([]byte("sixteen bytes!!!"))); err != nil {
		t.Fatal(err)
	}
	return r
}

// The signature as anybody can compute it from the package documentation:
//
//	printf 'request\nPOST\n/v1/query\n1772366400\n7369787465656e206279746573212121\n{"a":1}\n' | openssl dgst -sha256 -hmac 0123456789abcdef
func TestSignatureVector(t *testing.T) {
	r := signed(t, `{"a":1}`)
	if got, want := r.Header.Get(HeaderTimestamp), "1772366400"; got != want {
		t.Errorf("timestamp %s, want %s", got, want)
	}
	if got, want := r.Header.Get(HeaderNonce), hex.EncodeToString([]byte("sixteen bytes!!!")); got != want {
		t.Errorf("nonce %s, want %s", got, want)
	}
	if got := r.Header.Get(HeaderSignature); got != requestVector {
		t.Errorf("signature %s, want %s", got, requestVector)
	}
	answer := testKey(t).answerSignature(200, "1772366400", "00", []byte("{}"))
	if got := hex.EncodeToString(answer); got != answerVector {
		t.Errorf("signature of an answer %s, want %s", got, answerVector)
	}
}

func TestGuard(t *testing.T) {
	rows := map[string]struct {
		change func(*http.Request)
		want   error
	}{
		"good":             {func(*http.Request) {}, nil},
		"other body":       {func(r *http.Request) { r.Body = http.NoBody }, ErrSignature},
		"other path":       {func(r *http.Request) { r.URL.Path = "/v1/close" }, ErrSignature},
		"other method":     {func(r *http.Request) { r.Method = http.MethodPut }, ErrSignature},
		"other nonce":      {func(r *http.Request) { r.Header.Set(HeaderNonce, strings.Repeat("0", 32)) }, ErrSignature},
		"other time":       {func(r *http.Request) { r.Header.Set(HeaderTimestamp, "1772366401") }, ErrSignature},
		"no signature":     {func(r *http.Request) { r.Header.Del(HeaderSignature) }, ErrSignature},
		"cut signature":    {func(r *http.Request) { r.Header.Set(HeaderSignature, r.Header.Get(HeaderSignature)[:62]) }, ErrSignature},
		"no hexadecimal":   {func(r *http.Request) { r.Header.Set(HeaderSignature, strings.Repeat("zz", 32)) }, ErrSignature},
		"body without end": {func(r *http.Request) { r.Body = http.NoBody; r.Body = longBody() }, ErrTooLong},
		"too old":          {resign(noon.Add(-Window-time.Second), "sixteen bytes!!!"), ErrTimestamp},
		"just not old":     {resign(noon.Add(-Window), "sixteen bytes!!!"), nil},
		"just not early":   {resign(noon.Add(Window), "sixteen bytes!!!"), nil},
		"too early":        {resign(noon.Add(Window+time.Second), "sixteen bytes!!!"), ErrTimestamp},
		"short nonce":      {func(r *http.Request) { rewrite(r, "1772366400", "00") }, ErrReplayed},
		"no timestamp":     {func(r *http.Request) { rewrite(r, "", strings.Repeat("0", 32)) }, ErrTimestamp},
		"endless time":     {func(r *http.Request) { rewrite(r, "99999999999999999999", strings.Repeat("0", 32)) }, ErrTimestamp},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			r := signed(t, "{}")
			row.change(r)
			body, err := NewGuard(testKey(t), func() time.Time { return noon }).Open(r)
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("got %v, want %v", err, row.want)
			}
			if err == nil && string(body) != "{}" {
				t.Errorf("body %q", body)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }
func (endless) Close() error               { return nil }

func longBody() endless { return endless{} }

// resign signs the request again at another time.
func resign(at time.Time, nonce string) func(*http.Request) {
	return func(r *http.Request) {
		k, _ := NewKey([]byte("0123456789abcdef"))
		_ = k.SignRequest(r, []byte("{}"), at, strings.NewReader(nonce))
	}
}

// rewrite signs the request again with any timestamp and nonce.
func rewrite(r *http.Request, timestamp, nonce string) {
	k, _ := NewKey([]byte("0123456789abcdef"))
	r.Header.Set(HeaderTimestamp, timestamp)
	r.Header.Set(HeaderNonce, nonce)
	r.Header.Set(HeaderSignature, hex.EncodeToString(k.requestSignature(r, timestamp, nonce, []byte("{}"))))
}

// A message is taken once, however often it comes, until its timestamp is too old anyway.
func TestReplay(t *testing.T) {
	now := noon
	g := NewGuard(testKey(t), func() time.Time { return now })
	if _, err := g.Open(signed(t, "{}")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := g.Open(signed(t, "{}")); !errors.Is(err, ErrReplayed) {
			t.Errorf("again: %v", err)
		}
		now = now.Add(Window / 3)
	}
	now = noon.Add(2*Window + time.Second)
	if _, err := g.Open(signed(t, "{}")); !errors.Is(err, ErrTimestamp) {
		t.Errorf("long after: %v", err)
	}
}

// The memory of a guard is bounded, only messages with a right signature get into it, and
// what is too old makes room.
func TestNonceMemory(t *testing.T) {
	now := noon
	g := NewGuard(testKey(t), func() time.Time { return now })
	forged := signed(t, "{}")
	forged.Header.Set(HeaderSignature, strings.Repeat("0", 64))
	_, _ = g.Open(forged)
	if len(g.seen) != 0 {
		t.Error("a forged message is remembered")
	}
	for i := range maxNonces {
		if err := g.remember(strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.remember("one more"); !errors.Is(err, ErrCrowded) || len(g.seen) != maxNonces {
		t.Errorf("a full memory: %v", err)
	}
	now = now.Add(2*Window + time.Second)
	if err := g.remember("later"); err != nil || len(g.seen) != 1 {
		t.Errorf("when the old ones are past: %v, %d remembered", err, len(g.seen))
	}
}

func TestReceiver(t *testing.T) {
	var got []wallet.Notice
	var refused []error
	rec, err := NewReceiver([]byte("0123456789abcdef"), func() time.Time { return noon },
		func(n wallet.Notice) { got = append(got, n) }, func(err error) { refused = append(refused, err) })
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r *http.Request) int {
		w := httptest.NewRecorder()
		rec.ServeHTTP(w, r)
		return w.Code
	}
	good := `{"id":"1","number":"ORDER1","status":"paid","amount":{"minor":1250,"currency":"CNY"},"trade_no":"T"}`
	if code := ask(signed(t, good)); code != 200 || len(got) != 1 {
		t.Fatalf("a good one: %d, %v", code, refused)
	}
	if n := got[0]; !n.Trusted || n.ID != "1" || n.Number != "ORDER1" || n.Status != wallet.Paid || n.Amount.Minor() != 1250 || n.TradeNo != "T" {
		t.Errorf("got %+v", n)
	}
	if code := ask(signed(t, good)); code != 401 {
		t.Errorf("the same message again: %d", code)
	}
	forged := signed(t, good)
	forged.Header.Set(HeaderSignature, strings.Repeat("0", 64))
	if code := ask(forged); code != 401 {
		t.Errorf("a forged one: %d", code)
	}
	get := signed(t, good)
	get.Method = http.MethodGet
	if code := ask(get); code != 405 {
		t.Errorf("GET: %d", code)
	}
	nonsense := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/v1/query", strings.NewReader("[]"))
	if err := testKey(t).SignRequest(nonsense, []byte("[]"), noon, strings.NewReader("another sixteen!")); err != nil {
		t.Fatal(err)
	}
	if code := ask(nonsense); code != 400 {
		t.Errorf("no JSON of a notification: %d", code)
	}
	if len(got) != 1 || len(refused) != 3 {
		t.Errorf("told %d, refused %d, want 1 and 3", len(got), len(refused))
	}
}

// A URL without a path is signed as it goes over the wire.
func TestEmptyPath(t *testing.T) {
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:80", nil)
	if err != nil {
		t.Fatal(err)
	}
	arrived := r.Clone(t.Context())
	arrived.URL.Path = "/"
	k := testKey(t)
	if !bytes.Equal(k.requestSignature(r, "1", "2", nil), k.requestSignature(arrived, "1", "2", nil)) {
		t.Error("the two sides sign differently")
	}
}

// A key that was never made takes nothing.
func TestZeroKey(t *testing.T) {
	var k Key
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if err := k.SignRequest(r, nil, noon, strings.NewReader("sixteen bytes!!!")); err != nil {
		t.Fatal(err)
	}
	if _, err := NewGuard(k, func() time.Time { return noon }).Open(r); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
}

// The payment code is in the body once, and in nothing else that a question can be made
// into.
func TestQuestionHidesCode(t *testing.T) {
	q := Question{Number: "N", PaymentCode: card.NewSecret("134567890123456789")}
	raw, err := q.Encode()
	if err != nil || strings.Count(string(raw), "134567890123456789") != 1 || !json.Valid(raw) {
		t.Errorf("the body is not what it should be: %v", err)
	}
	plain, err := json.Marshal(q)
	if err != nil || strings.Contains(string(plain)+fmt.Sprintf("%v %+v %#v", q, q, q), "134567") {
		t.Errorf("the code shows: %v", err)
	}
	back, err := DecodeQuestion(raw)
	if err != nil || !back.PaymentCode.Equal(q.PaymentCode) {
		t.Errorf("it does not come back: %v", err)
	}
}

func FuzzDecodeQuestion(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"payment_code":"134567890123456789","amount":{"minor":1,"currency":"CNY"}}`,
		`{"amount":{"minor":1,"currency":"???"}}`, `{"batch":1e99}`, `{"payment_code":12}`, "{", "\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := DecodeQuestion(body)
		if err != nil {
			return
		}
		raw, err := q.Encode()
		if err != nil {
			return // text that JSON cannot carry
		}
		again, err := DecodeQuestion(raw)
		if err != nil || again.Number != q.Number || again.Amount != q.Amount || !again.PaymentCode.Equal(q.PaymentCode) {
			t.Errorf("does not come back: %v", err)
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"status":"paid","number":"N","amount":{"minor":1250,"currency":"CNY"}}`))
	f.Add([]byte(`{"status":"paid","number":"N"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p Reply
		if json.Unmarshal(body, &p) != nil {
			return
		}
		q := Question{Number: "N"}
		if _, err := p.answer(q); err == nil && (p.Number != "N" || p.Amount != q.Amount || p.RefundNumber != "") {
			t.Error("an answer about something else was taken")
		}
	})
}

// Computed by openssl, see TestSignatureVector.
const (
	requestVector = "de3f8aab05a7cb1b36ea136cc95ce6e3f87c3aa9e8183fb948a419371b8b7b94"
	answerVector  = "392d45ef3927908cfeeec996299bfd2cb3f5199549d634531646a199a9c5d18b"
)
