package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
)

// exchange sends the message as often as was asked for.
func (o *isoSendOptions) exchange(ctx context.Context, env *Env, r isoRequest, want []isoExpectation) (isoSent, error) {
	dialling, stop := context.WithTimeout(ctx, o.timeout)
	defer stop()
	l, err := o.dial(dialling, env, r)
	if err != nil {
		return isoSent{}, err
	}
	defer l.close(env)
	sent := isoSent{
		Address: o.addr, Dialect: r.message.Spec().Name(), Framing: r.framing, TLS: l.version, MTI: r.message.MTI(), Connect: inMillis(l.connected), Secure: inMillis(l.secured),
	}
	var took []time.Duration
	for i := range o.count {
		answer, t, err := o.once(ctx, env, l, r.message, i)
		if err != nil {
			return sent, err
		}
		sent.Sent++
		took = append(took, t)
		sent.take(env, l, answer, want, i == o.count-1)
	}
	sent.Times = timesOf(took)
	return sent, nil
}

// once sends the message with the trace number that many further on.
func (o *isoSendOptions) once(ctx context.Context, env *Env, l *isoLine, m *iso8583.Message, further int) (*iso8583.Message, time.Duration, error) {
	if further > 0 {
		m = m.Clone()
		trace, err := strconv.Atoi(m.Value("11"))
		if err == nil {
			err = m.Set("11", strconv.Itoa((trace+further-1)%999_999+1))
		}
		if err != nil {
			return nil, 0, fieldProblem(env, m.Spec(), err)
		}
	}
	waiting, stop := context.WithTimeout(ctx, o.timeout)
	defer stop()
	begin := env.Now()
	answer, err := l.client.RoundTrip(waiting, m)
	if err != nil {
		return nil, 0, o.sendProblem(err)
	}
	return answer, env.Now().Sub(begin), nil
}

// take looks at one answer, and keeps the first that is not what was expected.
func (s *isoSent) take(env *Env, l *isoLine, answer *iso8583.Message, want []isoExpectation, last bool) {
	ok := true
	found := make([]isoExpected, len(want))
	for i, e := range want {
		found[i] = e.look(answer)
		ok = ok && found[i].OK
	}
	if !ok {
		s.Failed++
	}
	if s.Failed == 1 && !ok || last && s.Failed == 0 {
		x := answer.Spec().Explain(l.bytesOf(answer), string(env.lang))
		s.Answer, s.Expected = &x, found
	}
}

// timesOf are the figures of response times.
func timesOf(took []time.Duration) bulk.Times {
	slices.Sort(took)
	sum := time.Duration(0)
	for _, t := range took {
		sum += t
	}
	at := func(percent int) float64 { return inMillis(took[(len(took)-1)*percent/100]) }
	return bulk.Times{
		Count: int64(len(took)), Least: at(0), Mean: inMillis(sum / time.Duration(len(took))),
		Median: at(50), P95: at(95), P99: at(99), Most: at(100),
	}
}

func inMillis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// sentText is the answer, the times, and what was expected of it.
func sentText(s out.Screen, sent isoSent) string {
	var b strings.Builder
	b.WriteString(isoText(s, *sent.Answer, isoTable(*sent.Answer, false)) + "\n")
	line := i18n.T("connected to %s in %.1f ms", "连接 %s 用时 %.1f 毫秒").With(sent.Address, sent.Connect).In(s.Lang)
	if sent.Secure > 0 {
		line += i18n.T(", %s in %.1f ms", "，%s 用时 %.1f 毫秒").With(sent.TLS, sent.Secure).In(s.Lang)
	}
	t := sent.Times
	if sent.Sent == 1 {
		line += i18n.T(", answered in %.1f ms", "，应答用时 %.1f 毫秒").With(t.Most).In(s.Lang)
	}
	b.WriteString(line + "\n")
	if sent.Sent > 1 {
		b.WriteString(i18n.T("%d answers: least %.1f ms, median %.1f, 95 %% within %.1f, most %.1f\n", "%d 个应答：最短 %.1f 毫秒，中位 %.1f，95%% 在 %.1f 之内，最长 %.1f\n").
			With(sent.Sent, t.Least, t.Median, t.P95, t.Most).In(s.Lang))
	}
	for _, e := range sent.Expected {
		text := e.say().In(s.Lang)
		if e.OK {
			b.WriteString(s.Green(text) + "\n")
		} else {
			b.WriteString(s.Red(text) + "\n")
		}
	}
	if sent.Failed > 0 && sent.Sent > 1 {
		b.WriteString(i18n.T("%d of %d answers are not as expected; the first is above\n", "%d/%d 个应答不符合预期；以上为第一个\n").With(sent.Failed, sent.Sent).In(s.Lang))
	}
	return b.String()
}
