package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// devices are what cards come from: one that they are put into or drawn through, and one
// that they are held to.
type devices struct{ contact, tap reader.Reader }

// Close gives back what was opened.
func (d devices) Close() error {
	var errs []error
	for _, device := range []reader.Reader{d.contact, d.tap} {
		if device != nil {
			errs = append(errs, device.Close())
		}
	}
	return errors.Join(errs...)
}

// reader opens the device that this command reads its card from, once. Where cards are
// held to the same reader that they are put into, it is opened once as well.
func (s *shop) reader(ctx context.Context, env *Env, o shopOptions, e till.Entry) (register.Reader, error) {
	at, open := &s.devices.contact, func() (reader.Reader, error) { return s.openDevice(ctx, env, o) }
	if e == till.Tap && (s.tapName(env) != s.cfg.Reader.Name) {
		at, open = &s.devices.tap, func() (reader.Reader, error) { return s.openTap(ctx, env, s.tapName(env)) }
	}
	if *at == nil {
		device, err := open()
		if err != nil {
			return nil, err
		}
		*at = s.trace.record(device)
	}
	return *at, nil
}

// tapName is the reader that cards are held to. The reader of the command line is meant
// for this sale, whatever the settings say; and the virtual card is put in unless it is
// named, so that another one stands for it.
func (s *shop) tapName(env *Env) string {
	given := slices.ContainsFunc(env.flagged, func(f config.Flag) bool { return f.Key == "reader.name" })
	switch name := s.cfg.Reader.Name; {
	case !given && s.cfg.Reader.Tap != "":
		return s.cfg.Reader.Tap
	case name == virtualName:
		return virtualTap
	default:
		return name
	}
}

// virtualTap is the card of software that is held to the reader.
const virtualTap = virtualName + ":tapvisa"

func (s *shop) openTap(ctx context.Context, env *Env, name string) (reader.Reader, error) {
	if isVirtual(name) {
		return s.virtualCard(name)
	}
	return openReader(ctx, env, name)
}

func (s *shop) openDevice(ctx context.Context, env *Env, o shopOptions) (reader.Reader, error) {
	switch {
	case o.track != "":
		return stripeFromFile(env, o.track)
	case isVirtual(s.cfg.Reader.Name) && (o.entry == till.Swipe || o.entry == till.Fallback):
		return virtual.NewStripe(virtualStripe(o.entry)), nil
	case isVirtual(s.cfg.Reader.Name):
		return s.virtualCard(s.cfg.Reader.Name)
	}
	return openReader(ctx, env, s.cfg.Reader.Name)
}

// virtualStripe is the card that a swipe without a device gets: one without a chip, or
// for a fallback the stripe of one whose chip failed.
func virtualStripe(e till.Entry) card.Track2 {
	if e == till.Fallback {
		return virtual.ChipStripe()
	}
	return virtual.PlainStripe()
}

// virtualCard makes the built-in chip card. Its transaction counter goes on from the
// shop's trace number, as a card's goes on between sales.
func (s *shop) virtualCard(name string) (reader.Reader, error) {
	profile, err := virtualProfile(name)
	if err != nil {
		return nil, err
	}
	newest, err := s.store.Txns(context.Background(), till.Filter{Limit: 1})
	if err != nil {
		return nil, err
	}
	for i := range profile.Applications {
		for _, t := range newest { // none or one
			profile.Applications[i].ATC += uint16(t.STAN)
			profile.Applications[i].LastOnlineATC += uint16(t.STAN)
		}
	}
	return virtual.NewReader(virtual.NewCard(profile)), nil
}

// trackLimit is more than any track file holds: 40 characters, sentinels, a line end.
const trackLimit = 128

// stripeFromFile reads track 2 of a swiped card from a file or standard input: never
// from a flag or the environment, where others can see it.
func stripeFromFile(env *Env, name string) (reader.Reader, error) {
	raw, err := readSecret(env, name, trackLimit)
	if err != nil {
		return nil, err
	}
	track, err := card.ParseTrack2(raw)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err,
			What: i18n.T("%s holds no track 2", "%s 中没有磁道 2 数据").With(name),
			Hint: i18n.T("the form is ;PAN=YYMMSSS…? as a stripe reader types it", "格式为 ;卡号=YYMMSSS…?，与磁条阅读器输入一致").With(),
		}
	}
	return virtual.NewStripe(track), nil
}

// readSecret reads a short secret from a file, or for "-" from standard input.
func readSecret(env *Env, name string, limit int) (string, error) {
	raw, err := readAtMost(env, name, limit)
	if err != nil {
		return "", &till.Problem{
			Code: till.CodeUsage, Cause: err,
			What: i18n.T("%s cannot be read", "无法读取 %s").With(name),
			Hint: i18n.T("name a readable file, or - for standard input", "请给出可读的文件，或用 - 表示标准输入").With(),
		}
	}
	return strings.TrimSpace(string(raw)), nil
}

func readAtMost(env *Env, name string, limit int) (raw []byte, err error) {
	var in io.Reader = env.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		in = f
	}
	if raw, err = io.ReadAll(io.LimitReader(in, int64(limit)+1)); err != nil {
		return nil, err
	}
	if len(raw) > limit {
		return nil, fmt.Errorf("longer than %d bytes", limit)
	}
	return raw, nil
}
