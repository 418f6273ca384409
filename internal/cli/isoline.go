package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// isoTLS is how the line to a host is wrapped.
type isoTLS struct {
	on         bool
	ca         string
	cert, key  string
	serverName string
}

func bindISOTLS(env *Env, c *cobra.Command, t *isoTLS) {
	f := c.Flags()
	f.BoolVar(&t.on, "tls", false, env.Say(i18n.T("speak TLS; the flags below say so too", "使用 TLS；给出下列标志时亦然")))
	f.StringVar(&t.ca, "ca", "", env.Say(i18n.T("trust the certificates in a PEM `FILE` and no others", "仅信任 PEM 文件 `FILE` 中的证书")))
	f.StringVar(&t.cert, "cert", "", env.Say(i18n.T("show the host the certificate in a PEM `FILE`", "向主机出示 PEM 文件 `FILE` 中的证书")))
	f.StringVar(&t.key, "key", "", env.Say(i18n.T("key of that certificate, a PEM `FILE`; default: the file of the certificate", "该证书的私钥 PEM 文件 `FILE`；默认与证书同一文件")))
	f.StringVar(&t.serverName, "server-name", "", env.Say(i18n.T("the `NAME` that the host's certificate is for; default: that of the address", "主机证书的名称 `NAME`；默认取自地址")))
}

// wanted reports that TLS is to be spoken.
func (t isoTLS) wanted() bool { return t.on || t.ca+t.cert+t.key+t.serverName != "" }

// config is the configuration, nil for none.
func (t isoTLS) config() (*tls.Config, error) {
	if !t.wanted() {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.serverName}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return nil, unreadable(t.ca, err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("%s holds no certificate", "%s 中没有证书").With(t.ca),
				Hint: i18n.T("--ca wants a file of PEM: -----BEGIN CERTIFICATE-----", "--ca 应为 PEM 文件：-----BEGIN CERTIFICATE-----").With(),
			}
		}
	}
	if t.cert == "" && t.key == "" {
		return cfg, nil
	}
	key := t.key
	if key == "" {
		key = t.cert
	}
	pair, err := tls.LoadX509KeyPair(t.cert, key)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("the certificate of --cert cannot be used", "无法使用 --cert 的证书").With(),
			Hint: i18n.T("--cert and --key are files of PEM that belong together", "--cert 与 --key 应为配对的 PEM 文件").With(),
		}
	}
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, nil
}

// isoLine is a connection to a host that is timed and listened to.
type isoLine struct {
	client    *link.Client
	connected time.Duration
	secured   time.Duration
	version   string // of TLS

	mu     sync.Mutex
	frames [][]byte // the newest that were received
	notes  []i18n.Message
}

// framesKept bounds what is kept of what comes in.
const framesKept = 8

// dial connects.
func (o *isoSendOptions) dial(ctx context.Context, env *Env, r isoRequest) (*isoLine, error) {
	cfg, err := o.tls.config()
	if err != nil {
		return nil, err
	}
	framing, err := link.FramingByName(r.framing)
	if err != nil {
		return nil, wrongWord("--framing", r.framing, strings.Join(link.FramingNames(), ", "))
	}
	if r.raw != nil && o.count == 1 {
		framing = asGiven{framing, r.raw}
	}
	l := &isoLine{}
	begin := env.Now()
	l.client, err = link.Dial(ctx, o.addr, link.ClientConfig{
		Spec: r.message.Spec(), Framing: framing, TLS: l.watched(cfg), Tap: l.tap, Unmatched: l.unmatched, Garbled: l.garbled,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			l.connected = env.Now().Sub(begin)
			return conn, err
		},
	})
	if err != nil {
		return nil, o.dialProblem(err)
	}
	if cfg != nil {
		l.secured = env.Now().Sub(begin) - l.connected
	}
	return l, nil
}

// watched is a configuration that tells the version that came of it.
func (l *isoLine) watched(cfg *tls.Config) *tls.Config {
	if cfg != nil {
		cfg.VerifyConnection = func(s tls.ConnectionState) error {
			l.version = tls.VersionName(s.Version)
			return nil
		}
	}
	return cfg
}

// dialProblem says why a certificate was not taken, or that nobody is there.
func (o *isoSendOptions) dialProblem(err error) error {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var hint i18n.Message
	switch {
	case errors.As(err, &authority):
		hint = i18n.T("--ca FILE names the authority that signed the host's certificate", "请用 --ca FILE 指定签发主机证书的机构").With()
	case errors.As(err, &name):
		hint = i18n.T("--server-name NAME says for whom the host's certificate is", "请用 --server-name NAME 指定主机证书的名称").With()
	default:
		return o.sendProblem(err)
	}
	return &till.Problem{Code: till.CodeHostDown, Cause: err, What: i18n.T("the certificate of %s is not trusted; nothing was sent", "%s 的证书不受信任；未发送任何数据").With(o.addr), Hint: hint}
}

func (l *isoLine) tap(d link.Direction, raw []byte) {
	if d != link.Received {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames = append(l.frames, slices.Clone(raw))
	if len(l.frames) > framesKept {
		l.frames = l.frames[1:]
	}
}

func (l *isoLine) unmatched(m *iso8583.Message) {
	l.note(i18n.T("a message came that is not the answer: type %s, trace number %s", "收到的报文不是该请求的应答：类型 %s，流水号 %s").With(m.MTI(), m.Value("11")))
}

func (l *isoLine) garbled(err error) {
	l.note(i18n.T("something came that is no message of this dialect and framing: %s", "收到的内容不是该方言和封装的报文：%s").With(err.Error()))
}

func (l *isoLine) note(m i18n.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.notes) < framesKept {
		l.notes = append(l.notes, m)
	}
}

// close ends the connection and tells what came beside the answers.
func (l *isoLine) close(env *Env) {
	_ = l.client.Close() // everything was read that is shown
	for _, n := range l.notes {
		env.Note(n)
	}
}

// bytesOf are the bytes of an answer as they came, or as they would.
func (l *isoLine) bytesOf(answer *iso8583.Message) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, raw := range slices.Backward(l.frames) {
		if m, err := answer.Spec().Unpack(raw); err == nil && m.MTI() == answer.MTI() && m.Same("11", answer) {
			return raw
		}
	}
	raw, _ := answer.Pack() // it was unpacked from one
	return raw
}

// asGiven sends the bytes of one message as they were given, whatever the client would
// make of them.
type asGiven struct {
	link.Framing
	raw []byte
}

// WriteFrame implements link.Framing.
func (f asGiven) WriteFrame(w io.Writer, _ []byte) error { return f.Framing.WriteFrame(w, f.raw) }
