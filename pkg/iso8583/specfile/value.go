package specfile

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// spotOf is where in a definition a value belongs: an element, and the key in it, with
// those of the objects around it: "tag.length".
type spotOf struct{ path, key string }

// in is a key inside an object.
func (s spotOf) in(key string) spotOf {
	if s.key != "" {
		key = s.key + "." + key
	}
	return spotOf{s.path, strings.ToLower(key)}
}

// decode reads a value into a part of the definition, by the names that
// [iso8583.Definition] gives its keys in JSON.
func (d *draft) decode(s spotOf, m member, into reflect.Value) {
	if m.value.kind == kindNull {
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		value := reflect.New(into.Type().Elem())
		if d.decode(s, m, value.Elem()); m.value.kind == kindObject {
			into.Set(value)
		}
	case reflect.Struct:
		if d.wants(s, m, kindObject, "an object", "对象") {
			d.object(s, m.value, into)
		}
	case reflect.Map:
		if d.wants(s, m, kindObject, "an object", "对象") {
			d.mapping(s, m.value, into)
		}
	case reflect.Slice:
		if d.wants(s, m, kindList, "a list", "列表") {
			d.items(s, m.value, into)
		}
	case reflect.String:
		into.SetString(d.text(s.path, m))
	case reflect.Int:
		into.SetInt(int64(d.number(s.path, m)))
	case reflect.Bool:
		into.SetBool(d.flag(s.path, m))
	default:
	}
}

// wants holds a value to a kind.
func (d *draft) wants(s spotOf, m member, want kind, en, zh string) bool {
	if m.value.kind == want {
		return true
	}
	d.misfit(s.path, m, en, zh)
	return false
}

// object reads the members of a struct.
func (d *draft) object(s spotOf, t *tree, into reflect.Value) {
	index := map[string]int{}
	var known []string
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			index[strings.ToLower(name)] = i
			known = append(known, name)
		}
	}
	for _, m := range d.unique(s.path, t, known) {
		field := into.Field(index[strings.ToLower(m.key)])
		at := s.in(m.key)
		d.places[spot(at.path, at.key)] = m.value.at
		if field.Type() == reflect.TypeFor[*iso8583.Field]() { // the bitmap of a composite
			at = spotOf{path: join(s.path, m.key)}
			d.places[spot(at.path, "")] = m.at
		}
		d.decode(at, m, field)
	}
}

// mapping reads a map by text: the elements of a message or of a composite, each of
// which has a path, or another one.
func (d *draft) mapping(s spotOf, t *tree, into reflect.Value) {
	elements := into.Type() == reflect.TypeFor[iso8583.Fields]()
	result := reflect.MakeMapWithSize(into.Type(), len(t.members))
	seen := map[string]member{}
	for _, m := range t.members {
		at := s.in(m.key)
		same := m.key
		if elements {
			at = spotOf{path: join(s.path, m.key)}
			same = meant(m.key)
		}
		if first, twice := seen[same]; twice {
			d.errorf(at.path, m.at, "defined twice, as %s in line %d too", "重复定义，在第 %[2]d 行已写作 %[1]s", shown(first.key), first.at.line)
			continue
		}
		seen[same] = m
		d.places[spot(at.path, at.key)] = m.at
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(at, m, value)
		result.SetMapIndex(reflect.ValueOf(m.key), value)
	}
	into.Set(result)
}

// items reads a list.
func (d *draft) items(s spotOf, t *tree, into reflect.Value) {
	for _, m := range t.members {
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(s, m, value)
		into.Set(reflect.Append(into, value))
	}
}

// misfit finds a value of another kind than the key wants.
func (d *draft) misfit(path string, m member, wantEn, wantZh string) {
	en, zh := m.value.what()
	d.errorf(path, m.value.at, "%[1]s: want %[2]s, got %[3]s", "%[1]s:应为%[4]s，实为%[5]s", shown(m.key), wantEn, en, wantZh, zh)
}

// text reads characters. A number or truth of YAML is the characters it was written in.
func (d *draft) text(path string, m member) string {
	if m.value.kind == kindText || m.value.scalar() && m.value.yaml {
		return m.value.text
	}
	d.misfit(path, m, "text", "文本")
	return ""
}

// lengthMost is the greatest length that a spec may ask for: no message is so long.
const lengthMost = 1 << 24

// number reads a length.
func (d *draft) number(path string, m member) int {
	base, text := 10, m.value.text
	if m.value.yaml {
		base, text = 0, strings.ReplaceAll(text, "_", "")
	}
	n, err := strconv.ParseInt(text, base, 64)
	switch {
	case m.value.kind != kindNumber:
		d.misfit(path, m, "a whole number", "整数")
		return 0
	case err != nil && !errors.Is(err, strconv.ErrRange):
		d.errorf(path, m.value.at, "%s: want a whole number", "%s:应为整数", shown(m.key))
		return 0
	case err != nil, n > lengthMost, n < math.MinInt32:
		d.errorf(path, m.value.at, "%s: want at most %d", "%s:最大为 %d", shown(m.key), lengthMost)
		return 0
	}
	return int(n)
}

// flag reads a truth.
func (d *draft) flag(path string, m member) bool {
	switch {
	case m.value.kind == kindBool:
		return strings.EqualFold(m.value.text, "true")
	case m.value.yaml && m.value.kind == kindText:
		switch strings.ToLower(m.value.text) { // YAML 1.1, as moov's reader takes it
		case "y", "yes", "on":
			return true
		case "n", "no", "off":
			return false
		}
	}
	d.misfit(path, m, "true or false", "true 或 false")
	return false
}
