package out

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// member is one field of a JSON object, in its place.
type member struct {
	name  string
	value json.RawMessage
}

// object is a JSON object that keeps the order of its fields.
type object []member

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// get is the value of a field; a field that was left out as empty is null, so that
// what a script asked for is always there.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return json.RawMessage("null")
}

// pick is the object with the named fields alone, in the order of the names.
func (o object) pick(names []string) object {
	picked := make(object, len(names))
	for i, n := range names {
		picked[i] = member{name: n, value: o.get(n)}
	}
	return picked
}

// parseObject reads the top level of a JSON object.
func parseObject(raw json.RawMessage) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("a result is an object or a list of objects, got %.1q", raw)
	}
	var o object
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		o = append(o, member{name: fmt.Sprint(name), value: value})
	}
	return o, nil
}

// marshal is json.Marshal without the escapes of HTML: an arrow stays an arrow. A list
// that was never filled is an empty list and not null.
func marshal(v any, indent bool) ([]byte, error) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Slice && r.IsNil() {
		v = []struct{}{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if indent {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("result as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// objects is the value as objects: one, or one an element where it is a list.
func objects(value any) (list []object, isList bool, err error) {
	raw, err := marshal(value, false)
	if err != nil {
		return nil, false, err
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '[' {
		o, err := parseObject(raw)
		return []object{o}, false, err
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, true, err
	}
	for _, e := range elements {
		o, err := parseObject(e)
		if err != nil {
			return nil, true, err
		}
		list = append(list, o)
	}
	return list, true, nil
}

// Fields are the names that --json can choose from for a result of this type: the
// json names of a struct's fields, or of the elements of a list, in their order.
func Fields(prototype any) []string {
	return typeFields(reflect.TypeOf(prototype))
}

func typeFields(t reflect.Type) []string {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for f := range fieldsOf(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "":
			names = append(names, typeFields(f.Type)...)
		case name == "":
			names = append(names, f.Name)
		default:
			names = append(names, name)
		}
	}
	return unique(names)
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// unique drops repeats: a field that shadows one of an embedded struct is one field.
func unique(names []string) []string {
	var once []string
	for _, n := range names {
		if !slices.Contains(once, n) {
			once = append(once, n)
		}
	}
	return once
}

// flatten lists the leaves of an object with dots between the names of nested ones; a
// list inside is its JSON.
func flatten(prefix string, o object) []member {
	var flat []member
	for _, m := range o {
		if bytes.HasPrefix(m.value, []byte("{")) {
			if nested, err := parseObject(m.value); err == nil {
				flat = append(flat, flatten(prefix+m.name+".", nested)...)
				continue
			}
		}
		flat = append(flat, member{name: prefix + m.name, value: m.value})
	}
	return flat
}

// plain is a JSON value as a cell shows it: strings without their quotes, null empty.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

// tableOf makes a table of a value that brought none: a column a field.
func tableOf(value any) (Table, error) {
	list, _, err := objects(value)
	if err != nil {
		return Table{}, err
	}
	rows := make([][]member, len(list))
	var names []string
	for i, o := range list {
		rows[i] = flatten("", o)
		for _, m := range rows[i] {
			names = append(names, m.name)
		}
	}
	if len(list) == 0 {
		names = Fields(value)
	}
	var t Table
	for _, n := range unique(names) {
		t.Columns = append(t.Columns, Column{Name: n})
	}
	for _, row := range rows {
		line := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			line[i] = plain(object(row).get(c.Name))
		}
		t.Rows = append(t.Rows, line)
	}
	return t, nil
}
