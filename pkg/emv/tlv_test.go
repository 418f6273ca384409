package emv_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/emv"
)

func TestReader(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"nothing", "", ""},
		{"one", "9C0100", "0:9C=00"},
		{"three of a kind", "9A032212159A034912319A03500101", "0:9A=221215 5:9A=491231 10:9A=500101"},
		{"two-byte tags", "9F3303E0F8C85F340101", "0:9F33=E0F8C8 6:5F34=01"},
		{"three-byte tag", "DF81080100", "0:DF8108=00"},
		{"four-byte tag", "BF8182030100", "0:BF818203=00"},
		{"no value", "8B00", "0:8B="},
		{"zeros between", "00009C0100000000", "2:9C=00"},
		{"length in two bytes", "9081020102", "0:90=0102"},
		{"length in five bytes", "908400000001FF", "0:90=FF"},
		{"private tag", "FF81010100", "0:FF8101=00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said []string
			r := emv.NewReader(unhex(c.input))
			for r.Next() {
				o := r.Object()
				said = append(said, fmt.Sprintf("%d:%s=%X", o.Offset, o.Tag, o.Value))
			}
			if got := strings.Join(said, " "); got != c.want || r.Err() != nil {
				t.Errorf("got %q, %v, want %q", got, r.Err(), c.want)
			}
		})
	}
}

func TestReaderFaults(t *testing.T) {
	for _, c := range []struct {
		name, input string
		cause       error
		offset      int
		tag         emv.Tag
	}{
		{"tag ends", "9C01009F", emv.ErrTruncated, 3, 0},
		{"tag of five bytes", "9F8182838401", emv.ErrTag, 0, 0},
		{"no length", "9C01009F02", emv.ErrTruncated, 3, 0x9F02},
		{"length ends", "9F028200", emv.ErrTruncated, 0, 0x9F02},
		{"value ends", "9F02060000000012", emv.ErrTruncated, 0, 0x9F02},
		{"indefinite", "70809C01000000", emv.ErrIndefinite, 0, 0x70},
		{"length of five", "9085000000000100", emv.ErrLength, 0, 0x90},
		{"length of 31, which overflows a signed sum", "5F309F30309F30303030303030", emv.ErrLength, 0, 0x5F30},
		{"length of 4 GiB", "9084FFFFFFFF00", emv.ErrTruncated, 0, 0x90},
		{"length of 2 GiB", "90847FFFFFFF00", emv.ErrTruncated, 0, 0x90},
		{"filling FF", "9C0100FF", emv.ErrTruncated, 3, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := emv.NewReader(unhex(c.input))
			for r.Next() {
			}
			var fault *emv.SyntaxError
			if !errors.As(r.Err(), &fault) || !errors.Is(r.Err(), c.cause) || fault.Offset != c.offset || fault.Tag != c.tag {
				t.Errorf("got %v, want %v at offset %d with tag %v", r.Err(), c.cause, c.offset, c.tag)
			}
			if r.Next() {
				t.Error("the reader goes on behind a fault")
			}
		})
	}
}

// A fault inside a template says its place from the start of the whole.
func TestParseFaultOffset(t *testing.T) {
	_, err := emv.Parse(unhex("9C01007009"+"5F340101"+"5A08"+"476173"), emv.Strict)
	var fault *emv.SyntaxError
	if !errors.As(err, &fault) || fault.Offset != 9 || fault.Tag != 0x5A || fault.Want != 8 || fault.Got != 3 {
		t.Fatalf("got %#v", fault)
	}
	if want := "data object 5A at offset 9: bytes end inside the object: got 3 bytes of value, want 8"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestParseLenient(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{
			// github.com/evsinev/ber-tlv issue 11
			"FF behind erased data", "700C5F340101FFFFFF9F57020840",
			"0 0:70\n1 2:5F34=01\n1 9:9F57=0840\n",
		},
		{
			// github.com/martinpaljak/GlobalPlatformPro issue 152
			"template without objects", "650AAACAADDEDFEDACADEEEE",
			"0 0:65=AACAADDEDFEDACADEEEE !data object AA at offset 2: length field of more than five bytes\n",
		},
		{
			"rest in a template", "70085F3401019F020600",
			"0 0:70 !data object 9F02 at offset 6: bytes end inside the object: got 1 bytes of value, want 6\n1 2:5F34=01\n1 6:rest=9F020600 !data object 9F02 at offset 6: bytes end inside the object: got 1 bytes of value, want 6\n",
		},
		{"rest at the top", "9C01009F", "0 0:9C=00\n0 3:rest=9F !data object at offset 3: bytes end inside the object\n"},
		{"lone FF at the end", "9C0100FF", "0 0:9C=00\n"},
		{"FF as a private tag", "FF81010100", "0 0:FF8101=00\n"},
		{"FF before an object", "9C0100FF9C0101", "0 0:9C=00\n0 4:9C=01\n"},
		{"empty template", "7000", "0 0:70=\n"},
		{
			"template that the input ends in", "700A5F340101A5045001",
			"0 0:70 !data object 70 at offset 0: bytes end inside the object: got 8 bytes of value, want 10\n" +
				"1 2:5F34=01\n" +
				"1 6:A5=5001 !data object A5 at offset 6: bytes end inside the object: got 2 bytes of value, want 4\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, err := emv.Parse(unhex(c.input), emv.Lenient)
			if err != nil {
				t.Fatal(err)
			}
			if got := sayTree(tree); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// sayTree is a tree as text: depth, offset, tag, value of a leaf, warning.
func sayTree(tree emv.Tree) string {
	var b strings.Builder
	for i, n := range tree {
		name := n.Tag.String()
		if n.IsRest() {
			name = "rest"
		}
		fmt.Fprintf(&b, "%d %d:%s", n.Depth, n.Offset, name)
		if n.Last == i {
			fmt.Fprintf(&b, "=%X", n.Value)
		}
		if n.Warning != nil {
			fmt.Fprintf(&b, " !%v", n.Warning)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestParseDepth(t *testing.T) {
	nested := []byte{0x9C, 0x01, 0x00}
	for range emv.MaxDepth - 1 {
		nested = emv.AppendTLV(nil, 0x70, nested)
	}
	if tree, err := emv.Parse(nested, emv.Strict); err != nil || len(tree) != emv.MaxDepth {
		t.Errorf("%d levels: %d nodes, %v", emv.MaxDepth, len(tree), err)
	}
	for range 200 {
		nested = emv.AppendTLV(nil, 0x70, nested)
	}
	if _, err := emv.Parse(nested, emv.Strict); !errors.Is(err, emv.ErrDepth) {
		t.Errorf("over 200 levels: %v, want ErrDepth", err)
	}
	tree, err := emv.Parse(nested, emv.Lenient)
	if err != nil || len(tree) != emv.MaxDepth || !errors.Is(tree[emv.MaxDepth-1].Warning, emv.ErrDepth) {
		t.Errorf("lenient: %d nodes, %v", len(tree), err)
	}
}

func TestTreeFind(t *testing.T) {
	tree, err := emv.Parse(unhex("6F1B8407A0000000031010A510500B5649534120435245444954870101"+"500141"), emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path []emv.Tag
		want string
		ok   bool
	}{
		{[]emv.Tag{emv.TagFCI, emv.TagDFName}, "A0000000031010", true},
		{[]emv.Tag{emv.TagFCI, emv.TagFCIProprietary, emv.TagApplicationLabel}, "5649534120435245444954", true},
		{[]emv.Tag{emv.TagApplicationLabel}, "41", true}, // at the top, not the one inside
		{[]emv.Tag{emv.TagFCI, emv.TagApplicationLabel}, "", false},
		{[]emv.Tag{emv.TagPAN}, "", false},
		{nil, "", false},
	} {
		o, ok := tree.Find(c.path...)
		if ok != c.ok || !bytes.Equal(o.Value, unhex(c.want)) || !bytes.Equal(tree.Value(c.path...), unhex(c.want)) {
			t.Errorf("Find(%v) = %X, %v, want %s, %v", c.path, o.Value, ok, c.want, c.ok)
		}
	}
}

func TestBuilder(t *testing.T) {
	var b emv.Builder
	b.Nest(emv.TagFCI, func(b *emv.Builder) {
		b.Add(emv.TagDFName, unhex("A0000000031010"))
		b.Nest(emv.TagFCIProprietary, func(b *emv.Builder) { b.Add(emv.TagPDOL, unhex("9F1A02")) })
	})
	b.Raw(unhex("9000"))
	if want := "6F118407A0000000031010A5069F38039F1A029000"; fmt.Sprintf("%X", b.Bytes()) != want || b.Len() != len(want)/2 {
		t.Errorf("got %X, want %s", b.Bytes(), want)
	}
}

// Lengths at the edges of each form, both ways.
func TestLengthForms(t *testing.T) {
	for _, c := range []struct {
		n      int
		header string
	}{
		{0, "9000"}, {1, "9001"}, {0x7F, "907F"}, {0x80, "908180"}, {0xFF, "9081FF"},
		{0x100, "90820100"}, {0xFFFF, "9082FFFF"}, {0x10000, "9083010000"}, {0x1000000, "908401000000"},
	} {
		b := emv.AppendTLV(nil, 0x90, make([]byte, c.n))
		if got := fmt.Sprintf("%X", b[:len(b)-c.n]); got != c.header {
			t.Errorf("header for %d bytes: %s, want %s", c.n, got, c.header)
		}
		tree, err := emv.Parse(b, emv.Strict)
		if err != nil || len(tree) != 1 || len(tree[0].Value) != c.n || tree[0].End() != len(b) {
			t.Errorf("%d bytes: %v", c.n, err)
		}
	}
}

func TestTags(t *testing.T) {
	for _, c := range []struct {
		text                 string
		tag                  emv.Tag
		constructed, private bool
	}{
		{"5A", 0x5A, false, false}, {"70", 0x70, true, false}, {"9F02", 0x9F02, false, false},
		{"BF0C", 0xBF0C, true, false}, {"DF8129", 0xDF8129, false, true}, {"FF8101", 0xFF8101, true, true},
		{"7F2E", 0x7F2E, true, false}, {"BF818203", 0xBF818203, true, false},
	} {
		tag, err := emv.ParseTag(c.text)
		if err != nil || tag != c.tag || tag.String() != c.text || tag.Len() != len(c.text)/2 ||
			tag.IsConstructed() != c.constructed || tag.IsPrivate() != c.private {
			t.Errorf("%s: %v, %v", c.text, tag, err)
		}
	}
	for _, bad := range []string{"", "5", "XY", "00", "5A5A", "9F", "9F8182838485", "9F0201"} {
		if tag, err := emv.ParseTag(bad); err == nil {
			t.Errorf("%q is taken as %v", bad, tag)
		}
	}
}

// What the builder writes, both modes read alike, and they give it back byte for byte.
func TestBuildParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawObjects(t, 3)
		strict, err := emv.Parse(b, emv.Strict)
		if err != nil {
			t.Fatal(err)
		}
		lenient, _ := emv.Parse(b, emv.Lenient)
		if got, want := sayTree(lenient), sayTree(strict); got != want {
			t.Fatalf("lenient\n%sstrict\n%s", got, want)
		}
		if again := rebuild(strict, 0, len(strict)); !bytes.Equal(again, b) {
			t.Fatalf("built %X, read %X", b, again)
		}
	})
}

func drawObjects(t *rapid.T, depth int) []byte {
	var b emv.Builder
	for range rapid.IntRange(0, 4).Draw(t, "objects") {
		if depth > 0 && rapid.Bool().Draw(t, "template") {
			b.Nest(rapid.SampledFrom([]emv.Tag{0x70, 0x6F, 0xA5, 0xBF0C, 0xFF8101}).Draw(t, "tag"), func(b *emv.Builder) {
				b.Raw(drawObjects(t, depth-1))
			})
			continue
		}
		tag := rapid.SampledFrom([]emv.Tag{0x5A, 0x9F02, 0x95, 0xDF8108, 0x81}).Draw(t, "tag")
		b.Add(tag, rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "value"))
	}
	return b.Bytes()
}

// rebuild writes a tree back.
func rebuild(tree emv.Tree, from, to int) []byte {
	var b emv.Builder
	for i := from; i < to; i = tree[i].Last + 1 {
		if tree[i].Last == i {
			b.Add(tree[i].Tag, tree[i].Value)
			continue
		}
		b.Nest(tree[i].Tag, func(b *emv.Builder) { b.Raw(rebuild(tree, i+1, tree[i].Last+1)) })
	}
	return b.Bytes()
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"6F1B8407A0000000031010A510500B5649534120435245444954870101", "700C5F340101FFFFFF9F57020840",
		"650AAACAADDEDFEDACADEEEE", "5F309F30309F30303030303030", "9084FFFFFFFF", "FFFF9F02", "7080",
	} {
		f.Add(unhex(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		checkStrict(t, b)
		checkLenient(t, b)
		for _, lang := range []string{"en", "zh"} {
			emv.Explain(b, lang)
		}
	})
}

// checkStrict holds a strict tree to its own promises, and the walk of one level to it.
func checkStrict(t *testing.T, b []byte) {
	tree, err := emv.Parse(b, emv.Strict)
	var fault *emv.SyntaxError
	if err != nil && (!errors.As(err, &fault) || fault.Offset < 0 || fault.Offset >= len(b)) {
		t.Fatalf("fault %v in %d bytes", err, len(b))
	}
	if err != nil {
		return
	}
	top := 0
	r := emv.NewReader(b)
	for ; r.Next(); top = tree[top].Last + 1 {
		if got, want := r.Object(), tree[top].Object; got.Tag != want.Tag || got.Offset != want.Offset || !bytes.Equal(got.Value, want.Value) {
			t.Fatalf("walk %v, tree %v", got, want)
		}
	}
	if r.Err() != nil || top != len(tree) {
		t.Fatalf("the walk ends at %d of %d with %v", top, len(tree), r.Err())
	}
}

// checkLenient sees that each byte is in the tree or is filling.
func checkLenient(t *testing.T, b []byte) {
	tree, err := emv.Parse(b, emv.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]bool, len(b))
	for i, n := range tree {
		if n.Last < i || n.Last >= len(tree) || n.Offset < 0 || n.End() > len(b) {
			t.Fatalf("node %d of %d: %+v", i, len(tree), n)
		}
		end := n.End()
		if n.Last != i {
			end = n.Offset + n.Header
		}
		for at := n.Offset; at < end; at++ {
			seen[at] = true
		}
	}
	for at, there := range seen {
		if !there && b[at] != 0x00 && b[at] != 0xFF {
			t.Fatalf("byte %d (%02X) is in no node", at, b[at])
		}
	}
}

// records are templates of about 99 bytes, as cards hold them.
func records(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var all emv.Builder
	for range n {
		all.Nest(emv.TagRecord, func(b *emv.Builder) {
			for _, o := range []struct {
				tag emv.Tag
				n   int
			}{{0x5A, 8}, {0x5F34, 1}, {0x5F24, 3}, {0x8C, 21}, {0x8D, 23}, {0x9F07, 2}, {0x9F0D, 5}, {0x9F0E, 5}, {0x9F08, 2}} {
				value := make([]byte, o.n)
				for i := range value {
					value[i] = byte(random.Uint32())
				}
				b.Add(o.tag, value)
			}
		})
	}
	return all.Bytes()
}
