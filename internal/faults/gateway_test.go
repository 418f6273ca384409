package faults

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
)

// gateway is the real client of the wallets, over a network with fates.
func (m *machine) gateway() (wallet.Gateway, error) {
	return gateway.NewClient(gateway.Config{
		URL: "http://127.0.0.1:1", Key: []byte(walletKey), Now: m.clock, Random: m.random(), Transport: &courier{m},
	})
}

// courier carries questions to the wallets and answers back. It knows the fates that the
// line to the card host has, as far as they can meet HTTP.
type courier struct{ m *machine }

var errBroken = errors.New("connection reset")

// RoundTrip implements http.RoundTripper.
func (c *courier) RoundTrip(q *http.Request) (*http.Response, error) {
	c.m.point("before the wallets are asked")
	defer c.m.point("after the wallets answered, or did not")
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	name := q.URL.Path[strings.LastIndex(q.URL.Path, "/")+1:]
	f, r := c.m.s.dice.fate(c.m.command, request, requestChances()[:closedAfter])
	if f != arrives {
		c.m.s.tell(c.m, "%s to the wallets: it %s", name, fateWords()[f])
	}
	if f == closedBefore {
		return nil, errBroken
	}
	if trace := httptrace.ContextClientTrace(q.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	switch f {
	case lost, cutShort:
		return c.silence(q)
	case late:
		time.AfterFunc(hostTimeout+between(r, time.Second, latest), func() { c.serveUnheard(q, body) })
		return c.silence(q)
	case twice:
		c.serveUnheard(q, body)
	}
	time.Sleep(between(r, quickest, slowest))
	answer := c.serve(q, body)
	if f == closedWithin || f == closedAfter {
		return nil, errBroken
	}
	return c.answer(q, name, answer)
}

func (c *courier) answer(q *http.Request, name string, answer *http.Response) (*http.Response, error) {
	f, _ := c.m.s.dice.fate(c.m.command, 'w', answerChances()[:closedAfter])
	switch f {
	case lost, late:
		c.m.s.tell(c.m, "the answer to %s: it %s", name, fateWords()[f])
		return c.silence(q)
	case closedBefore, closedWithin, closedAfter:
		c.m.s.tell(c.m, "the answer to %s: it %s", name, fateWords()[f])
		return nil, errBroken
	}
	if answer == nil {
		return nil, errBroken
	}
	return answer, nil
}

// silence waits in vain.
func (c *courier) silence(q *http.Request) (*http.Response, error) {
	<-q.Context().Done()
	return nil, q.Context().Err()
}

// serveUnheard is serve where nobody waits for the answer.
func (c *courier) serveUnheard(q *http.Request, body []byte) {
	if answer := c.serve(q, body); answer != nil {
		_ = answer.Body.Close() // it was all in memory
	}
}

// serve is the wallets' server with one question; nil where it hangs up.
func (c *courier) serve(q *http.Request, body []byte) (answer *http.Response) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // it is the value itself
			panic(p)
		}
	}()
	again := q.Clone(q.Context())
	again.Body = io.NopCloser(strings.NewReader(string(body)))
	w := httptest.NewRecorder()
	c.m.s.w.wallets.ServeHTTP(w, again)
	return w.Result()
}
