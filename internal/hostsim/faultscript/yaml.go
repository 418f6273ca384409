package faultscript

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/tillworks/till/internal/i18n"
)

// maxBytes is the longest script; deepest is how many brackets, or dashes of one line, may
// be open at once. The parser of YAML calls itself for each.
const (
	maxBytes = 64 << 10
	deepest  = 8
)

// node is a part of the file with its line. Texts are as they were written: 0200 is no
// number, and 12.50 has its two decimals.
type node struct {
	line  int
	kind  nodeKind
	text  string // of a scalar
	items []node // of a list
	keys  []member
}

// member is a key of a map and its value.
type member struct {
	key   node
	value node
}

type nodeKind uint8

const (
	nothing nodeKind = iota
	scalar
	list
	mapping
)

// parseYAML reads the one document of a script. What a script does not need is refused
// before it is parsed: anchors and aliases, by which a small text grows without end,
// tags, several documents, keys that are no words.
func parseYAML(data string) (n node, found *Finding) {
	if len(data) > maxBytes {
		return node{}, &Finding{What: i18n.T("%d bytes, at most %d are read", "%d 字节，最多读取 %d 字节").With(len(data), maxBytes), Hint: checkHint()}
	}
	defer func() { // the library is not ours, and a text of strangers must not end a host
		if recover() != nil {
			n, found = node{}, notYAML(0)
		}
	}()
	tokens := lexer.Tokenize(data)
	if found := checkTokens(tokens); found != nil {
		return node{}, found
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return node{}, notYAML(lineOfError(err))
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return node{line: 1}, nil
	}
	return read(file.Docs[0].Body), nil
}

func notYAML(line int) *Finding {
	return &Finding{
		Line: line, What: i18n.T("this is not YAML", "不是 YAML").With(),
		Hint: i18n.T("look at the indentation and at the colons, and put what begins with * or @ in quotes",
			"请检查缩进和冒号，以 * 或 @ 开头的值请加引号").With(),
	}
}

func lineOfError(err error) int {
	var at interface{ GetToken() *token.Token }
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		return at.GetToken().Position.Line
	}
	return 0
}

// checkTokens refuses what no script needs.
func checkTokens(tokens token.Tokens) *Finding {
	depth, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		case token.AliasType:
			return &Finding{Line: line, What: i18n.T("a value begins with * and has no quotes", "以 * 开头的值未加引号").With(),
				Hint: i18n.T("put it in quotes: \"*.68\", \"*1111\"", "请加引号：\"*.68\"、\"*1111\"").With()}
		case token.AnchorType, token.TagType, token.MappingKeyType, token.MergeKeyType, token.DirectiveType,
			token.DocumentHeaderType, token.DocumentEndType, token.LiteralType, token.FoldedType:
			return &Finding{Line: line, What: i18n.T("%q has no place in a script", "脚本中不能使用 %q").With(strings.TrimSpace(t.Value)), Hint: checkHint()}
		case token.InvalidType:
			return notYAML(line)
		default:
		}
		if depth > deepest || dashes > deepest {
			return &Finding{Line: line, What: i18n.T("lists within lists, more than %d deep", "列表嵌套超过 %d 层").With(deepest), Hint: checkHint()}
		}
	}
	return nil
}

// read makes a node of what the library read.
func read(n ast.Node) node {
	at := node{}
	if t := n.GetToken(); t != nil && t.Position != nil {
		at.line = t.Position.Line
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		return readMapping(at, v.Values)
	case *ast.MappingValueNode:
		return readMapping(at, []*ast.MappingValueNode{v})
	case *ast.SequenceNode:
		at.kind = list
		for _, item := range v.Values {
			at.items = append(at.items, readOptional(item, at.line))
		}
	case *ast.NullNode:
	case *ast.StringNode:
		at.kind, at.text = scalar, v.Value
	default:
		at.kind = scalar
		if t := n.GetToken(); t != nil {
			at.text = t.Value
		}
	}
	return at
}

func readOptional(n ast.Node, line int) node {
	if n == nil {
		return node{line: line}
	}
	return read(n)
}

func readMapping(at node, values []*ast.MappingValueNode) node {
	at.kind = mapping
	for i, v := range values {
		if v == nil || v.Key == nil {
			continue
		}
		key := read(v.Key)
		if i == 0 {
			at.line = key.line
		}
		at.keys = append(at.keys, member{key: key, value: readOptional(v.Value, key.line)})
	}
	return at
}
