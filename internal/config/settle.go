package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Setting is one key, the value that won and where it stood.
type Setting struct {
	Key    Key
	Value  string
	Origin Origin
}

// Settings lists every key with the value that won.
func (l *Layers) Settings() []Setting {
	keys := Keys()
	list := make([]Setting, len(keys))
	for i, k := range keys {
		list[i] = l.setting(k)
	}
	return list
}

// Setting is one key by its name, false where there is none.
func (l *Layers) Setting(name string) (Setting, bool) {
	k, ok := find(name)
	if !ok {
		return Setting{}, false
	}
	return l.setting(k), true
}

func (l *Layers) setting(k Key) Setting {
	for _, layer := range slices.Backward(l.layers) {
		if layer.values.Exists(k.Name) {
			return Setting{Key: k, Value: text(layer.values.Get(k.Name)), Origin: layer.origin(k.Name)}
		}
	}
	return Setting{Key: k, Value: k.Default, Origin: Origin{Layer: Default}}
}

func (l layer) origin(key string) Origin {
	o := Origin{Layer: l.layer, Name: l.name(key)}
	if l.line != nil {
		o.Line = l.line(key)
	}
	return o
}

// text is a value as a flag would give it.
func text(v any) string { return fmt.Sprint(v) }

// Config checks everything that stands in any place and makes the typed settings of
// what won. The problem names the key, the place, what stands there and what may.
func (l *Layers) Config() (Config, error) {
	for _, layer := range l.layers {
		if err := layer.check(); err != nil {
			return Config{}, err
		}
	}
	var c Config
	for _, s := range l.Settings() {
		if !s.Key.set(&c, s.Value) {
			return Config{}, wrongValue(s)
		}
	}
	return c, l.checkLive(c)
}

// check refuses what has no place in a layer at all: unknown keys, secrets, and values
// that are no single word or number.
func (l layer) check() error {
	for _, name := range l.values.Keys() {
		value := l.values.Get(name)
		if table, ok := value.(map[string]any); ok && len(table) == 0 {
			continue // a table's head with nothing below it
		}
		if looksSecret(name) || card.IsNumber(text(value)) {
			return secret(name, l.origin(name))
		}
		k, known := find(name)
		if !known {
			return l.unknown(name)
		}
		switch value.(type) {
		case string, int64, bool:
		default:
			return problem(i18n.T("%s in %s is no single value, want %s", "%[2]s 中的 %[1]s 不是单个值，应为 %[3]s").With(name, l.origin(name), k.Wants), i18n.Message{})
		}
	}
	return nil
}

func (l layer) unknown(name string) error {
	what := i18n.T("there is no setting %s (%s)", "没有名为 %s 的设置（%s）").With(name, l.origin(name))
	candidates := names()
	if l.layer == Environment {
		what = i18n.T("the environment variable %s sets nothing", "环境变量 %s 不对应任何设置").With(name)
		candidates = nil
		for _, k := range Keys() {
			candidates = append(candidates, k.Env())
		}
	}
	if near := nearest.Of(name, candidates); near != "" {
		return problem(what, i18n.T("did you mean %s?", "您是否想用 %s？").With(near))
	}
	return problem(what, i18n.T("till config list shows every setting", "till config list 列出全部设置").With())
}

func wrongValue(s Setting) error {
	return problem(i18n.T("%s is %q (%s), want %s", "%s 的值为 %q（%s），应为 %s").With(s.Key.Name, s.Value, s.Origin, s.Key.Wants),
		i18n.T("till config list --origin shows where each setting comes from", "till config list --origin 显示每项设置的来源").With())
}

// checkLive refuses a live profile that still stands in the lab.
func (l *Layers) checkLive(c Config) error {
	if c.Profile != Live {
		return nil
	}
	for _, name := range []string{"host.address", "merchant.id", "terminal.id"} {
		s, _ := l.Setting(name)
		if s.Value == s.Key.Default {
			return problem(i18n.T("the profile live needs %s", "live 模式需要设置 %s").With(name),
				i18n.T("set it to what the acquirer gave you: %s", "请填写收单机构提供的值：%s").With(s.Key.Wants))
		}
	}
	return nil
}

func secret(name string, at Origin) error {
	return problem(i18n.T("%s (%s) looks like a secret, which is never read from a setting", "%s（%s）看起来是敏感数据，不能写在设置中").With(name, at),
		i18n.T("take it out of there; cards come from a reader, keys from the key store", "请将其移除；卡片经读卡器读取，密钥存放在密钥库中").With())
}

// looksSecret reports the name of a setting that would hold one. A setting of a file only
// says where it lies.
func looksSecret(name string) bool {
	if strings.HasSuffix(name, "_file") {
		return false
	}
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	return slices.ContainsFunc(parts, func(p string) bool {
		return slices.Contains([]string{"password", "passwd", "secret", "token", "pin", "pan", "cvv", "cvc", "track", "track1", "track2", "key", "keys", "mdk", "tmk"}, p)
	})
}

func problem(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}
