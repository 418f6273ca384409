package gateway_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

const paymentCode = "134567890123456789"

func secret() []byte { return []byte("0123456789abcdef") }

func day() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

func amount(t testing.TB, minor int64, code string) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

func newKey(t testing.TB, raw []byte) gateway.Key {
	t.Helper()
	k, err := gateway.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func request(t testing.TB) wallet.Request {
	return wallet.Request{
		Order: wallet.Order{
			Number: "ORDER1", Flow: wallet.Scanned, Amount: amount(t, 1250, "CNY"), RefundNumber: "REFUND1", ExpiresAt: day().Add(time.Hour),
		},
		Merchant: "M", Terminal: "T", Batch: 7, PaymentCode: card.NewSecret(paymentCode), Subject: "tea", NotifyURL: "http://127.0.0.1:1/n",
	}
}

func client(t testing.TB, url string) *gateway.Client {
	t.Helper()
	c, err := gateway.NewClient(gateway.Config{URL: url, Key: secret(), Now: day, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// answering is a gateway that verifies what it is asked and answers by a function.
func answering(t testing.TB, answer func(http.ResponseWriter, *http.Request, gateway.Question)) *httptest.Server {
	t.Helper()
	guard := gateway.NewGuard(newKey(t, secret()), day)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := guard.Open(r)
		if err != nil {
			t.Errorf("refused: %v", err)
			w.WriteHeader(gateway.RefusalStatus(err))
			return
		}
		q, err := gateway.DecodeQuestion(body)
		if err != nil {
			t.Errorf("the question: %v", err)
		}
		answer(w, r, q)
	}))
	t.Cleanup(server.Close)
	return server
}

func reply(q gateway.Question) gateway.Reply {
	return gateway.Reply{Status: wallet.Paid, Number: q.Number, RefundNumber: q.RefundNumber, Amount: q.Amount, TradeNo: "T1", Provider: "lab", At: day()}
}

func write(t testing.TB, w http.ResponseWriter, r *http.Request, p gateway.Reply) {
	t.Helper()
	raw, err := json.Marshal(p)
	if err == nil {
		err = newKey(t, secret()).WriteAnswer(w, r, http.StatusOK, raw, day())
	}
	if err != nil {
		t.Error(err)
	}
}

// calls are the methods of a gateway by their paths.
func calls(c *gateway.Client) map[string]func(context.Context, wallet.Request) (wallet.Answer, error) {
	return map[string]func(context.Context, wallet.Request) (wallet.Answer, error){
		gateway.PathCreate: c.Create, gateway.PathSubmit: c.Submit, gateway.PathQuery: c.Query,
		gateway.PathClose: c.Close, gateway.PathRefund: c.Refund, gateway.PathQueryRefund: c.QueryRefund,
	}
}

// Each method asks at its path with what belongs there, and reads the answer.
func TestCalls(t *testing.T) {
	var path string
	var asked gateway.Question
	server := answering(t, func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
		path, asked = r.URL.Path, q
		write(t, w, r, reply(q))
	})
	for want, call := range calls(client(t, server.URL+"/shop")) {
		r := request(t)
		got, err := call(t.Context(), r)
		if err != nil || got != (wallet.Answer{Status: wallet.Paid, TradeNo: "T1", Provider: "lab", At: day()}) {
			t.Errorf("%s: got %+v, %v", want, got, err)
		}
		if path != "/shop"+want {
			t.Errorf("asked at %s, want /shop%s", path, want)
		}
		if asked.Number != "ORDER1" || asked.Amount != r.Order.Amount || asked.Merchant != "M" || asked.Terminal != "T" || asked.Batch != 7 || asked.Flow != wallet.Scanned {
			t.Errorf("%s: asked %+v", want, asked)
		}
		isRefund := want == gateway.PathRefund || want == gateway.PathQueryRefund
		if (asked.RefundNumber != "") != isRefund {
			t.Errorf("%s: the refund number is %q", want, asked.RefundNumber)
		}
		if (asked.PaymentCode.Reveal() == paymentCode) != (want == gateway.PathSubmit) || (asked.PaymentCode.IsZero() == (want == gateway.PathSubmit)) {
			t.Errorf("%s: a payment code of %d characters", want, asked.PaymentCode.Len())
		}
	}
}

// Whatever comes and is not the gateway's answer to this question is no answer, and
// never a refusal.
func TestWrongAnswers(t *testing.T) {
	strange := newKey(t, []byte("another key, 16+"))
	var stored http.Header // of an earlier, good answer
	var storedBody []byte
	rows := map[string]func(http.ResponseWriter, *http.Request, gateway.Question){
		"unsigned": func(w http.ResponseWriter, _ *http.Request, q gateway.Question) {
			_ = json.NewEncoder(w).Encode(reply(q))
		},
		"signed by a stranger": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			raw, _ := json.Marshal(reply(q))
			_ = strange.WriteAnswer(w, r, 200, raw, day())
		},
		"changed on the way": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.Status = wallet.Failed
			raw, _ := json.Marshal(p)
			rec := httptest.NewRecorder()
			_ = newKey(t, secret()).WriteAnswer(rec, r, 200, raw, day())
			copyHeader(w.Header(), rec.Header())
			_, _ = w.Write(bytes.Replace(raw, []byte("failed"), []byte("paid\x20\x20"), 1))
		},
		"an earlier answer again": func(w http.ResponseWriter, _ *http.Request, _ gateway.Question) {
			copyHeader(w.Header(), stored)
			_, _ = w.Write(storedBody)
		},
		"the question itself": func(w http.ResponseWriter, r *http.Request, _ gateway.Question) {
			copyHeader(w.Header(), r.Header)
			_, _ = w.Write(storedBody)
		},
		"of yesterday": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			raw, _ := json.Marshal(reply(q))
			_ = newKey(t, secret()).WriteAnswer(w, r, 200, raw, day().AddDate(0, 0, -1))
		},
		"another order": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.Number = "ORDER2"
			write(t, w, r, p)
		},
		"another refund": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.RefundNumber = "REFUND2"
			write(t, w, r, p)
		},
		"another amount": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.Amount = amount(t, 1249, "CNY")
			write(t, w, r, p)
		},
		"another currency": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.Amount = amount(t, 1250, "USD")
			write(t, w, r, p)
		},
		"no amount": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.Amount = money.Amount{}
			write(t, w, r, p)
		},
		"a text without end": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			p := reply(q)
			p.RefusedWords = strings.Repeat("x", 1000)
			write(t, w, r, p)
		},
		"500": func(w http.ResponseWriter, _ *http.Request, _ gateway.Question) { w.WriteHeader(500) },
		"401": func(w http.ResponseWriter, _ *http.Request, _ gateway.Question) { w.WriteHeader(401) },
		"a signed 500": func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
			raw, _ := json.Marshal(reply(q))
			_ = newKey(t, secret()).WriteAnswer(w, r, 500, raw, day())
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request, _ gateway.Question) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"no JSON": func(w http.ResponseWriter, r *http.Request, _ gateway.Question) {
			_ = newKey(t, secret()).WriteAnswer(w, r, 200, []byte("<html>"), day())
		},
		"too long": func(w http.ResponseWriter, r *http.Request, _ gateway.Question) {
			_ = newKey(t, secret()).WriteAnswer(w, r, 200, bytes.Repeat([]byte(" "), gateway.MaxBody+1), day())
		},
	}
	for name, answer := range rows {
		t.Run(name, func(t *testing.T) {
			good := true
			server := answering(t, func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
				if good {
					rec := httptest.NewRecorder()
					write(t, rec, r, reply(q))
					stored, storedBody = rec.Header().Clone(), rec.Body.Bytes()
					copyHeader(w.Header(), stored)
					_, _ = w.Write(storedBody)
					return
				}
				answer(w, r, q)
			})
			c := client(t, server.URL)
			if _, err := c.Submit(t.Context(), request(t)); err != nil {
				t.Fatalf("the good answer: %v", err)
			}
			good = false
			_, err := c.Submit(t.Context(), request(t))
			checkSilence(t, err, till.ReasonInvalid, false)
		})
	}
}

func copyHeader(to, from http.Header) {
	for _, name := range []string{gateway.HeaderTimestamp, gateway.HeaderNonce, gateway.HeaderSignature} {
		to.Set(name, from.Get(name))
	}
}

// checkSilence wants a *till.NoAnswer that holds no payment code.
func checkSilence(t *testing.T, err error, reason till.Reason, notSent bool) {
	t.Helper()
	var silence *till.NoAnswer
	if !errors.As(err, &silence) {
		t.Fatalf("got %v, want a *till.NoAnswer", err)
	}
	if silence.Reason != reason || silence.NotSent != notSent {
		t.Errorf("got %s, not sent %v (%v), want %s, %v", silence.Reason, silence.NotSent, err, reason, notSent)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), paymentCode) {
		t.Error("the error tells the payment code")
	}
}

// What the line does, and what it means: only a connection that never stood says that
// nothing was sent.
func TestBrokenLines(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + ln.Addr().String()
		_ = ln.Close()
		_, err = client(t, url).Submit(t.Context(), request(t))
		checkSilence(t, err, till.ReasonLink, true)
	})
	t.Run("hangs up", func(t *testing.T) {
		server := answering(t, func(http.ResponseWriter, *http.Request, gateway.Question) { panic(http.ErrAbortHandler) })
		_, err := client(t, server.URL).Submit(t.Context(), request(t))
		checkSilence(t, err, till.ReasonLink, false)
	})
	t.Run("hangs up in the answer", func(t *testing.T) {
		server := answering(t, func(w http.ResponseWriter, _ *http.Request, _ gateway.Question) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		})
		_, err := client(t, server.URL).Submit(t.Context(), request(t))
		checkSilence(t, err, till.ReasonLink, false)
	})
	t.Run("says nothing", func(t *testing.T) {
		server := answering(t, func(_ http.ResponseWriter, r *http.Request, _ gateway.Question) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := client(t, server.URL).Submit(ctx, request(t))
		checkSilence(t, err, till.ReasonTimeout, false)
	})
	t.Run("stops in the answer", func(t *testing.T) {
		server := answering(t, func(w http.ResponseWriter, r *http.Request, _ gateway.Question) {
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := client(t, server.URL).Submit(ctx, request(t))
		checkSilence(t, err, till.ReasonTimeout, false)
	})
	t.Run("the nonce cannot be drawn", func(t *testing.T) {
		c, err := gateway.NewClient(gateway.Config{URL: "http://127.0.0.1:1", Key: secret(), Now: day, Random: bytes.NewReader(nil)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Submit(t.Context(), request(t))
		checkSilence(t, err, till.ReasonLink, true)
	})
}

// Over TLS with a certificate that nobody vouches for, nothing is sent.
func TestStrangeCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked") }))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	defer server.Close()
	_, err := client(t, server.URL).Submit(t.Context(), request(t))
	var silence *till.NoAnswer
	if !errors.As(err, &silence) || silence.Reason != till.ReasonLink {
		t.Errorf("got %v", err)
	}
}

func TestPing(t *testing.T) {
	server := answering(t, func(w http.ResponseWriter, r *http.Request, q gateway.Question) {
		write(t, w, r, gateway.Reply{Status: wallet.NotFound, Number: q.Number, Amount: q.Amount})
	})
	if err := client(t, server.URL).Ping(t.Context(), "M", "T"); err != nil {
		t.Errorf("a gateway that answers: %v", err)
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	var p *till.Problem
	if err := client(t, other.URL).Ping(t.Context(), "M", "T"); !errors.As(err, &p) || p.Code != till.CodeHostDown || p.Hint.IsZero() {
		t.Errorf("a stranger: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://127.0.0.1:8000":    true,
		"http://127.8.9.1":         true,
		"http://[::1]:8000/gw":     true,
		"http://localhost:1":       true,
		"https://pay.example/v2":   true,
		"http://pay.example":       false,
		"http://10.0.0.1:80":       false,
		"http://localhost.example": false,
		"http://127.0.0.1.example": false,
		"ftp://127.0.0.1":          false,
		"127.0.0.1:8000":           false,
		"https://":                 false,
		"https://u:pw@pay.example": false,
		"https://pay.example?x=1":  false,
		"https://pay.example#x":    false,
		"":                         false,
		"http://%zz":               false,
	} {
		_, err := gateway.NewClient(gateway.Config{URL: url, Key: secret(), Now: day, Random: rand.Reader})
		var p *till.Problem
		switch {
		case ok && err != nil:
			t.Errorf("%q: %v", url, err)
		case !ok && (!errors.As(err, &p) || p.Code != till.CodeUsage):
			t.Errorf("%q: got %v, want a problem of usage", url, err)
		case !ok && strings.Contains(p.Error()+p.What.In("zh"), "pw"):
			t.Errorf("%q: the password is told", url)
		}
	}
}

func TestShortKey(t *testing.T) {
	var p *till.Problem
	if _, err := gateway.NewClient(gateway.Config{URL: "http://127.0.0.1:1", Key: []byte("short")}); !errors.As(err, &p) || p.Code != till.CodeUsage {
		t.Errorf("client: %v", err)
	}
	if _, err := gateway.NewReceiver([]byte("short"), day, nil, nil); !errors.As(err, &p) || p.Code != till.CodeUsage {
		t.Errorf("receiver: %v", err)
	}
}

// A key shows itself to nobody.
func TestKeyIsHidden(t *testing.T) {
	k := newKey(t, secret())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		for _, v := range []any{k, &k, struct{ k gateway.Key }{k}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, string(secret())) || strings.Contains(text, "30313233") || strings.Contains(text, "48 49 50") {
				t.Errorf("%s shows it", verb)
			}
		}
	}
}
