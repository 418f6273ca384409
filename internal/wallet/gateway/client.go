package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
)

// Config says how to reach a gateway. All fields but the last are needed.
type Config struct {
	URL    string // https://…, or http://… on the loopback; a path in it goes before those of the protocol
	Key    []byte // the key that both sides share, MinKey bytes or more
	Now    func() time.Time
	Random io.Reader // of nonces

	// Transport carries the messages in the place of HTTP over TCP, for a test; nil is
	// that. It tells httptrace.ClientTrace.GotConn before anything leaves.
	Transport http.RoundTripper
}

// Client asks a gateway. It is safe for concurrent use if Config.Random is. Every call
// ends with its context.
type Client struct {
	base   *url.URL
	key    Key
	now    func() time.Time
	random io.Reader
	http   *http.Client
}

// NewClient makes a client; nothing is sent. An address in clear that is not on this
// machine, or a key that is too short, is a *till.Problem of till.CodeUsage.
func NewClient(cfg Config) (*Client, error) {
	base, err := parseAddress(cfg.URL)
	if err != nil {
		return nil, err
	}
	key, err := NewKey(cfg.Key)
	if err != nil {
		return nil, shortKey(err)
	}
	c := &Client{base: base, key: key, now: cfg.Now, random: cfg.Random, http: newHTTP(base)}
	if cfg.Transport != nil {
		c.http.Transport = cfg.Transport
	}
	return c, nil
}

// CloseIdleConnections ends the connections that are kept open for the next call.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

// Create asks for a code to show.
func (c *Client) Create(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	return c.ask(ctx, PathCreate, orderQuestion(r))
}

// Submit hands in a payment code.
func (c *Client) Submit(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	q := orderQuestion(r)
	q.PaymentCode = r.PaymentCode
	return c.ask(ctx, PathSubmit, q)
}

// Query asks how an order stands.
func (c *Client) Query(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	return c.ask(ctx, PathQuery, orderQuestion(r))
}

// Close ends an order that is not paid.
func (c *Client) Close(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	return c.ask(ctx, PathClose, orderQuestion(r))
}

// Refund pays back.
func (c *Client) Refund(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	return c.ask(ctx, PathRefund, refundQuestion(r))
}

// QueryRefund asks how a refund stands.
func (c *Client) QueryRefund(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	return c.ask(ctx, PathQueryRefund, refundQuestion(r))
}

// Ping reports whether the gateway answers, and with our key: it asks for an order that
// there is not. Before anything is owed, a till refuses a payment by the *till.Problem
// of till.CodeHostDown that comes of it.
func (c *Client) Ping(ctx context.Context, merchant, terminal string) error {
	number, err := wallet.NewNumber(c.random)
	if err != nil {
		return err
	}
	q := Question{Merchant: merchant, Terminal: terminal, Number: number, Flow: wallet.Shown}
	if _, err := c.ask(ctx, PathQuery, q); err != nil {
		return unreachable(c.base, err)
	}
	return nil
}

// ask sends one question and reads its answer. Every error is a *till.NoAnswer.
func (c *Client) ask(ctx context.Context, path string, q Question) (wallet.Answer, error) {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	req, nonce, err := c.request(httptrace.WithClientTrace(ctx, trace), path, q)
	if err != nil {
		return wallet.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: err}
	}
	resp, err := c.http.Do(req) //nolint:bodyclose // open closes it
	if err != nil {
		return wallet.Answer{}, silence(ctx, path, withoutURL(err), !sent.Load())
	}
	body, err := c.open(resp, nonce)
	if err != nil {
		return wallet.Answer{}, silence(ctx, path, err, false)
	}
	var p Reply
	if json.Unmarshal(body, &p) != nil {
		return wallet.Answer{}, silence(ctx, path, invalid(errors.New("the answer is no JSON of a reply")), false)
	}
	a, err := p.answer(q)
	if err != nil {
		return wallet.Answer{}, silence(ctx, path, invalid(err), false)
	}
	return a, nil
}

func (c *Client) request(ctx context.Context, path string, q Question) (*http.Request, string, error) {
	body, err := q.Encode()
	if err != nil {
		return nil, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := c.key.SignRequest(req, body, c.now(), c.random); err != nil {
		return nil, "", err
	}
	return req, req.Header.Get(HeaderNonce), nil
}

// open takes an answer that the gateway signed for this question, and nothing else: a
// status that is not 200 tells nothing, not even that nothing happened.
func (c *Client) open(resp *http.Response, nonce string) (body []byte, err error) {
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, invalid(fmt.Errorf("HTTP status %d, want 200", resp.StatusCode))
	}
	body, err = c.key.openAnswer(resp, nonce, c.now())
	if errors.Is(err, ErrSignature) || errors.Is(err, ErrTimestamp) || errors.Is(err, ErrTooLong) {
		return nil, invalid(err)
	}
	return body, err
}

// invalidAnswer is an answer that came and is none.
type invalidAnswer struct{ cause error }

func invalid(cause error) error { return &invalidAnswer{cause} }

// Error implements error.
func (i *invalidAnswer) Error() string { return "no valid answer: " + i.cause.Error() }

// Unwrap is the cause.
func (i *invalidAnswer) Unwrap() error { return i.cause }

// silence sorts what went wrong by what it means for the order.
func silence(ctx context.Context, path string, cause error, notSent bool) *till.NoAnswer {
	n := &till.NoAnswer{Reason: till.ReasonLink, NotSent: notSent, Cause: fmt.Errorf("gateway %s: %w", path, cause)}
	var wrong *invalidAnswer
	switch {
	case errors.As(cause, &wrong):
		n.Reason = till.ReasonInvalid
	case ctx.Err() != nil, errors.Is(cause, context.DeadlineExceeded):
		n.Reason = till.ReasonTimeout
	}
	return n
}

// withoutURL drops the address that net/http puts before its errors.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

var _ wallet.Gateway = (*Client)(nil)
