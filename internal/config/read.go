package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
	gotoml "github.com/pelletier/go-toml/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Sources are the places that settings are read from.
type Sources struct {
	Environ Environ
	Dir     string // folder of till.toml; "" is the working directory
	System  string // folder of the machine's config.toml; "" is the operating system's
	Flags   []Flag
}

// Flag is a setting given by a flag of the command.
type Flag struct {
	Name  string // "--host"
	Key   string // "host.address"
	Value string
}

// layer is one place and what stands there. line finds the line of a key.
type layer struct {
	layer  Layer
	values *koanf.Koanf
	name   func(key string) string
	line   func(key string) int
}

// Layers are all places, weakest first.
type Layers struct{ layers []layer }

// Read gathers every place. A file that does not exist is empty; one that cannot be
// read or is no TOML is a problem.
func Read(src Sources) (*Layers, error) {
	system := src.System
	if system == "" {
		system = systemFolder(src.Environ)
	}
	all := []layer{defaults()}
	for _, f := range []struct {
		layer Layer
		path  string
	}{
		{System, filepath.Join(system, "config.toml")},
		{User, userFile(src.Environ)},
		{Project, filepath.Join(src.Dir, "till.toml")},
	} {
		l, err := readFile(f.layer, f.path)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return &Layers{append(all, environment(src.Environ), flags(src.Flags))}, nil
}

func defaults() layer {
	values := map[string]any{}
	for _, k := range Keys() {
		values[k.Name] = k.Default
	}
	return layer{layer: Default, values: loaded(confmap.Provider(values, ".")), name: fixed("")}
}

// environment takes the variables that begin with TILL_, but for those that mean
// something else to the program or its tests. An empty variable is one that is not set,
// as everywhere else in the environment.
func environment(environ Environ) layer {
	byVariable := map[string]string{}
	for _, k := range Keys() {
		byVariable[k.Env()] = k.Name
	}
	transform := func(variable, value string) (string, any) {
		if isOutside(variable) || value == "" {
			return "", nil
		}
		if key, ok := byVariable[variable]; ok {
			return key, value
		}
		return variable, value // unknown; Config says so
	}
	provider := env.Provider(".", env.Opt{
		Prefix: "TILL_", TransformFunc: transform, EnvironFunc: func() []string { return environ },
	})
	name := func(key string) string {
		if k, ok := find(key); ok {
			return k.Env()
		}
		return key
	}
	return layer{layer: Environment, values: loaded(provider), name: name}
}

// isOutside reports a variable that begins as ours do and is no setting.
func isOutside(variable string) bool {
	return slices.Contains([]string{"TILL_DATA", "TILL_VECTORS"}, variable) ||
		strings.HasPrefix(variable, "TILL_NO_") || strings.HasPrefix(variable, "TILL_REQUIRE_") || strings.HasPrefix(variable, "TILL_TEST_")
}

func flags(given []Flag) layer {
	values, byKey := map[string]any{}, map[string]string{}
	for _, f := range given {
		values[f.Key], byKey[f.Key] = f.Value, f.Name
	}
	return layer{
		layer: FlagLayer, values: loaded(confmap.Provider(values, ".")),
		name: func(key string) string { return byKey[key] },
	}
}

func readFile(l Layer, path string) (layer, error) {
	raw, err := []byte(nil), error(nil)
	if path != "" {
		raw, err = os.ReadFile(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return layer{}, &till.Problem{
			Code: till.CodeFailure, What: i18n.T("the configuration %s cannot be read", "无法读取配置 %s").With(path), Cause: err,
			Hint: i18n.T("make it readable, or move it away", "请使其可读，或将其移走").With(),
		}
	}
	values := koanf.New(".")
	if len(raw) > 0 {
		tree, err := toml.Parser().Unmarshal(raw)
		if err != nil {
			return layer{}, malformed(path, err)
		}
		values = loaded(confmap.Provider(tree, ""))
	}
	return layer{layer: l, values: values, name: fixed(path), line: func(key string) int { return lineOf(raw, key) }}, nil
}

// malformed names the line of a file that is no TOML. The parser's own words are left
// out, since they may quote the line.
func malformed(path string, err error) error {
	place := path
	var at *gotoml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		place = fmt.Sprintf("%s:%d:%d", path, row, column)
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%s is no TOML", "%s 不是有效的 TOML").With(place),
		Hint: i18n.T(`a line is a [table], or key = "value"`, `每行应为 [表] 或 key = "值"`).With(),
	}
}

// loaded makes a koanf of a provider that cannot fail: maps and the environment.
func loaded(p koanf.Provider) *koanf.Koanf {
	k := koanf.New(".")
	if err := k.Load(p, nil); err != nil {
		return koanf.New(".")
	}
	return k
}

func fixed(name string) func(string) string { return func(string) string { return name } }

func find(name string) (Key, bool) {
	for _, k := range Keys() {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}
