package specfile

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// compile makes the spec, or finds all that stands in the way. The compiler has the
// last word: where it takes a field, no rule of this package makes an error of it.
func (d *draft) compile() *iso8583.Spec {
	spec, err := iso8583.NewSpec(d.def)
	if err == nil {
		return spec
	}
	before := failure(d.list) != nil
	d.refusals()
	if failure(d.list) == nil || !before && !d.explains(err) {
		d.refused("", err)
	}
	return nil
}

// explains reports that an error of the compiler has a finding.
func (d *draft) explains(err error) bool {
	path := pathOf(err)
	return slices.ContainsFunc(d.list, func(f Finding) bool {
		return f.Severity == SeverityError && (f.Path == path || strings.HasPrefix(f.Path, path+".") || path == "")
	})
}

// pathOf is the element that an error is about.
func pathOf(err error) string {
	var at *iso8583.Error
	if errors.As(err, &at) {
		return at.Path
	}
	return ""
}

// refusals compiles every field by itself and finds what is wrong with it.
func (d *draft) refusals() {
	if len(d.def.Fields) == 0 {
		return
	}
	for _, key := range sortedKeys(d.def.Fields) {
		if _, err := iso8583.NewSpec(alone(key, d.def.Fields[key])); err == nil {
			continue
		} else if !d.faults(key) {
			d.refused(key, err)
		}
	}
	if !hasNumber(d.def.Fields, "0") {
		d.errorf("", d.start, "no field 0: the message type", "没有域 0:报文类型")
	}
	if !hasNumber(d.def.Fields, "1") {
		d.errorf("", d.start, "no field 1: the bitmap", "没有域 1:位图")
	}
}

// alone is a definition of one field and the two that every message has.
func alone(key string, f *iso8583.Field) iso8583.Definition {
	fields := iso8583.Fields{
		"0": {Type: "String", Length: 4, Enc: "ASCII", Prefix: "ASCII.Fixed"},
		"1": {Type: "Bitmap", Length: 8, Enc: "Binary", Prefix: "Binary.Fixed"},
	}
	fields[key] = f
	return iso8583.Definition{Fields: fields}
}

// hasNumber reports a field of a number, however it is written.
func hasNumber(fields iso8583.Fields, number string) bool {
	for key := range fields {
		if meant(key) == number {
			return true
		}
	}
	return false
}

// refused adds an error of the compiler that no rule of this package knows.
func (d *draft) refused(key string, err error) {
	path := pathOf(err)
	if path == "" {
		path = key
	}
	text := strings.TrimPrefix(err.Error(), "field "+path+": ")
	text = strings.TrimPrefix(text, iso8583.ErrSpec.Error()+": ")
	at := d.at(path, "")
	d.add(Finding{Severity: SeverityError, Path: path, Line: at.line, Column: at.column, En: text, Zh: "编译器拒绝:" + text})
}

// sortedKeys are the keys of fields: numbers by value, then tags.
func sortedKeys(fields iso8583.Fields) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, errX := strconv.ParseUint(a, 10, 32)
		y, errY := strconv.ParseUint(b, 10, 32)
		switch {
		case errX == nil && errY == nil && x != y:
			return int(int64(x) - int64(y))
		case errX == nil && errY != nil:
			return -1
		case errX != nil && errY == nil:
			return 1
		}
		return strings.Compare(a, b)
	})
	return keys
}
