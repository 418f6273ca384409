package tidy

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// Money is never a float, and neither is a tax or a discount.
func TestNoFloats(t *testing.T) {
	exact := []string{
		"pkg/money", "internal/tax", "internal/promo", "internal/till", "internal/terminal", "internal/register",
		"internal/receipt", "internal/host", "internal/hostsim", "internal/store/...",
	}
	for _, f := range goFiles(t) {
		if f.test || !slices.ContainsFunc(exact, func(p string) bool { return matches(p, f.pkg) }) {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && (id.Name == "float64" || id.Name == "float32" || id.Name == "ParseFloat") {
				t.Errorf("%s: %s in %s: amounts are whole minor units", f.at(n), id.Name, f.pkg)
			}
			return true
		})
	}
}

// No package has a state of its own: no init, and no variable but errors, embedded
// files and assertions that a type implements an interface.
func TestNoPackageState(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: init: make it when it is needed, or hand it in", f.at(d))
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR && !isEmbed(d.Doc) {
					checkVars(t, f, d)
				}
			}
		}
	}
}

func checkVars(t *testing.T, f goFile, d *ast.GenDecl) {
	for _, s := range d.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || isEmbed(v.Doc) {
			continue
		}
		for _, name := range v.Names {
			if name.Name != "_" && !isErrorVar(v, name.Name) {
				t.Errorf("%s: package variable %s: make it a constant, a function or a field", f.at(v), name.Name)
			}
		}
	}
}

// isErrorVar reports a sentinel error: its name says so and errors.New or fmt.Errorf
// makes it.
func isErrorVar(v *ast.ValueSpec, name string) bool {
	if !strings.HasPrefix(name, "Err") && !strings.HasPrefix(name, "err") {
		return false
	}
	return !slices.ContainsFunc(v.Values, func(e ast.Expr) bool {
		call, ok := e.(*ast.CallExpr)
		return !ok || !isCallOf(call, "errors", "New") && !isCallOf(call, "fmt", "Errorf")
	})
}

func isEmbed(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// Every package says what it is.
func TestPackageDocs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		if !f.test {
			documented[f.pkg] = documented[f.pkg] || f.Doc != nil && len(f.Doc.Text()) > 40
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("%s has no package doc: say what it is and what to call first", pkg)
		}
	}
}

// Every exported name of pkg has a doc comment that begins with the name, every exported
// name of a group is explained by its comment or the group's, and every package has an
// Example with its output. A package that helps tests needs a *testing.T; its example
// compiles and has no output.
func TestPublicDocs(t *testing.T) {
	examples, packages := map[string]bool{}, map[string]bool{}
	files, helpers := goFiles(t), testHelpers(t)
	for _, f := range files {
		if !strings.HasPrefix(f.pkg, "pkg/") {
			continue
		}
		if f.test {
			examples[f.pkg] = examples[f.pkg] || hasExample(f, helpers[f.pkg])
			continue
		}
		packages[f.pkg] = true
		for _, d := range f.Decls {
			checkDoc(t, f, d)
		}
	}
	for pkg := range packages {
		if !examples[pkg] {
			t.Errorf("%s has no Example with // Output: write one, it is the documentation that cannot go stale", pkg)
		}
	}
}

// testHelpers are the packages that help tests: they import testing outside their own.
func testHelpers(t *testing.T) map[string]bool {
	helpers := map[string]bool{}
	for _, f := range goFiles(t) {
		helpers[f.pkg] = helpers[f.pkg] || !f.test && slices.Contains(f.imports(), "testing")
	}
	return helpers
}

// hasExample reports an example; one of a package for programs has its output.
func hasExample(f goFile, helper bool) bool {
	hasOutput := helper || slices.ContainsFunc(f.Comments, func(c *ast.CommentGroup) bool {
		text := strings.ToLower(c.Text())
		return strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:")
	})
	return hasOutput && slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && strings.HasPrefix(fn.Name.Name, "Example")
	})
}

func checkDoc(t *testing.T, f goFile, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && isExportedReceiver(d) && !begins(d.Doc, d.Name.Name) {
			t.Errorf("%s: %s has no doc comment that begins with its name", f.at(d), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			checkSpecDoc(t, f, d, s)
		}
	}
}

func checkSpecDoc(t *testing.T, f goFile, d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		doc := s.Doc
		if doc == nil {
			doc = d.Doc
		}
		if s.Name.IsExported() && !begins(doc, s.Name.Name) {
			t.Errorf("%s: type %s has no doc comment that begins with its name", f.at(s), s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
				t.Errorf("%s: %s has no comment, nor has its group", f.at(s), name.Name)
			}
		}
	}
}

// begins reports a comment whose first words hold the name: "Parse reads…", "A PAN is…",
// "The Reader…", "Red, Green and Yellow mark…".
func begins(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	words := strings.FieldsFunc(doc.Text(), func(r rune) bool { return r == ' ' || r == '\n' || r == ',' || r == ':' || r == '.' })
	return slices.Contains(words[:min(len(words), 6)], name)
}

// isExportedReceiver reports a function, or a method of an exported type.
func isExportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	e := d.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if index, ok := e.(*ast.IndexExpr); ok {
		e = index.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.IsExported()
}
