package html

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/tillworks/till/pkg/reports"
)

// Sizes of a drawing in its own units; the page scales it to the width it has.
const (
	width    = 760
	maxBars  = 24 // a longer list is what the table is for
	barStep  = 26
	maxMarks = 400
	maxSpan  = 1e18 // beyond it the steps of an axis would not fit 64 bits
)

// chart draws a section as its table says.
func (p *page) chart(t *reports.Table, s *reports.Section) {
	switch t.Chart {
	case reports.HeatChart:
		p.heat(t, s)
	case reports.BarChart, reports.LineChart:
		c := newSeries(p, t, s)
		if c == nil {
			return
		}
		p.legend(c)
		if t.Chart == reports.LineChart && len(c.points) > 2 && len(c.points) <= maxMarks {
			p.line(c)
			return
		}
		p.bars(c)
	}
}

// legend says which mark is now and which is then.
func (p *page) legend(c *series) {
	if c.compared {
		p.put("<p class=\"legend\"><span class=\"key\"></span>%s <span class=\"key was\"></span>%s</p>\n", c.name, c.before)
	}
}

// series is the charted column of a section, and its values then.
type series struct {
	name     string
	before   string // the name of the values then
	points   []point
	compared bool
	low      int64 // at most zero
	high     int64 // at least zero
	show     func(v int64) string
}

// point is one mark: its texts are escaped.
type point struct {
	label         string
	now, then     int64
	nowSaid, said string
	hasNow        bool
	hasThen       bool
}

func newSeries(p *page, t *reports.Table, s *reports.Section) *series {
	at := -1
	for i := range t.Columns {
		if t.Columns[i].Bar {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	c := &series{name: p.text(t.Columns[at].Heading())}
	c.show = func(v int64) string { return escape(t.Show(at, s, &reports.Cell{Value: v}, p.o.Lang)) }
	before := columnOf(t, t.Columns[at].Key+"_before")
	if c.compared = before >= 0; c.compared {
		c.before = p.text(t.Columns[before].Heading())
	}
	for i := range s.Rows {
		if s.Rows[i].Kind != reports.Sum {
			c.add(p.pointOf(t, s, &s.Rows[i], at, before))
		}
	}
	if c.low == c.high || span(c.low, c.high) > maxSpan {
		return nil
	}
	return c
}

func (c *series) add(q point) {
	c.points = append(c.points, q)
	c.low, c.high = min(c.low, q.now, q.then), max(c.high, q.now, q.then)
}

func (p *page) pointOf(t *reports.Table, s *reports.Section, r *reports.Row, at, before int) point {
	now := &r.Cells[at]
	q := point{label: escape(p.labelOf(t, s, r)), now: now.Value, hasNow: !now.None, nowSaid: escape(t.Show(at, s, now, p.o.Lang))}
	q.said = q.label + ": " + q.nowSaid
	if before >= 0 {
		then := &r.Cells[before]
		q.then, q.hasThen = then.Value, !then.None
		q.said += " (" + p.text(t.Columns[before].Heading()) + ": " + escape(t.Show(before, s, then, p.o.Lang)) + ")"
	}
	return q
}

// labelOf is what a row is: its labels without the codes beside them.
func (p *page) labelOf(t *reports.Table, s *reports.Section, r *reports.Row) string {
	var labels []string
	for i := range r.Cells {
		if text := t.Show(i, s, &r.Cells[i], p.o.Lang); t.Columns[i].Label && t.Columns[i].Kind != reports.Code && text != "" {
			labels = append(labels, text)
		}
	}
	return strings.Join(labels, ", ")
}

// svg opens a drawing that is named for those who do not see it.
func (p *page) svg(height int, name string) {
	p.put("<div class=\"scroll\">\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", width, height, name)
}

// bars draws one bar a row, from the top down, and a thin one below it for then.
func (p *page) bars(c *series) {
	points := c.points[:min(len(c.points), maxBars)]
	const left, right = 190, width - 110
	zero := left + scale(uint64(-c.low), span(c.low, c.high), right-left)
	p.svg(len(points)*barStep+4, c.name)
	for i, q := range points {
		y := i * barStep
		p.put("<g><title>%s</title>", q.said)
		p.put("<text class=\"name end\" x=\"%d\" y=\"%d\">%s</text>", left-8, y+17, cut(q.label, 26))
		p.bar(c, q, y, zero, right-left)
		p.put("</g>\n")
	}
	p.put("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"0\" y2=\"%d\"/>\n</svg>\n</div>\n", zero, zero, len(points)*barStep)
	if rest := len(c.points) - len(points); rest > 0 {
		p.notes([]reports.Text{{
			EN: fmt.Sprintf("The chart shows the first %d of %d rows.", len(points), len(c.points)),
			ZH: fmt.Sprintf("图中为 %[2]d 行中的前 %[1]d 行。", len(points), len(c.points)),
		}})
	}
}

func (p *page) bar(c *series, q point, y, zero, room int) {
	whole := span(c.low, c.high)
	length := scale(magnitude(q.now), whole, room)
	kind, x := "bar", zero
	if q.now < 0 {
		kind, x = "bar neg", zero-length
	}
	height := 18
	if c.compared {
		height = 12
		was := scale(magnitude(q.then), whole, room)
		wasX := zero
		if q.then < 0 {
			wasX = zero - was
		}
		p.put("<rect class=\"was\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"5\" rx=\"1\"/>", wasX, y+16, was)
	}
	p.put("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>", kind, x, y+3, length, height)
	p.put("<text class=\"value\" x=\"%d\" y=\"%d\">%s</text>", max(zero, x+length)+6, y+17, q.nowSaid)
}

// plane is where a line is drawn.
type plane struct {
	left, right, top, bottom int
	low, high                int64
	points                   int
}

func (a *plane) x(i int) int { return a.left + (a.right-a.left)*i/max(1, a.points-1) }

func (a *plane) y(v int64) int {
	return a.bottom - scale(uint64(v-a.low), span(a.low, a.high), a.bottom-a.top)
}

// line draws the values over time, with the other period's as a dashed line.
func (p *page) line(c *series) {
	step := tick(c.low, c.high)
	a := &plane{left: 84, right: width - 40, top: 14, bottom: 226, points: len(c.points)}
	a.low, a.high = floor(c.low, step), -floor(-c.high, step)
	p.svg(256, c.name)
	for v := a.low; v <= a.high; v += step {
		p.put("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
			a.left, a.right, a.y(v), a.y(v), a.left-8, a.y(v)+4, c.show(v))
	}
	p.dates(c, a)
	if c.compared {
		p.put("<path class=\"then\" d=\"%s\"/>\n", path(a, c.points, func(q *point) (int64, bool) { return q.then, q.hasThen }))
	}
	now := path(a, c.points, func(q *point) (int64, bool) { return q.now, q.hasNow })
	if len(c.points) > 0 && !strings.Contains(now[1:], "M") {
		p.put("<path class=\"area\" d=\"%sL%d %dL%d %dZ\"/>\n", now, a.x(len(c.points)-1), a.y(0), a.x(0), a.y(0))
	}
	p.put("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n<path class=\"now\" d=\"%s\"/>\n", a.left, a.right, a.y(0), a.y(0), now)
	p.dots(c, a)
	p.put("</svg>\n</div>\n")
}

// dots are the marks that can be pointed at, as wide as their place.
func (p *page) dots(c *series, a *plane) {
	wide := max(2, (a.right-a.left)/max(1, a.points-1))
	for i := range c.points {
		q := &c.points[i]
		kind, size := "dot", 3
		if q.now < 0 {
			kind = "dot neg"
		}
		if a.points > 62 {
			size = 1
		}
		p.put("<g><title>%s</title><rect class=\"hit\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", q.said, a.x(i)-wide/2, a.top, wide, a.bottom-a.top)
		if q.hasNow {
			p.put("<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>", kind, a.x(i), a.y(q.now), size)
		}
		p.put("</g>\n")
	}
}

// dates are at most seven labels below the line.
func (p *page) dates(c *series, a *plane) {
	every := (len(c.points) + 6) / 7
	for i := 0; i < len(c.points); i += every {
		p.put("<text class=\"mid\" x=\"%d\" y=\"%d\">%s</text>\n", a.x(i), a.bottom+20, cut(c.points[i].label, 14))
	}
}

// path draws through the points that have a value; a gap begins a new stroke.
func path(a *plane, points []point, value func(*point) (int64, bool)) string {
	var b strings.Builder
	b.WriteString("M")
	gap := false
	for i := range points {
		v, ok := value(&points[i])
		switch {
		case !ok:
			gap = b.Len() > 1
			continue
		case gap:
			b.WriteString("M")
		case b.Len() > 1:
			b.WriteString("L")
		}
		gap = false
		fmt.Fprintf(&b, "%d %d", a.x(i), a.y(v))
	}
	if b.Len() == 1 {
		return "M0 0"
	}
	return b.String()
}

// heat draws a field for each number, the stronger the greater; what is below zero has
// the colour of losses.
func (p *page) heat(t *reports.Table, s *reports.Section) {
	var columns []int
	for i := range t.Columns {
		if t.Columns[i].Heat {
			columns = append(columns, i)
		}
	}
	rows, top := heatRows(t, s)
	if len(columns) == 0 || top == 0 || len(columns)*len(rows) > 10*maxMarks {
		return
	}
	const left, head, step = 120, 24, 24
	wide := (width - left) / len(columns)
	p.svg(head+len(rows)*step+2, p.text(t.Title))
	for j, i := range columns {
		if wide >= 34 || j%(34/wide+1) == 0 {
			p.put("<text class=\"mid\" x=\"%d\" y=\"15\">%s</text>\n", left+j*wide+wide/2, cut(p.text(t.Columns[i].Heading()), max(4, wide/7)))
		}
	}
	for y, r := range rows {
		label := escape(p.labelOf(t, s, r))
		p.put("<text class=\"name end\" x=\"%d\" y=\"%d\">%s</text>\n", left-8, head+y*step+16, cut(label, 16))
		for x, i := range columns {
			p.field(left+x*wide, head+y*step, wide, r.Cells[i].Value, top,
				label+", "+p.text(t.Columns[i].Heading())+": "+escape(t.Show(i, s, &r.Cells[i], p.o.Lang)))
		}
	}
	p.put("</svg>\n</div>\n")
}

func (p *page) field(x, y, wide int, v int64, top uint64, said string) {
	kind, opacity := "heat", 10+scale(magnitude(v), top, 90)
	switch {
	case v < 0:
		kind = "loss"
	case v == 0:
		kind, opacity = "void", 45
	}
	p.put("<rect class=\"%s\" fill-opacity=\"%d%%\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"22\" rx=\"3\"><title>%s</title></rect>\n", kind, opacity, x, y, max(1, wide-2), said)
}

func heatRows(t *reports.Table, s *reports.Section) ([]*reports.Row, uint64) {
	var rows []*reports.Row
	var top uint64
	for i := range s.Rows {
		if s.Rows[i].Kind != reports.Plain {
			continue
		}
		rows = append(rows, &s.Rows[i])
		for j := range s.Rows[i].Cells {
			if v := s.Rows[i].Cells[j].Value; t.Columns[j].Heat && v > 0 {
				top = max(top, magnitude(v))
			}
		}
	}
	return rows, top
}

// tick is a step of 1, 2 or 5 by a power of ten that cuts the range into at most five.
func tick(low, high int64) int64 {
	whole := int64(span(low, high))
	for power := int64(1); ; power *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if whole/(n*power) < 5 {
				return n * power
			}
		}
	}
}

// floor is the greatest multiple of step that is not above v.
func floor(v, step int64) int64 {
	down := v / step * step
	if down > v {
		down -= step
	}
	return down
}

// span is the distance of two numbers.
func span(low, high int64) uint64 { return uint64(high) - uint64(low) }

// scale is part of whole as part of size, rounded down.
func scale(part, whole uint64, size int) int {
	if whole == 0 {
		return 0
	}
	hi, lo := bits.Mul64(min(part, whole), uint64(size))
	q, _ := bits.Div64(hi, lo, whole)
	return int(q)
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// cut shortens an escaped label to about so many Latin letters; a wide letter counts as
// two and an entity as one.
func cut(s string, size int) string {
	used, entity := 0, false
	for i, r := range s {
		switch {
		case entity:
			entity = r != ';'
			continue
		case r == '&':
			entity = true
		case r >= 0x1100:
			used++
		}
		if used++; used > size {
			return s[:i] + "…"
		}
	}
	return s
}
