package tidy

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// A page that says "this test proves it" must name a test that is there. A row whose test
// was renamed proves nothing any more.
func TestDocsNameTestsThatExist(t *testing.T) {
	there := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
				there[fn.Name.Name] = true
			}
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark|Example)[A-Z][A-Za-z0-9_]*)`")
	seen := 0
	each(t, func(path string, raw []byte) {
		if !strings.HasPrefix(path, "docs/") || !strings.HasSuffix(path, ".md") {
			return
		}
		for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
			if seen++; !there[m[1]] {
				t.Errorf("%s names the test %s, which is nowhere", path, m[1])
			}
		}
	})
	if seen < 20 {
		t.Errorf("%d tests are named in docs: is the pattern right?", seen)
	}
}
