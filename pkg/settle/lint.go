package settle

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// specMax is the longest text of a spec or of rules, in bytes; the longest shipped one
// has under 8 KiB.
const specMax = 256 << 10

// document is a YAML text that was read into a value and can still be asked for lines.
type document struct {
	name  string
	cause error // ErrSpec or ErrRules
	file  *ast.File
}

// decodeYAML reads one document strictly: unknown keys, keys that come twice, aliases (by
// which a small text grows without end) and numbers with a point or an exponent (which
// YAML makes floats of, and the library silently whole numbers) are refused with their
// line.
func decodeYAML(data []byte, into any, cause error) (doc *document, err error) {
	d := &document{cause: cause}
	if len(data) > specMax {
		return nil, d.fault("", textf("%d bytes, at most %d", "%d字节,最多%d字节", len(data), specMax))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, d.fault("", Text{"no text", "没有内容"})
	}
	defer d.caught(&err)
	d.file, err = parser.ParseBytes(data, 0)
	if err != nil {
		return nil, d.yamlFault(err)
	}
	if err := d.refuseNodes(); err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return nil, d.yamlFault(err)
	}
	return d, nil
}

// caught turns a panic of the YAML library on a hostile text into a fault; text of
// strangers must not end a program.
func (d *document) caught(err *error) {
	if r := recover(); r != nil {
		*err = d.fault("", Text{fmt.Sprintf("no YAML: %v", r), fmt.Sprintf("不是 YAML:%v", r)})
	}
}

func (d *document) refuseNodes() error {
	found := &nodeFinder{what: Text{"anchors, aliases and several documents are not read", "不支持锚点、别名和多个文档"}}
	for _, doc := range d.file.Docs {
		if doc.Body != nil {
			ast.Walk(found, doc.Body)
		}
	}
	if found.line == 0 && len(d.file.Docs) <= 1 {
		return nil
	}
	return &SpecError{Line: found.line, Err: d.cause, Detail: found.what}
}

// nodeFinder finds the first node that is refused.
type nodeFinder struct {
	line int
	what Text
}

// Visit implements ast.Visitor.
func (f *nodeFinder) Visit(n ast.Node) ast.Visitor {
	t := n.GetToken()
	if f.line > 0 || t == nil {
		return f
	}
	switch n.(type) {
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode:
		f.line = t.Position.Line
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		f.line = t.Position.Line
		f.what = Text{"a number with a point or an exponent: decimals stand in quotes", "带小数点或指数的数:小数应放在引号中"}
	}
	return f
}

// yamlFault is a fault that the YAML library found, in its English words.
func (d *document) yamlFault(err error) error {
	fault := &SpecError{Err: d.cause, Detail: Text{err.Error(), err.Error()}}
	var y yaml.Error
	if errors.As(err, &y) {
		fault.Detail = Text{y.GetMessage(), y.GetMessage()}
		if t := y.GetToken(); t != nil && t.Position != nil {
			fault.Line = t.Position.Line
		}
	}
	return fault
}

// fault is a fault of meaning at a path such as "$.columns[2].sign".
func (d *document) fault(path string, detail Text) error {
	return &SpecError{Name: d.name, Line: d.line(path), Err: d.cause, Detail: detail}
}

// line is the line of a path; of a path that the text does not have, that of the nearest
// part of it that it has.
func (d *document) line(path string) int {
	for ; path != "" && d.file != nil; path = parentPath(path) {
		p, err := yaml.PathString(path)
		if err != nil {
			continue
		}
		if n, err := p.FilterFile(d.file); err == nil && n != nil && n.GetToken() != nil {
			return n.GetToken().Position.Line
		}
	}
	return 0
}

func parentPath(path string) string {
	i := bytes.LastIndexAny([]byte(path), ".[")
	if i <= 0 {
		return ""
	}
	return path[:i]
}
