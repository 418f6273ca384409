package settle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// LoadSpec reads a spec from YAML and compiles it. What is wrong is a [SpecError] with
// the line: unknown keys, columns that rules name and nobody defines, alias and anchor
// nodes, contradictions.
//
// The fields that "to" may name: merchant, terminal, batch, stan, rrn, auth_code, order,
// trade, refund, original, card (masked on reading), card_last4, currency (code or
// number), settled_currency, gross, fee, net, time, or date and clock, which are put
// together with a blank, and zone. Where two columns go to one field the first that is
// not empty counts, or they are summed if they say "add".
//
// The rules of "sign": signed (the usual: a minus is a minus), negated, unsigned (the
// type of the row says it), credit, debit, cd and dc (a letter before the digits, C or D
// being plus), column and counter (another column says CR or DR, CR or DR being plus).
//
// What a total is: count, gross, fee, net, "sum:" and a column, currency (the letters of
// the totals' currency), sha256 (in hex, of all bytes before the line).
func LoadSpec(data []byte) (*Format, error) {
	var spec Spec
	doc, err := decodeYAML(data, &spec, ErrSpec)
	if err != nil {
		return nil, err
	}
	doc.name = spec.Name
	return compile(spec, doc)
}

// NewFormat compiles a spec that a program made.
func NewFormat(spec Spec) (*Format, error) {
	return compile(spec, &document{name: spec.Name, cause: ErrSpec})
}

// compiler makes a format of a spec; the first fault stops it.
type compiler struct {
	doc  *document
	spec Spec
	f    *Format
	ids  map[string]int // columns by their names in rules
	err  error
}

func compile(spec Spec, doc *document) (*Format, error) {
	c := &compiler{doc: doc, spec: spec, f: &Format{spec: spec, zones: map[string]*time.Location{}}, ids: map[string]int{}}
	for _, step := range []func(){c.names, c.shape, c.places, c.columns, c.references, c.typeRules, c.totalRules, c.endMark} {
		if step(); c.err != nil {
			return nil, c.err
		}
	}
	c.f.plan = planOf(c.f.columns)
	return c.f, nil
}

// fail keeps the first fault.
func (c *compiler) fail(path, en, zh string, args ...any) {
	if c.err == nil {
		c.err = c.doc.fault(path, textf(en, zh, args...))
	}
}

func (c *compiler) names() {
	if !regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`).MatchString(c.spec.Name) {
		c.fail("$.name", "name: got %s, want lower case, digits and hyphens", "name:得到%s,应为小写字母、数字和连字符", quote(c.spec.Name))
	}
	if c.spec.Title.EN == "" || c.spec.Title.ZH == "" {
		c.fail("$.title", "title: want en and zh", "title:需要 en 和 zh")
	}
}

// shape is what holds for the whole file.
func (c *compiler) shape() {
	s := &c.f.spec
	var ok bool
	if c.f.text, ok = codecOf(s.Encoding); !ok {
		c.fail("$.encoding", "encoding: got %s, want utf-8, gbk or latin1", "encoding:得到%s,应为 utf-8、gbk 或 latin1", quote(s.Encoding))
	}
	if s.Kind != "csv" && s.Kind != "fixed" {
		c.fail("$.kind", "kind: got %s, want csv or fixed", "kind:得到%s,应为 csv 或 fixed", quote(s.Kind))
	}
	if s.Separator == "" {
		s.Separator = ","
	}
	if len(s.Separator) != 1 || strings.ContainsAny(s.Separator, "\"\r\n\x00") || s.Separator[0] >= 0x80 {
		c.fail("$.separator", "separator: want one ASCII character, no quote or line end", "separator:应为一个 ASCII 字符,不能是引号或换行")
	}
	if len(s.Guard) > 1 || s.Guard == s.Separator || s.Guard == `"` {
		c.fail("$.guard", "guard: want one ASCII character that is neither the separator nor a quote", "guard:应为一个 ASCII 字符,不能是分隔符或引号")
	}
	if !slices.Contains([]string{"", "named", "optional", "none"}, s.Header) {
		c.fail("$.header", "header: got %s, want named, optional or none", "header:得到%s,应为 named、optional 或 none", quote(s.Header))
	}
	if s.Kind == "fixed" && (s.Guard != "" || s.Lead != nil || s.Header != "") || s.Kind == "csv" && (s.Gap || s.Filler != 0) {
		c.fail("$.kind", "a key that the kind %s does not have", "kind %s 没有的键", s.Kind)
	}
	if s.Filler < 0 || s.Filler > rowMax {
		c.fail("$.filler", "filler: want 0 to %d", "filler:应为0到%d", rowMax)
	}
	if s.Lead != nil {
		c.f.leads = [4][][]byte{
			c.encoded("$.lead.header", s.Lead.Header), c.encoded("$.lead.rows", s.Lead.Rows...),
			c.encoded("$.lead.others", s.Lead.Others...), c.encoded("$.lead.end", s.Lead.End),
		}
	}
}

func (c *compiler) encoded(path string, texts ...string) [][]byte {
	out := make([][]byte, len(texts))
	for i, t := range texts {
		b, err := c.f.text.encode(t)
		if err != nil {
			c.fail(path, "%s is not in the encoding", "该编码中没有%s", quote(t))
		}
		out[i] = b
	}
	return out
}

// places are the zone and the currency that a file is at home in.
func (c *compiler) places() {
	var ok bool
	if c.f.zone, ok = parseZone(c.spec.Zone); !ok {
		c.fail("$.zone", "zone: got %s, want +08:00, UTC or the name of a zone", "zone:得到%s,应为 +08:00、UTC 或时区名", quote(c.spec.Zone))
	}
	for word, name := range c.spec.Zones {
		if c.f.zones[word], ok = parseZone(name); !ok {
			c.fail("$.zones", "zones: %s is no zone", "zones:%s不是时区", quote(name))
		}
	}
	if c.spec.Currency != "" {
		var err error
		if c.f.home, err = money.CurrencyByCode(c.spec.Currency); err != nil {
			c.fail("$.currency", "currency: %s is not in ISO 4217", "currency:ISO 4217 中没有%s", quote(c.spec.Currency))
		}
	}
}

func (c *compiler) columns() {
	if len(c.spec.Columns) == 0 || len(c.spec.Columns) > 500 {
		c.fail("$.columns", "columns: got %d, want 1 to 500", "columns:得到%d个,应为1到500个", len(c.spec.Columns))
	}
	at := 0
	for i := range c.spec.Columns {
		path := fmt.Sprintf("$.columns[%d]", i)
		col := c.column(path, &c.spec.Columns[i])
		if c.spec.Kind == "fixed" {
			col.from, col.to = at, at+c.spec.Columns[i].Width
			at = col.to
			c.f.width = at
			if c.spec.Gap {
				at++
			}
		}
		c.f.columns = append(c.f.columns, col)
	}
	if c.f.width > rowMax {
		c.fail("$.columns", "columns: %d bytes, at most %d", "columns:%d字节,最多%d字节", c.f.width, rowMax)
	}
}

func (c *compiler) column(path string, s *Column) column {
	col := column{id: s.ID, names: s.Header, at: s.At - 1, required: s.Required, add: s.Add, signFrom: -1, yearFrom: -1, sum: -1}
	if col.id == "" {
		col.id = s.To
	}
	var ok bool
	if col.role, ok = parseRole(s.To); !ok {
		c.fail(path+".to", "to: no field %s", "to:没有字段%s", quote(s.To))
	}
	if col.sign, ok = parseSign(s.Sign); !ok {
		c.fail(path+".sign", "sign: got %s, want one of %v", "sign:得到%s,应为%v之一", quote(s.Sign), signNames())
	}
	if col.amount.decimals, ok = parseDecimals(s.Decimals); !ok {
		c.fail(path+".decimals", "decimals: got %s, want exact, trim or minor", "decimals:得到%s,应为 exact、trim 或 minor", quote(s.Decimals))
	}
	col.money = col.role.isMoney() || s.Sign != "" || s.Decimals != ""
	if len(s.Grouping) > 1 || s.Grouping == "." || s.Grouping == "-" || len(s.Symbol) > 8 {
		c.fail(path, "grouping is one character and no point, symbol at most 8 bytes", "grouping 为一个字符且不是小数点,symbol 最多8字节")
	}
	if s.Grouping != "" {
		col.amount.grouping = s.Grouping[0]
	}
	col.amount.symbol = c.encoded(path+".symbol", s.Symbol)[0]
	for _, l := range s.Layouts {
		col.layouts = append(col.layouts, newLayout(l))
	}
	if needs := col.role == roleTime || col.role == roleDate; needs != (len(col.layouts) > 0) {
		c.fail(path, "layouts belong to time and date, which need them", "layouts 属于 time 和 date,且不可缺少")
	}
	c.place(path, s)
	c.name(path, col.id, s.ID != "")
	return col
}

// place checks that a column can be found in its kind of file.
func (c *compiler) place(path string, s *Column) {
	switch {
	case c.spec.Kind == "fixed" && (s.Width < 1 || s.Width > rowMax || len(s.Header) > 0 || s.At != 0):
		c.fail(path, "a field of fixed width has a width in bytes, no header and no position", "定长字段要有字节宽度,没有表头和位置")
	case c.spec.Kind == "csv" && s.Width != 0:
		c.fail(path+".width", "width belongs to the kind fixed", "width 属于 fixed")
	case c.spec.Kind == "csv" && c.spec.Header != "none" && len(s.Header) == 0:
		c.fail(path, "header: the column has no name to be found by", "header:该列没有可供查找的名称")
	case c.spec.Kind == "csv" && (c.spec.Header == "none" || c.spec.Header == "optional" && s.Required) && s.At < 1 || s.At < 0 || s.At > cellsMax:
		c.fail(path, "at: without a header the column needs a position from 1 to %d", "at:没有表头时该列需要位置,1到%d", cellsMax)
	}
	if slices.Contains(s.Header, "") {
		c.fail(path+".header", "header: an empty name", "header:名称为空")
	}
}

// name gives the column its name in rules. Columns of one field need no names of their
// own unless a rule asks for one of them; the first has it then.
func (c *compiler) name(path, id string, own bool) {
	_, taken := c.ids[id]
	switch {
	case id != "" && !taken:
		c.ids[id] = len(c.f.columns)
	case taken && own:
		c.fail(path+".id", "id: %s is taken", "id:%s已被使用", quote(id))
	}
}

// references are the columns that columns name.
func (c *compiler) references() {
	for i := range c.f.columns {
		s, col := &c.spec.Columns[i], &c.f.columns[i]
		path := fmt.Sprintf("$.columns[%d]", i)
		if (col.sign == signColumn || col.sign == signCounter) != (s.SignFrom != "") {
			c.fail(path, "sign column or counter and sign_from belong together", "sign: column 或 counter 与 sign_from 必须同时出现")
		}
		if s.SignFrom != "" {
			col.signFrom = c.find(path+".sign_from", s.SignFrom)
		}
		if s.YearFrom != "" {
			col.yearFrom = c.find(path+".year_from", s.YearFrom)
		}
	}
	for _, must := range []role{roleGross} {
		if !slices.ContainsFunc(c.f.columns, func(col column) bool { return col.role == must }) {
			c.fail("$.columns", "columns: none goes to gross", "columns:没有列对应 gross")
		}
	}
	has := func(r role) bool {
		return slices.ContainsFunc(c.f.columns, func(col column) bool { return col.role == r })
	}
	if has(roleDate) != has(roleClock) || has(roleDate) && has(roleTime) {
		c.fail("$.columns", "columns: date and clock belong together, without time", "columns:date 与 clock 必须同时出现,且没有 time")
	}
}

func (c *compiler) find(path, id string) int {
	i, ok := c.ids[id]
	if !ok {
		c.fail(path, "no column %s", "没有列%s", quote(id))
	}
	return i
}

func (c *compiler) typeRules() {
	for i, s := range c.spec.Types {
		path := fmt.Sprintf("$.types[%d]", i)
		r := typeRule{skip: s.Skip, gross: -1}
		var err error
		if !s.Skip || s.Type != "" {
			if r.kind, err = ParseType(s.Type); err != nil {
				c.fail(path+".type", "type: no type %s", "type:没有类型%s", quote(s.Type))
			}
		}
		if s.Gross != "" {
			r.gross = c.find(path+".gross", s.Gross)
			c.f.columns[r.gross].money = true
		}
		for _, id := range sortedKeys(s.When) {
			r.conds = append(r.conds, c.condition(path+".when", id, s.When[id]))
		}
		c.f.types = append(c.f.types, r)
	}
}

func (c *compiler) condition(path, id string, values []string) condition {
	cond := condition{column: c.find(path, id)}
	if cond.any = slices.Contains(values, "*"); !cond.any {
		cond.values = c.encoded(path, values...)
	}
	if len(values) == 0 {
		c.fail(path, "when: %s has no values", "when:%s没有取值", id)
	}
	return cond
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// endMark is how the file begins and ends.
func (c *compiler) endMark() {
	if c.spec.Start != "" {
		c.f.start = c.pattern("$.start", c.spec.Start)
	}
	if c.spec.End != "" {
		c.f.end = c.pattern("$.end", c.spec.End)
	}
}
