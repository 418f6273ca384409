package host

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Config says how to reach a host. Addr and Profile must be set.
type Config struct {
	Addr    string // host and port
	Profile Profile
	TLS     *tls.Config // nil speaks in clear
	Master  key.Key     // the terminal's master key; the zero Key leaves the profile's, which is the public one of the lab

	// Late gets every answer that no request waits for any more. It is called from one
	// goroutine, in the order of arrival, and must not close the link. Nil drops them.
	Late func(LateAnswer)

	// Garbled gets an error for what came and was no message; its request runs into
	// its deadline. The error holds no value of a field. Nil drops them.
	Garbled func(error)

	// DialContext makes the connection, as [link.ClientConfig] says; nil is TCP.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)

	// Tap sees each message in clear, as [link.ClientConfig] says; show it with
	// Profile.Spec.Explain, which masks. Nil sees nothing.
	Tap func(link.Direction, []byte)
}

// LateAnswer is an answer that came when nobody waited for it any more.
type LateAnswer struct {
	Op           till.Op
	Terminal     string
	STAN         till.STAN
	ResponseCode string
}

// Link is one connection to a host. It is safe for concurrent use. When it breaks,
// every Exchange fails, and its owner dials another.
type Link struct {
	profile Profile
	client  *link.Client
}

// Dial connects to the host. A host that cannot be reached is a *till.Problem of
// till.CodeHostDown: nothing was sent.
func Dial(ctx context.Context, cfg Config) (*Link, error) {
	if !cfg.Master.IsZero() {
		cfg.Profile = cfg.Profile.WithMaster(cfg.Master)
	}
	framing, err := cfg.Profile.Wire()
	if err != nil {
		return nil, err
	}
	client, err := link.Dial(ctx, cfg.Addr, link.ClientConfig{
		Spec: cfg.Profile.Spec, Framing: framing, TLS: cfg.TLS,
		Unmatched: cfg.unmatched, Garbled: cfg.Garbled, Tap: cfg.Tap, DialContext: cfg.DialContext,
	})
	if err != nil {
		return nil, unreachable(cfg.Addr, err)
	}
	return &Link{profile: cfg.Profile, client: client}, nil
}

func unreachable(addr string, cause error) error {
	return &till.Problem{
		Code: till.CodeHostDown,
		What: i18n.T("no card host answers at %s; nothing was sent", "%s 处没有收单主机应答；未发送任何数据").With(addr),
		Hint: i18n.T("check the address and that the host runs; `till host serve --listen %s` starts a simulated one",
			"请检查地址以及主机是否运行；可用 `till host serve --listen %s` 启动模拟主机").With(addr),
		Cause: cause,
	}
}

// unmatched makes a late answer of a message that nobody waits for.
func (c Config) unmatched(m *iso8583.Message) {
	if c.Late == nil || !m.MTI().IsResponse() {
		return
	}
	stan, _ := strconv.Atoi(m.Value("11")) // 0 where the host sends none
	c.Late(LateAnswer{
		Op: c.Profile.layout.operation(c.Profile, m), Terminal: value(m, "41"), STAN: till.STAN(stan), ResponseCode: value(m, "39"),
	})
}

// byNetwork is what a response with a network code answers; empty where the profile has no
// such request.
func (p Profile) byNetwork(m *iso8583.Message, network string) till.Op {
	for _, row := range p.Rows {
		if iso8583.MTI(row.MTI).Response() == m.MTI() && fits(row.Network, network) && (!m.Has("3") || fits(row.Processing, value(m, "3"))) {
			return row.Op
		}
	}
	return ""
}

// Exchange asks the host for r and reads its answer, within ctx. An error is a
// *till.NoAnswer that wraps what went wrong: the errors that the package documentation
// tells, and what each leaves owed.
func (l *Link) Exchange(ctx context.Context, r till.Request) (till.Answer, error) {
	req, err := l.profile.Request(r)
	if err != nil {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: fmt.Errorf("%w: %w", link.ErrNotSent, err)}
	}
	resp, err := l.client.RoundTrip(ctx, req)
	if err != nil {
		return till.Answer{}, noAnswer(r, err)
	}
	a, err := l.profile.Answer(r, resp)
	if err != nil {
		return till.Answer{}, noAnswer(r, err)
	}
	return a, nil
}

// noAnswer sorts what went wrong by what it means for the transaction.
func noAnswer(r till.Request, cause error) error {
	silence := &till.NoAnswer{
		Reason: till.ReasonLink, NotSent: errors.Is(cause, link.ErrNotSent), SignOn: errors.Is(cause, ErrSignOn), Cause: fmt.Errorf("%s %s: %w", r.Op, r.STAN, cause),
	}
	var invalid *InvalidAnswer
	switch {
	case errors.Is(cause, context.DeadlineExceeded), errors.Is(cause, context.Canceled):
		silence.Reason = till.ReasonTimeout
	case errors.Is(cause, ErrMAC), errors.Is(cause, ErrSignOn):
		silence.Reason = till.ReasonMAC
	case errors.As(cause, &invalid):
		silence.Reason = till.ReasonInvalid
	}
	return silence
}

// Close ends the link. It must not be called from the callbacks of its Config.
func (l *Link) Close() error {
	if err := l.client.Close(); err != nil {
		return fmt.Errorf("close the link to the host: %w", err)
	}
	return nil
}
