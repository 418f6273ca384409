package config

import (
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lineOf is the line of a TOML document on which a dotted key is set, 0 where it is
// not. It is worked out when somebody asks: for a listing of origins or a problem.
func lineOf(raw []byte, key string) int {
	p := unstable.Parser{}
	p.Reset(raw)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table, _ = path(&p, "", e)
		case unstable.KeyValue:
			if line := lineInPair(&p, table, e, key); line > 0 {
				return line
			}
		default: // comments
		}
	}
	return 0
}

// lineInPair looks at one key and value, and into the value where it is an inline table.
func lineInPair(p *unstable.Parser, table string, pair *unstable.Node, key string) int {
	name, line := path(p, table, pair)
	if name == key || strings.HasPrefix(name, key+".") {
		return line
	}
	if value := pair.Value(); value.Kind == unstable.InlineTable {
		for it := value.Children(); it.Next(); {
			if line := lineInPair(p, name, it.Node(), key); line > 0 {
				return line
			}
		}
	}
	return 0
}

// path is the dotted name of a table or pair below a table, and its line.
func path(p *unstable.Parser, table string, node *unstable.Node) (name string, line int) {
	var parts []string
	if table != "" {
		parts = append(parts, table)
	}
	for it := node.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
		line = p.Shape(it.Node().Raw).Start.Line
	}
	return strings.Join(parts, "."), line
}
