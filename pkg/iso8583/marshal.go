package iso8583

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/tillworks/till/pkg/card"
)

// tagKey is the key of the struct tags.
const tagKey = "iso8583"

// Marshal sets fields from a struct, or a pointer to one, by tags that name paths:
//
//	type Sale struct {
//		Type    iso8583.MTI `iso8583:"0"`
//		Number  card.PAN    `iso8583:"2"`
//		Amount  int64       `iso8583:"4"`
//		STAN    string      `iso8583:"11"`
//		PIN     card.Secret `iso8583:"52"`
//		ICC     []byte      `iso8583:"55"`
//	}
//
// Types are strings, integers, []byte, [MTI], card.PAN, card.Track2, card.Expiry,
// card.Secret and pointers to them; embedded structs are walked. Empty and zero fields
// are left out (a pointer to a zero is not). A sensitive path in a type that can be
// printed is [ErrSensitive].
func (m *Message) Marshal(v any) error {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Struct {
		return fmt.Errorf("marshal %T: %w: want a struct or a pointer to one", v, ErrType)
	}
	return m.in.spec.eachTagged(rv, func(path string, fv reflect.Value) error {
		pointed := fv.Kind() == reflect.Pointer
		if pointed {
			fv = fv.Elem()
		}
		if !fv.IsValid() || (fv.IsZero() && !pointed) {
			return nil
		}
		return m.marshalField(path, fv)
	})
}

// Unmarshal fills a struct behind a pointer from the message by the same tags. What
// the message does not have is left as it is.
func (m *Message) Unmarshal(v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("unmarshal into %T: %w: want a pointer to a struct", v, ErrType)
	}
	return m.in.spec.eachTagged(rv.Elem(), func(path string, fv reflect.Value) error {
		kind := fv.Type()
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if err := m.allowed(path, kind); err != nil || !m.Has(path) {
			return err
		}
		if fv.Kind() == reflect.Pointer {
			fv.Set(reflect.New(kind))
			fv = fv.Elem()
		}
		return m.unmarshalField(path, fv)
	})
}

// tagged is a field of a struct with a tag.
type tagged struct {
	name  string // of the field
	path  string
	index []int // in the struct, through those that are embedded
}

// shape is what a struct has of fields with tags, or what is wrong with them. Reading tags
// takes longer than all that a message does with them, so a spec does it once for a type.
type shape struct {
	fields []tagged
	err    error // of the first that cannot be had, behind fields
}

// shapeOf is the shape of a struct type.
func (s *Spec) shapeOf(t reflect.Type) *shape {
	if known, ok := s.shapes.Load(t); ok {
		return known.(*shape)
	}
	made := &shape{}
	made.err = made.walk(t, nil)
	known, _ := s.shapes.LoadOrStore(t, made)
	return known.(*shape)
}

// walk takes in a struct and those embedded in it; outer leads to it.
func (s *shape) walk(t reflect.Type, outer []int) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		path := sf.Tag.Get(tagKey)
		index := append(slices.Clip(outer), i)
		switch {
		case path == "-":
		case path == "" && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			if err := s.walk(sf.Type, index); err != nil {
				return err
			}
		case path != "" && !sf.IsExported():
			return fmt.Errorf("struct field %s: %w: not exported", sf.Name, ErrType)
		case path != "":
			s.fields = append(s.fields, tagged{sf.Name, path, index})
		}
	}
	return nil
}

// eachTagged calls f for every field of a struct with a tag, and of the structs
// embedded in it.
func (s *Spec) eachTagged(rv reflect.Value, f func(path string, fv reflect.Value) error) error {
	shape := s.shapeOf(rv.Type())
	for _, field := range shape.fields {
		if err := f(field.path, rv.FieldByIndex(field.index)); err != nil {
			return fmt.Errorf("struct field %s: %w", field.name, err)
		}
	}
	return shape.err
}

// allowed refuses a sensitive path in a type that can be printed, whatever it holds.
func (m *Message) allowed(path string, kind reflect.Type) error {
	n, tag := m.in.spec.resolve(canonical(path))
	if n == nil {
		return &Error{Path: path, Offset: -1, Err: ErrPath}
	}
	sp := Span{node: n, tag: tag}
	if sp.class() == classOpen || hides(kind) || (sp.class() == classExpiry && kind == reflect.TypeFor[card.Expiry]()) {
		return nil
	}
	return &Error{Path: path, Offset: -1, Err: ErrSensitive}
}

// hides reports a type that cannot be printed.
func hides(kind reflect.Type) bool {
	return kind == reflect.TypeFor[card.PAN]() || kind == reflect.TypeFor[card.Secret]() || kind == reflect.TypeFor[card.Track2]()
}

func (m *Message) marshalField(path string, fv reflect.Value) error {
	if err := m.allowed(path, fv.Type()); err != nil {
		return err
	}
	switch v := fv.Interface().(type) {
	case card.PAN:
		return m.Set(path, v.Reveal())
	case card.Secret:
		return m.Set(path, v.Reveal())
	case card.Track2:
		return m.Set(path, v.Reveal())
	case []byte:
		return m.SetBytes(path, v)
	}
	switch {
	case fv.Kind() == reflect.String:
		return m.Set(path, fv.String())
	case fv.CanInt():
		return m.setInt(path, fv.Int())
	case fv.CanUint():
		return m.Set(path, strconv.FormatUint(fv.Uint(), 10))
	}
	return &Error{Path: path, Offset: -1, Err: ErrType}
}

// setInt sets digits; a negative number has no place in them.
func (m *Message) setInt(path string, v int64) error {
	if v < 0 {
		return &Error{Path: path, Offset: -1, Err: ErrDigit, Got: 1}
	}
	return m.Set(path, strconv.FormatInt(v, 10))
}

func (m *Message) unmarshalField(path string, fv reflect.Value) error {
	text := m.Reveal(path)
	switch p := fv.Addr().Interface().(type) {
	case *card.PAN:
		return atPath(path, assign(p, text, card.ParsePAN))
	case *card.Track2:
		return atPath(path, assign(p, text, card.ParseTrack2))
	case *card.Expiry:
		return atPath(path, assign(p, text, card.ParseExpiry))
	case *MTI:
		return assign(p, text, ParseMTI)
	case *card.Secret:
		*p = card.NewSecret(text)
		return nil
	case *[]byte:
		*p = m.Bytes(path)
		return nil
	}
	return setPlain(path, fv, text)
}

// setPlain puts text into a string or number.
func setPlain(path string, fv reflect.Value, text string) error {
	bad := &Error{Path: path, Offset: -1, Err: ErrDigit}
	switch {
	case fv.Kind() == reflect.String:
		fv.SetString(text)
	case fv.CanInt():
		v, err := strconv.ParseInt(text, 10, fv.Type().Bits())
		if err != nil {
			return bad
		}
		fv.SetInt(v)
	case fv.CanUint():
		v, err := strconv.ParseUint(text, 10, fv.Type().Bits())
		if err != nil {
			return bad
		}
		fv.SetUint(v)
	default:
		return &Error{Path: path, Offset: -1, Err: ErrType}
	}
	return nil
}

// assign parses text into *p.
func assign[T any](p *T, text string, parse func(string) (T, error)) error {
	v, err := parse(text)
	if err == nil {
		*p = v
	}
	return err
}

// atPath puts the place in front of an error of package card, which holds no value.
func atPath(path string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Path: path, Offset: -1, Err: fmt.Errorf("%w: %w", ErrCharacter, err)}
}
