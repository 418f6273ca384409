package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Tabulate adds lines up and makes a table of them. The order of the lines never changes
// the table, and neither does it whether facts come one by one or already summed. A table
// of no lines is empty, which is no error. The errors are ErrSpec, ErrDay, ErrOverflow,
// ErrGroups and those of the lines, each with the number of the line, from 1.
func Tabulate(lines iter.Seq2[Line, error], spec Spec) (Table, error) {
	spec, err := spec.complete()
	if err != nil {
		return Table{}, err
	}
	g := newGrouper(spec)
	if err := g.read(lines); err != nil {
		return Table{}, err
	}
	return (&tabler{grouper: g}).table()
}

// tabler makes a table of what a grouper added up.
type tabler struct {
	*grouper
	across []code
}

// group is a row before it is written down.
type group struct {
	keys      [2]code
	now, then Sums
	across    map[code]*Sums

	running int64 // of Share, with all rows before it

	noNow, noThen bool // one of the periods has no such day
}

func (t *tabler) table() (Table, error) {
	table := Table{Name: t.spec.Name, Title: t.spec.Title, Period: t.spec.Period, Compare: t.spec.Compare, Chart: t.chart()}
	if table.Period == (Period{}) {
		table.Period = t.seen
	}
	t.across = t.acrossCodes()
	if len(t.across) > maxAcross {
		return Table{}, fmt.Errorf("%w: %d columns across %s, want at most %d", ErrSpec, len(t.across), t.spec.Across, maxAcross)
	}
	table.Columns = t.columns()
	sections := t.byCurrency()
	for _, i := range t.currencyOrder() {
		s, err := t.section(sections[i], table.Period)
		if err != nil {
			return Table{}, err
		}
		s.Currency = t.currencies[i]
		table.Sections = append(table.Sections, s)
	}
	return table, nil
}

func (t *tabler) chart() Chart {
	switch {
	case t.spec.Across != NoDimension:
		return HeatChart
	case len(t.spec.Rows) == 0:
		return NoChart
	case len(t.spec.Rows) == 1 && t.spec.Rows[0].isCalendar() && t.spec.Order.By == NoMeasure:
		return LineChart
	}
	return BarChart
}

// currencyOrder is the places of the currencies that have a group, by code.
func (t *tabler) currencyOrder() []int {
	var order []int
	for i := range t.currencies {
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(t.currencies[a].Code(), t.currencies[b].Code()) })
	return order
}

// byCurrency makes groups of the keys; those that differ only across are one.
func (t *tabler) byCurrency() [][]*group {
	sections := make([][]*group, len(t.currencies))
	rows := map[groupKey]*group{}
	for i, key := range t.keys {
		across := key.across
		key.across = 0
		row := rows[key]
		if row == nil {
			row = &group{keys: key.rows}
			sections[key.currency] = append(sections[key.currency], row)
			if t.spec.Across == NoDimension {
				row.now = t.now[i]
				if len(t.then) > 0 {
					row.then = t.then[i]
				}
				continue
			}
			rows[key], row.across = row, map[code]*Sums{}
		}
		row.across[across] = &t.now[i]
	}
	return sections
}

// section orders, folds and adds up the rows of one currency.
func (t *tabler) section(rows []*group, period Period) (Section, error) {
	total := &group{across: map[code]*Sums{}}
	for _, r := range rows {
		if err := r.sumAcross(); err != nil {
			return Section{}, err
		}
		if err := total.add(r); err != nil {
			return Section{}, err
		}
	}
	rows, err := t.fill(rows, period)
	if err != nil {
		return Section{}, err
	}
	if err := t.sort(rows); err != nil {
		return Section{}, err
	}
	rest, err := t.fold(&rows)
	if err != nil {
		return Section{}, err
	}
	return t.write(rows, rest, total)
}

// run adds the measure of the shares up, row by row.
func (t *tabler) run(rows []*group) error {
	var sum int64
	for _, r := range rows {
		v, _, err := value(t.spec.Share, &r.now)
		if err != nil {
			return err
		}
		if sum, _, err = exactly(t.spec.Share, sum, 1, v); err != nil {
			return err
		}
		r.running = sum
	}
	return nil
}

// write makes the cells.
func (t *tabler) write(rows []*group, rest *folded, total *group) (Section, error) {
	if t.spec.Classes {
		if err := t.run(rows); err != nil {
			return Section{}, err
		}
	}
	s := Section{Rows: make([]Row, 0, len(rows)+1)}
	for _, r := range rows {
		t.mark(r)
		row, err := t.row(Plain, t.labelCells(r.keys), r, total)
		if err != nil {
			return Section{}, err
		}
		s.Rows = append(s.Rows, row)
	}
	if rest != nil {
		row, err := t.row(Other, t.saidCells("other", textf("Other (%d)", "其他（%d）", rest.rows)), &rest.group, total)
		if err != nil {
			return Section{}, err
		}
		s.Rows = append(s.Rows, row)
	}
	if len(t.spec.Rows) == 0 {
		return s, nil
	}
	row, err := t.row(Sum, t.saidCells("total", Text{"Total", "合计"}), total, total)
	s.Total = &row
	return s, err
}

// mark finds the days that only one of the periods has.
func (t *tabler) mark(r *group) {
	for i, d := range t.spec.Rows {
		if t.spec.Compare != (Period{}) {
			now, then := t.align.has(d, r.keys[i])
			r.noNow, r.noThen = r.noNow || !now, r.noThen || !then
		}
	}
}

// sumAcross makes a row's sums of those of its columns.
func (g *group) sumAcross() error {
	for _, s := range g.across {
		if err := g.now.Add(s); err != nil {
			return err
		}
	}
	return nil
}

// add adds another row.
func (g *group) add(o *group) error {
	if err := g.now.Add(&o.now); err != nil {
		return err
	}
	for c, s := range o.across {
		if g.across[c] == nil {
			g.across[c] = &Sums{}
		}
		if err := g.across[c].Add(s); err != nil {
			return err
		}
	}
	return g.then.Add(&o.then)
}

// folded is the rows that Top leaves out.
type folded struct {
	group
	rows int
}

// fold cuts rows to the top ones and adds the others up.
func (t *tabler) fold(rows *[]*group) (*folded, error) {
	if t.spec.Top == 0 || len(*rows) <= t.spec.Top {
		return nil, nil
	}
	rest := &folded{group: group{across: map[code]*Sums{}}, rows: len(*rows) - t.spec.Top}
	for _, r := range (*rows)[t.spec.Top:] {
		if err := rest.add(r); err != nil {
			return nil, err
		}
	}
	*rows = (*rows)[:t.spec.Top]
	return rest, nil
}

// fill adds the rows of time that no line has.
func (t *tabler) fill(rows []*group, period Period) ([]*group, error) {
	if !t.spec.Fill || !t.spec.Rows[0].isCalendar() && len(rows) == 0 {
		return rows, nil
	}
	has := map[code]bool{}
	for _, r := range rows {
		has[r.keys[0]] = true
	}
	d := t.spec.Rows[0]
	first, last := t.bounds(d, period)
	for c := first; c <= last; c++ {
		if has[c] || d == ByDay && !c.day().Valid() {
			continue
		}
		if len(rows) >= t.spec.MaxGroups {
			return nil, fmt.Errorf("%w: more than %d", ErrGroups, t.spec.MaxGroups)
		}
		rows = append(rows, &group{keys: [2]code{c}})
	}
	return rows, nil
}

// bounds are the first and last code of a dimension of time in a period.
func (t *tabler) bounds(d Dimension, p Period) (first, last code) {
	switch {
	case d == ByWeekday:
		return 1, 7
	case d == ByHour:
		return 1, 24
	case p == (Period{}):
		return 1, 0
	}
	return timeCode(d, p.From), timeCode(d, p.To)
}

// acrossCodes are the columns across: all days of the week, all other times from the
// first to the last, and labels by key.
func (t *tabler) acrossCodes() []code {
	var list []code
	seen := map[code]bool{}
	for _, k := range t.keys {
		if t.spec.Across != NoDimension && !seen[k.across] {
			seen[k.across] = true
			list = append(list, k.across)
		}
	}
	d := t.spec.Across
	slices.SortFunc(list, func(a, b code) int { return t.compareCodes(d, a, b) })
	if !d.isTime() || len(list) == 0 || len(list) == 1 && list[0] == 0 {
		return list
	}
	first, last := t.bounds(d, t.seen)
	if d == ByHour {
		first, last = list[0], list[len(list)-1]
		if last == 0 {
			last = list[len(list)-2]
		}
	}
	return between(d, first, last, seen[0])
}

// between are all codes from first to last, and the unknown one last where it is wanted.
func between(d Dimension, first, last code, unknown bool) []code {
	var all []code
	for c := first; c <= last && len(all) <= maxAcross; c++ {
		if d != ByDay || c.day().Valid() {
			all = append(all, c)
		}
	}
	if unknown {
		all = append(all, 0)
	}
	return all
}

// sort orders rows by the measure of the spec, and then by key.
func (t *tabler) sort(rows []*group) error {
	by := t.spec.Order.By
	type sorted struct {
		*group
		value int64
		none  bool
	}
	list := make([]sorted, len(rows))
	for i, r := range rows {
		list[i].group = r
		if by == NoMeasure {
			continue
		}
		v, ok, err := value(by, &r.now)
		if err != nil {
			return err
		}
		list[i].value, list[i].none = v, !ok
	}
	slices.SortFunc(list, func(a, b sorted) int {
		byValue := cmp.Compare(b.value, a.value)
		if t.spec.Order.Ascending {
			byValue = -byValue
		}
		if a.none != b.none {
			byValue = -1
			if a.none {
				byValue = 1
			}
		}
		return cmp.Or(byValue, t.compareKeys(a.keys, b.keys))
	})
	for i := range list {
		rows[i] = list[i].group
	}
	return nil
}

func (t *tabler) compareKeys(a, b [2]code) int {
	for i, d := range t.spec.Rows {
		if c := t.compareCodes(d, a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// compareCodes orders codes of a dimension; what is unknown or none comes last.
func (t *tabler) compareCodes(d Dimension, a, b code) int {
	switch {
	case a == b:
		return 0
	case d.isTime():
		return cmp.Compare(a-1, b-1) // unsigned: 0 is the greatest
	}
	x, y := t.labels[d].key(a), t.labels[d].key(b)
	if x == "" || y == "" {
		return cmp.Compare(len(y), len(x))
	}
	return bytes.Compare([]byte(x), []byte(y))
}

// label says a code: its key and its text.
func (t *tabler) label(d Dimension, c code) (string, Text) {
	if d.isTime() {
		if t.spec.Compare != (Period{}) {
			if own, beyond := t.align.beyond(d, c); beyond {
				key, _ := timeLabel(d, own)
				return key, Same("(" + key + ")")
			}
		}
		return timeLabel(d, c)
	}
	key := t.labels[d].key(c)
	if t.spec.Names != nil {
		if name := t.spec.Names(d, key); !name.IsZero() {
			return key, name
		}
	}
	if key == "" {
		return "", Text{"(none)", "（无）"}
	}
	return key, Same(key)
}

// labelCells say what a row is.
func (t *tabler) labelCells(keys [2]code) []Cell {
	var cells []Cell
	for i, d := range t.spec.Rows {
		key, text := t.label(d, keys[i])
		if t.hasKeys(d) {
			cells = append(cells, ID(key))
		}
		cells = append(cells, Say(key, text))
	}
	return cells
}

// saidCells are the labels of a row that stands for several.
func (t *tabler) saidCells(key string, text Text) []Cell {
	var cells []Cell
	for i, d := range t.spec.Rows {
		if t.hasKeys(d) {
			cells = append(cells, ID(""))
		}
		if i == 0 {
			cells = append(cells, Say(key, text))
		} else {
			cells = append(cells, Say("", Text{}))
		}
	}
	return cells
}

func (t *tabler) hasKeys(d Dimension) bool { return t.spec.Keys && !d.isTime() }

// row puts numbers behind labels.
func (t *tabler) row(kind RowKind, cells []Cell, g, total *group) (Row, error) {
	for _, c := range t.across {
		cell, err := numberCell(t.spec.Measures[0], sumsOf(g.across[c]))
		if err != nil {
			return Row{}, err
		}
		cells = append(cells, cell)
	}
	for _, m := range t.spec.Measures {
		more, err := t.measureCells(m, g)
		if err != nil {
			return Row{}, err
		}
		cells = append(cells, more...)
	}
	if t.spec.Share != NoMeasure {
		cell, err := shareCell(t.spec.Share, g, total)
		if err != nil {
			return Row{}, err
		}
		cells = append(cells, cell)
	}
	if t.spec.Classes {
		more, err := t.classCells(kind, g, total)
		if err != nil {
			return Row{}, err
		}
		cells = append(cells, more...)
	}
	return Row{Kind: kind, Cells: cells}, nil
}

// Where classes end, in tenths of a percent of what the rows before a row make.
const (
	endOfA = 800
	endOfB = 950
)

// classCells are the running share of a row and its class. Rows that stand for several
// have none.
func (t *tabler) classCells(kind RowKind, g, total *group) ([]Cell, error) {
	own, _, err := value(t.spec.Share, &g.now)
	if err != nil {
		return nil, err
	}
	whole, _, err := value(t.spec.Share, &total.now)
	if err != nil {
		return nil, err
	}
	share, ok := percent(g.running, whole)
	if kind != Plain || !ok {
		return []Cell{None(), Say("", Text{})}, nil
	}
	before, class := g.running-own, "C"
	switch {
	case own <= 0:
	case isBelow(before, endOfA, whole):
		class = "A"
	case isBelow(before, endOfB, whole):
		class = "B"
	}
	return []Cell{Number(share), Say(class, Same(class))}, nil
}

// sumsOf is the sums of a place without lines, too.
func sumsOf(s *Sums) *Sums {
	if s == nil {
		return &Sums{}
	}
	return s
}

// measureCells are a measure's value and, where periods are compared, its value then,
// the difference and the percentage.
func (t *tabler) measureCells(m Measure, g *group) ([]Cell, error) {
	now, err := numberCell(m, &g.now)
	if err != nil || t.spec.Compare == (Period{}) {
		return []Cell{now}, err
	}
	then, err := numberCell(m, &g.then)
	if err != nil {
		return nil, err
	}
	if g.noNow {
		now = None()
	}
	if g.noThen {
		then = None()
	}
	cells := []Cell{now, then, None()}
	if m.Kind() != Percent {
		cells = append(cells, None())
	}
	if now.None || then.None {
		return cells, nil
	}
	diff, ok := subExact(now.Value, then.Value)
	if !ok {
		return nil, fmt.Errorf("%s: %d less %d: %w", m, now.Value, then.Value, ErrOverflow)
	}
	cells[2] = Number(diff)
	if v, ok := percent(diff, then.Value); ok && m.Kind() != Percent {
		cells[3] = Number(v)
	}
	return cells, nil
}

func numberCell(m Measure, s *Sums) (Cell, error) {
	v, ok, err := value(m, s)
	if err != nil || !ok {
		return None(), err
	}
	return Number(v), nil
}

func shareCell(m Measure, g, total *group) (Cell, error) {
	part, _, err := value(m, &g.now)
	if err != nil {
		return None(), err
	}
	whole, _, err := value(m, &total.now)
	if err != nil {
		return None(), err
	}
	if v, ok := percent(part, whole); ok {
		return Number(v), nil
	}
	return None(), nil
}

// columns are those of all sections.
func (t *tabler) columns() []Column {
	var list []Column
	for _, d := range t.spec.Rows {
		if t.hasKeys(d) {
			list = append(list, Column{Key: d.String() + "_code", Title: textf("%s code", "%s编码", d.Title()), Kind: Code, Label: true})
		}
		list = append(list, Column{Key: d.String(), Title: d.Title(), Kind: Words, Label: true})
	}
	charted := t.chartedMeasure()
	for _, c := range t.across {
		key, text := t.label(t.spec.Across, c)
		list = append(list, Column{Key: t.spec.Across.String() + "_" + cmp.Or(key, "none"), Title: text, Kind: charted.Kind(), Heat: true})
	}
	for _, m := range t.spec.Measures {
		list = append(list, t.measureColumns(m, m == charted)...)
	}
	if m := t.spec.Share; m != NoMeasure {
		list = append(list, Column{Key: m.String() + "_share", Title: textf("%s share", "%s占比", m.Title()), Kind: Percent})
	}
	if t.spec.Classes {
		list = append(list, Column{Key: t.spec.Share.String() + "_running_share", Title: Text{"Running share", "累计占比"}, Kind: Percent},
			Column{Key: "class", Title: Text{"Class", "分级"}})
	}
	return list
}

func (t *tabler) measureColumns(m Measure, charted bool) []Column {
	key, title, kind := m.String(), m.Title(), m.Kind()
	list := []Column{{Key: key, Title: title, Kind: kind, Bar: charted && len(t.spec.Rows) > 0}}
	if t.spec.Compare == (Period{}) {
		return list
	}
	list = append(list,
		Column{Key: key + "_before", Title: textf("%s before", "%s（对比期）", title), Kind: kind},
		Column{Key: key + "_change", Title: textf("%s change", "%s增减", title), Kind: kind, Signed: true})
	if kind != Percent {
		list = append(list, Column{Key: key + "_change_percent", Title: textf("%s change %%", "%s增幅", title), Kind: Percent, Signed: true})
	}
	return list
}

// chartedMeasure is the one that rows are ordered by, or the first of money, or the first.
func (t *tabler) chartedMeasure() Measure {
	if slices.Contains(t.spec.Measures, t.spec.Order.By) {
		return t.spec.Order.By
	}
	for _, m := range t.spec.Measures {
		if m.Kind() == Money {
			return m
		}
	}
	return t.spec.Measures[0]
}
