package receipt

import (
	"strings"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
)

// The widths that paper has, in cells.
const (
	widthDefault = 32
	widthMin     = 20
)

// sheet is the paper being written. What comes from outside passes through cells.Plain
// on its way to a line, so that a host or a card cannot steer a printer or a terminal.
type sheet struct {
	strings.Builder
	width   int
	lang    i18n.Lang
	zone    *time.Location
	reprint bool
}

func newSheet(o Options) *sheet {
	s := &sheet{width: o.Width, lang: o.Lang, zone: o.Zone, reprint: o.Duplicate}
	if s.width == 0 {
		s.width = widthDefault
	}
	s.width = max(s.width, widthMin)
	if s.zone == nil {
		s.zone = time.UTC
	}
	return s
}

// say is a text in the language of the sheet.
func (s *sheet) say(t i18n.Text) string { return t.In(s.lang) }

// time is a moment in the zone of the sheet, with its distance from UTC.
func (s *sheet) time(t time.Time) string { return t.In(s.zone).Format("2006-01-02 15:04:05 -07:00") }

// line writes one line as it is.
func (s *sheet) line(text string) {
	s.WriteString(strings.TrimRight(text, " "))
	s.WriteByte('\n')
}

// rule draws a line across.
func (s *sheet) rule(fill string) { s.line(strings.Repeat(fill, s.width)) }

// center writes text in the middle, on as many lines as it takes; no text, no line.
func (s *sheet) center(text string) { s.wrap(text, cells.Center) }

// note writes a sentence from the left.
func (s *sheet) note(t i18n.Text) { s.wrap(s.say(t), cells.Left) }

func (s *sheet) wrap(text string, a cells.Align) {
	text = cells.Plain(text)
	if strings.TrimSpace(text) == "" {
		return
	}
	for _, line := range cells.Wrap(text, s.width) {
		s.line(cells.Pad(line, s.width, a))
	}
}

// row writes a label at the left and a value at the right, the value on a line of its own
// where both do not fit one, and as a paragraph where it does not fit that. No value, no
// row.
func (s *sheet) row(label i18n.Text, value string) {
	name, value := cells.Plain(s.say(label)), cells.Plain(value)
	if strings.TrimSpace(value) == "" {
		return
	}
	room := s.width - cells.Width(name) - 1
	if cells.Width(value) <= room {
		s.line(name + " " + cells.Pad(value, room, cells.Right))
		return
	}
	s.line(cells.Truncate(name, s.width))
	if cells.Width(value) <= s.width {
		s.wrap(value, cells.Right)
		return
	}
	s.wrap(value, cells.Left)
}

// duplicate marks a reprint.
func (s *sheet) duplicate() {
	if s.reprint {
		s.center(s.say(i18n.T("*** DUPLICATE ***", "*** 重打印 ***")))
	}
}

// banner writes texts in a frame, their letters apart: as large as plain text gets.
func (s *sheet) banner(texts ...i18n.Text) {
	s.rule("*")
	for _, t := range texts {
		s.framed("")
		for _, line := range spread(s.say(t), s.width-4) {
			s.framed(line)
		}
	}
	s.framed("")
	s.rule("*")
}

func (s *sheet) framed(text string) { s.line("*" + cells.Pad(text, s.width-2, cells.Center) + "*") }

// spread puts spaces between the letters of a text: on one line, or a word a line, or
// not at all, whichever first fits the width.
func spread(text string, width int) []string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		words = append(words, strings.Join(strings.Split(word, ""), " "))
	}
	if one := strings.Join(words, "   "); cells.Width(one) <= width {
		return []string{one}
	}
	for _, word := range words {
		if cells.Width(word) > width {
			return cells.Wrap(text, width)
		}
	}
	return words
}
