package tidy

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path that every package of the repository begins with.
const module = "github.com/tillworks/till"

// root is the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// each calls f with every file of the repository, its path with slashes and below the
// root. What git does not hold (.git itself, bin, dist) is left out.
func each(t testing.TB, f func(path string, raw []byte)) {
	t.Helper()
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "dist"}, name) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || slices.Contains([]string{".exe", ".test", ".prof", ".out"}, filepath.Ext(name)) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(name), raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isText reports a file without a zero byte in its first part.
func isText(raw []byte) bool { return !bytes.Contains(raw[:min(len(raw), 8000)], []byte{0}) }

// goFile is one parsed file of Go.
type goFile struct {
	path string // below the root, with slashes
	pkg  string // folder, with slashes
	test bool
	fset *token.FileSet
	*ast.File
}

// goFiles are all Go files of the module, on whatever system they build.
func goFiles(t testing.TB) []goFile {
	t.Helper()
	var files []goFile
	fset := token.NewFileSet()
	each(t, func(path string, raw []byte) {
		if filepath.Ext(path) != ".go" || strings.Contains(path, "/testdata/") {
			return
		}
		f, err := parser.ParseFile(fset, path, raw, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, goFile{path: path, pkg: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go"), fset: fset, File: f})
	})
	return files
}

// at is the place of a node, as editors jump to it.
func (f goFile) at(n ast.Node) string {
	p := f.fset.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports are the paths that a file imports.
func (f goFile) imports() []string {
	paths := make([]string, len(f.Imports))
	for i, s := range f.Imports {
		paths[i], _ = strconv.Unquote(s.Path.Value)
	}
	return paths
}
