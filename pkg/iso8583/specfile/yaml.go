package specfile

import (
	"bytes"
	"errors"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// parseYAML reads the one document of a YAML file with the places of its parts. What
// nests too deep or is too much is refused before the parser sees it.
func parseYAML(data []byte) (*tree, error) {
	if n := countMarks(data); n > marksMost {
		return nil, unreadable(place{}, "more than %d marks of YAML", "YAML 标记超过 %d 个", marksMost)
	}
	tokens := lexer.Tokenize(string(data))
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, yamlFault(err)
	}
	p := &yamlParser{anchors: map[string]*anchor{}}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if body != nil {
			return nil, unreadable(placeOf(doc.Body), "a second document", "出现了第二个文档")
		}
		body = doc.Body
	}
	if body == nil {
		return &tree{at: place{1, 1}}, nil
	}
	return p.value(body, 0)
}

// yamlFault is a fault of the parser with its place.
func yamlFault(err error) error {
	var syntax interface{ GetToken() *token.Token }
	at := place{}
	if errors.As(err, &syntax) && syntax.GetToken() != nil && syntax.GetToken().Position != nil {
		at = place{syntax.GetToken().Position.Line, syntax.GetToken().Position.Column}
	}
	return unreadable(at, "not YAML", "不是 YAML")
}

func placeOf(n ast.Node) place {
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

// anchor is a node with a name; open while its own content is being read.
type anchor struct {
	node ast.Node
	open bool
}

type yamlParser struct {
	budget

	anchors map[string]*anchor
}

func (p *yamlParser) value(n ast.Node, depth int) (*tree, error) {
	at := placeOf(n)
	if err := p.take(at, depth); err != nil {
		return nil, err
	}
	t := &tree{at: at, yaml: true}
	switch v := n.(type) {
	case *ast.MappingNode:
		t.kind = kindObject
		if len(v.Values) > 0 && v.Values[0] != nil && v.Values[0].Key != nil {
			t.at = placeOf(v.Values[0].Key)
		}
		return t, p.members(t, v.Values, depth)
	case *ast.MappingValueNode:
		t.kind = kindObject
		return t, p.members(t, []*ast.MappingValueNode{v}, depth)
	case *ast.SequenceNode:
		t.kind = kindList
		return t, p.list(t, v, depth)
	case *ast.AnchorNode:
		return p.anchored(v, depth)
	case *ast.AliasNode:
		return p.alias(v, depth)
	case *ast.TagNode:
		if v.Value == nil {
			return t, nil
		}
		return p.value(v.Value, depth+1)
	}
	return scalarOf(n, t), nil
}

// scalarOf is a value without parts.
func scalarOf(n ast.Node, t *tree) *tree {
	switch v := n.(type) {
	case *ast.StringNode:
		t.kind, t.text = kindText, v.Value
	case *ast.LiteralNode:
		t.kind = kindText
		if v.Value != nil {
			t.text = v.Value.Value
		}
	case *ast.IntegerNode:
		t.kind, t.text = kindNumber, v.Token.Value
	case *ast.FloatNode:
		t.kind, t.text = kindNumber, v.Token.Value
	case *ast.InfinityNode:
		t.kind, t.text = kindNumber, v.Token.Value
	case *ast.NanNode:
		t.kind, t.text = kindNumber, v.Token.Value
	case *ast.BoolNode:
		t.kind, t.text = kindBool, v.Token.Value
	}
	return t
}

func (p *yamlParser) members(t *tree, values []*ast.MappingValueNode, depth int) error {
	var merged []*tree
	for _, v := range values {
		if v == nil || v.Key == nil {
			continue
		}
		value, err := p.optional(v.Value, placeOf(v.Key), depth+1)
		if err != nil {
			return err
		}
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			merged = append(merged, value)
			continue
		}
		t.members = append(t.members, member{key: keyOf(v.Key), at: placeOf(v.Key), value: value})
	}
	for _, m := range merged {
		p.merge(t, m)
	}
	return nil
}

func (p *yamlParser) optional(n ast.Node, at place, depth int) (*tree, error) {
	if n == nil {
		return &tree{at: at}, p.take(at, depth)
	}
	return p.value(n, depth)
}

// keyOf is the text of a key.
func keyOf(n ast.MapKeyNode) string {
	switch v := n.(type) {
	case *ast.MappingKeyNode:
		if v.Value == nil {
			return ""
		}
		return scalarOf(v.Value, &tree{}).text
	case ast.Node:
		if t := scalarOf(v, &tree{}); t.kind != kindNull {
			return t.text
		}
	}
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

// merge adds the members of "<<" that the object does not have, as YAML 1.1 does: of
// one object or of a list of them.
func (p *yamlParser) merge(t, from *tree) {
	if from.kind == kindList {
		for _, item := range from.members {
			p.merge(t, item.value)
		}
		return
	}
	have := map[string]bool{}
	for _, m := range t.members {
		have[m.key] = true
	}
	for _, m := range from.members {
		if !have[m.key] {
			p.nodes++
			t.members = append(t.members, m)
		}
	}
}

func (p *yamlParser) list(t *tree, v *ast.SequenceNode, depth int) error {
	for _, item := range v.Values {
		value, err := p.optional(item, placeOf(v), depth+1)
		if err != nil {
			return err
		}
		t.members = append(t.members, member{at: value.at, value: value})
	}
	return nil
}

// anchored reads a value and keeps its name.
func (p *yamlParser) anchored(v *ast.AnchorNode, depth int) (*tree, error) {
	a := &anchor{node: v.Value, open: true}
	if v.Name != nil {
		p.anchors[v.Name.GetToken().Value] = a
	}
	t, err := p.optional(v.Value, placeOf(v), depth+1)
	a.open = false
	return t, err
}

// alias reads the value of a name again; the budget bounds how often.
func (p *yamlParser) alias(v *ast.AliasNode, depth int) (*tree, error) {
	name := ""
	if v.Value != nil {
		name = v.Value.GetToken().Value
	}
	a := p.anchors[name]
	switch {
	case a == nil:
		return nil, unreadable(placeOf(v), "alias %s has no anchor", "别名 %s 没有对应的锚点", shown(name))
	case a.open:
		return nil, unreadable(placeOf(v), "alias %s contains itself", "别名 %s 包含自身", shown(name))
	}
	return p.optional(a.node, placeOf(v), depth+1)
}

// looksLikeYAML reports text that has a key and a colon before anything else.
func looksLikeYAML(data []byte) bool {
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' || line[0] == '%' || bytes.Equal(line, []byte("---")) {
			continue
		}
		return bytes.IndexByte(line, ':') > 0 || line[0] == '?' || line[0] == '&'
	}
	return false
}
