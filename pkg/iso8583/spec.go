package iso8583

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/moov-io/iso8583"
)

// fieldMost is the highest field number a spec may define: three bitmaps of 64.
const fieldMost = 192

// Spec says how the messages of one dialect lie on the wire. It is a plan that was
// compiled once, is never changed, and serves any number of goroutines.
type Spec struct {
	name   string
	mti    *node
	bitmap *node
	fields [fieldMost + 1]*node
	def    Definition

	network network

	shapes sync.Map // of structs, by their reflect.Type: see shapeOf

	packing struct { // see packer
		once sync.Once
		spec *iso8583.MessageSpec
	}
}

// LoadSpec reads a spec from JSON: the format of moov-io/iso8583 (a file that its
// specs.ExportJSON wrote loads unchanged) with the keys that [Definition] adds. What a
// spec asks for and this package cannot do is an *[Error] of [ErrSpec] with the path.
func LoadSpec(data []byte) (*Spec, error) {
	var def Definition
	if err := json.Unmarshal(data, &def); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSpec, err)
	}
	return NewSpec(def)
}

// NewSpec compiles a definition. The definition is not to be changed afterwards.
func NewSpec(def Definition) (*Spec, error) {
	s := &Spec{name: def.Name, def: def}
	var err error
	if s.network, err = networkOf(def); err != nil {
		return nil, err
	}
	keys, err := def.Fields.numbered()
	if err != nil {
		return nil, err
	}
	for num, key := range keys {
		if key == "" {
			continue
		}
		if err := s.add(num, key, def.Fields[key]); err != nil {
			return nil, err
		}
	}
	if s.mti == nil || s.bitmap == nil {
		return nil, unusable("", "fields 0 (message type) and 1 (bitmap) must be defined")
	}
	return s, nil
}

// numbered are the keys of the fields of a message by their number.
func (f Fields) numbered() (keys [fieldMost + 1]string, err error) {
	wrong := ""
	for key := range f {
		num, err := strconv.Atoi(key)
		if err != nil || num < 0 || num > fieldMost {
			if wrong == "" || key < wrong {
				wrong = key
			}
			continue
		}
		if keys[num] == "" || len(key) < len(keys[num]) { // 7 and not 07
			keys[num] = key
		}
	}
	if _, empty := f[""]; wrong != "" || empty {
		return keys, unusable(wrong, "field number: want 0 to %d", fieldMost)
	}
	return keys, nil
}

// Name is the name of the dialect.
func (s *Spec) Name() string { return s.name }

// Definition is the spec as data, to be read only. Its JSON is loaded by [LoadSpec]
// and by moov's specs.ImportJSON.
func (s *Spec) Definition() Definition { return s.def }

// MarshalJSON writes the definition.
func (s *Spec) MarshalJSON() ([]byte, error) { return json.Marshal(s.def) }

// FieldName is the name of a field in "en" or "zh", or nothing where the spec does
// not define it. Elements of BER-TLV have the names that EMV gives them.
func (s *Spec) FieldName(path, lang string) string {
	t := words(lang)
	n, tag := s.resolve(path)
	switch {
	case n == nil:
		return ""
	case tag != 0:
		return t.tagName(tag)
	}
	return n.name(t)
}

// String is the name of the dialect.
func (s *Spec) String() string { return s.name }

// field is the node of a field number, or nil.
func (s *Spec) field(num int) *node {
	if num > fieldMost {
		return nil
	}
	return s.fields[num]
}

// add compiles one field of the message.
func (s *Spec) add(num int, id string, f *Field) error {
	n, err := compile(id, id, f, classOfField(num))
	if err != nil {
		return err
	}
	if n.num = num; n.plain != nil {
		n.plain.num = num
	}
	if n.layout == layoutNone {
		n.bare = n.unwired() // once, and not for each value that is read
	}
	switch {
	case num == 1 && n.layout != layoutNone, num == 1 && f.Type != "Bitmap", num != 1 && f.Type == "Bitmap":
		return unusable(id, "a bitmap must be field 1 and field 1 a bitmap")
	case num == 0:
		s.mti = n
	case num == 1:
		s.bitmap = n
	default:
		s.fields[num] = n
	}
	return nil
}

// resolve finds the node of a path and, where the path names an element of BER-TLV
// that the spec does not declare, its tag.
func (s *Spec) resolve(path string) (*node, uint32) {
	first, rest := cutPath(path)
	num, err := strconv.Atoi(first)
	if err != nil || num < 0 || num > fieldMost {
		return nil, 0
	}
	n := s.fields[num]
	switch num {
	case 0:
		n = s.mti
	case 1:
		n = s.bitmap
	}
	return n.resolve(rest)
}

// resolve finds what is at a path inside a node.
func (n *node) resolve(path string) (*node, uint32) {
	if n == nil || path == "" {
		return n, 0
	}
	first, rest := cutPath(path)
	if kid := n.kid(first); kid != nil {
		return kid.resolve(rest)
	}
	if n.layout != layoutBER {
		return nil, 0
	}
	tag, _, ok := parseStep(first)
	if !ok {
		return nil, 0
	}
	if rest != "" {
		return n.resolve(rest)
	}
	return n, tag
}

// announces reports a bit that says that another bitmap follows (1, 65, 129 where
// bitmaps have 8 bytes).
func (s *Spec) announces(num int) bool {
	return !s.bitmap.fixed && num%(8*s.bitmap.length) == 1
}

// FieldNumbers are the numbers of the fields that a message may have, ascending,
// without the MTI and the bitmaps.
func (s *Spec) FieldNumbers() []int {
	var nums []int
	for num, n := range s.fields {
		if n != nil && !s.announces(num) {
			nums = append(nums, num)
		}
	}
	return slices.Clip(nums)
}

// unusable is an ErrSpec at a path.
func unusable(path, format string, args ...any) error {
	return &Error{Path: path, Offset: -1, Err: fmt.Errorf("%w: %s", ErrSpec, fmt.Sprintf(format, args...))}
}

var (
	_ fmt.Stringer   = (*Spec)(nil)
	_ json.Marshaler = (*Spec)(nil)
)
