package config

import (
	"testing"

	"github.com/pelletier/go-toml/v2"
)

func TestLineOf(t *testing.T) {
	const document = `# a comment
top = 1

[host]          # a table
address = "a:1"
"timeout" = "5s"

[shop]
name.of.shop = "x"
inline = { a = 1, b = { c = 2 } }
host.profile = "shop's own"
`
	for key, want := range map[string]int{
		"top": 2, "host.address": 5, "host.timeout": 6, "shop.name.of.shop": 9, "shop.name": 9,
		"shop.inline.a": 10, "shop.inline.b.c": 10, "shop.host.profile": 11,
		"host.profile": 0, "address": 0, "hos": 0, "": 0,
	} {
		if got := lineOf([]byte(document), key); got != want {
			t.Errorf("%q is on line %d, want %d", key, got, want)
		}
	}
}

// Where a document parses, a key that it sets has a line within it; where it does not,
// nothing panics.
func FuzzLineOf(f *testing.F) {
	f.Add("a = 1\n[b]\nc = 2\n", "b.c")
	f.Add("a = { b = 1 }", "a.b")
	f.Add("[[x]]\ny = 1", "x.y")
	f.Add("[a", "a")
	f.Fuzz(func(t *testing.T, document, key string) {
		lines := 1
		for _, r := range document {
			if r == '\n' {
				lines++
			}
		}
		line := lineOf([]byte(document), key)
		var tree map[string]any
		if toml.Unmarshal([]byte(document), &tree) == nil && (line < 0 || line > lines) {
			t.Errorf("line %d of %d", line, lines)
		}
	})
}
