package settle

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// measure is what a total is a total of.
type measure struct {
	what   string // count, gross, fee, net, sum, currency, sha256; empty for nothing
	sum    int    // which sum of a column
	column int    // of a sum, for its rule of amounts
	name   string // as the file writes it
}

// totalRule is one statement of a file about itself, compiled.
type totalRule struct {
	pattern  *linePattern // of a line
	groups   []measure    // by the groups of the pattern
	header   [][]byte     // or of a header line: its first cell
	cells    []totalCell
	of       uint16 // types, a bit each
	zero     *measure
	zeroIf   Type
	amount   amountRule
	required bool
}

// totalCell is one column under a header of totals.
type totalCell struct {
	names []string
	is    measure
}

// linePattern is a regular expression for whole lines, with the bytes that such a line
// must begin with, so that the expression is run on few.
type linePattern struct {
	prefix []byte
	re     *regexp.Regexp
}

// matches gives the groups of a line that fits.
func (p *linePattern) find(raw []byte, text codec) []string {
	if !bytes.HasPrefix(raw, p.prefix) {
		return nil
	}
	line, err := text.decode(raw)
	if err != nil {
		return nil
	}
	return p.re.FindStringSubmatch(line)
}

func (c *compiler) pattern(path, expr string) *linePattern {
	expr = strings.TrimPrefix(expr, "^")
	bare, err := regexp.Compile(expr)
	if err != nil {
		c.fail(path, "no regular expression: %s", "不是正则表达式:%s", err)
		return nil
	}
	prefix, _ := bare.LiteralPrefix()
	if prefix == "" {
		c.fail(path, "the expression must begin with letters that stand for themselves", "表达式必须以普通字符开头")
		return nil
	}
	whole, err := regexp.Compile(`\A(?:` + expr + `)`)
	if err != nil {
		c.fail(path, "no regular expression: %s", "不是正则表达式:%s", err)
		return nil
	}
	return &linePattern{prefix: c.encoded(path, prefix)[0], re: whole}
}

func (c *compiler) totalRules() {
	for i := range c.spec.Totals {
		c.f.totals = append(c.f.totals, c.totalRule(fmt.Sprintf("$.totals[%d]", i), &c.spec.Totals[i]))
		if c.err != nil {
			return
		}
	}
}

func (c *compiler) totalRule(path string, s *TotalRule) totalRule {
	r := totalRule{required: s.Required, of: c.typeMask(path+".of", s.Of)}
	var ok bool
	if r.amount.decimals, ok = parseDecimals(s.Decimals); !ok {
		c.fail(path+".decimals", "decimals: got %s, want exact, trim or minor", "decimals:得到%s,应为 exact、trim 或 minor", quote(s.Decimals))
	}
	switch {
	case s.Line != "" && len(s.Header) == 0 && s.Zero == "":
		if r.pattern = c.pattern(path+".line", s.Line); r.pattern != nil {
			c.groups(path, s, &r)
		}
	case s.Line == "" && len(s.Header) > 0 && s.Zero == "" && c.spec.Kind == "csv":
		r.header = c.encoded(path+".header", s.Header...)
		for j, cell := range s.Cells {
			at := fmt.Sprintf("%s.cells[%d].is", path, j)
			r.cells = append(r.cells, totalCell{names: cell.Header, is: c.measure(at, cell.Is)})
		}
	case s.Line == "" && len(s.Header) == 0 && s.Zero != "":
		c.zero(path, s, &r)
	default:
		c.fail(path, "a total has one of line, header (csv) and zero", "合计应有 line、header(csv)、zero 之一")
	}
	return r
}

// groups gives each group of a pattern its measure, by its name or by what checks says.
func (c *compiler) groups(path string, s *TotalRule, r *totalRule) {
	for _, name := range r.pattern.re.SubexpNames() {
		m := measure{}
		if is, ok := s.Checks[name]; ok {
			m = c.measure(path+".checks", is)
		} else if name != "" {
			m = c.measure(path+".line", name)
		}
		r.groups = append(r.groups, m)
	}
	if len(r.groups) < 2 {
		c.fail(path+".line", "the expression has no group", "表达式没有分组")
	}
}

func (c *compiler) zero(path string, s *TotalRule, r *totalRule) {
	m := c.measure(path+".zero", s.Zero)
	r.zero = &m
	if s.ZeroIf == "" {
		return
	}
	var err error
	if r.zeroIf, err = ParseType(s.ZeroIf); err != nil {
		c.fail(path+".zero_if", "zero_if: no type %s", "zero_if:没有类型%s", quote(s.ZeroIf))
	}
}

func (c *compiler) typeMask(path string, words []string) uint16 {
	var mask uint16
	for _, w := range words {
		t, err := ParseType(w)
		if err != nil {
			c.fail(path, "of: no type %s", "of:没有类型%s", quote(w))
		}
		mask |= 1 << t
	}
	if len(words) == 0 {
		mask = ^uint16(0)
	}
	return mask
}

func (c *compiler) measure(path, is string) measure {
	if id, ok := strings.CutPrefix(is, "sum:"); ok {
		i := c.find(path, id)
		col := &c.f.columns[i]
		col.money = true
		if col.sum < 0 {
			col.sum = c.f.summed
			c.f.summed++
		}
		return measure{what: "sum", sum: col.sum, column: i, name: id}
	}
	switch is {
	case "sha256":
		c.f.hashes = true
		fallthrough
	case "count", "gross", "fee", "net", "currency":
		return measure{what: is, name: is}
	}
	c.fail(path, "%s is none of count, gross, fee, net, currency, sha256 and sum:column", "%s不是 count、gross、fee、net、currency、sha256 或 sum:列", quote(is))
	return measure{}
}
