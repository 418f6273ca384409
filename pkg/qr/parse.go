package qr

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxBytes is what the largest symbol carries as bytes (version 40, level L; ISO/IEC
	// 18004, table 7). Offsets of a text that is no longer fit 16 bits.
	maxBytes = 2953
	// advised is the length of a code that EMVCo asks for (MPM v1.1, 3.1).
	advised = 512
	// maxDepth is how deep templates go: VietQR's 38.01 holds the bank and the account.
	maxDepth = 3
	// headLen is the ID and the length of an object.
	headLen = 4
)

// span is where one object stands in the text, in bytes.
type span struct {
	offset, value, end uint16 // its ID, its value, what follows it
	parent             int16  // the template around it, -1 at the root
	id, chars, depth   uint8
	template           bool
}

// Parse reads a merchant-presented code. Everything that can be read is in the Code,
// whatever is wrong with it; the error is the first Fatal finding, a [Finding], or nil.
func Parse(text string) (Code, error) {
	c := parse(text)
	for i := range c.findings {
		if c.findings[i].Grade == Fatal {
			return Code{p: c}, sorted(c.findings)[0]
		}
	}
	return Code{p: c}, nil
}

func parse(text string) *code {
	switch {
	case text == "":
		return refused(text, Finding{Grade: Fatal, Fault: Empty})
	case len(text) > maxBytes:
		return refused(text, Finding{Grade: Fatal, Fault: TooLong, Want: maxBytes, Got: len(text)})
	}
	p := parser{text: text, ascii: isASCII(text), spans: make([]span, 0, min(len(text)/headLen, 40))}
	p.read()
	c := p.code()
	if !p.ascii && worst(c.findings) == Fatal {
		return c.orByBytes()
	}
	return c
}

// refused is a text that is not even looked into.
func refused(text string, why Finding) *code {
	return &code{raw: &text, findings: []Finding{why}}
}

// parser reads objects; what it cannot read ends it.
type parser struct {
	text     string
	ascii    bool
	byBytes  bool // lengths count bytes
	rooted   bool // the root is sound to the last byte
	whole    bool // so are the templates that must be
	spans    []span
	findings []Finding
}

func (p *parser) read() {
	p.whole = true
	fault := p.level(0, len(p.text), -1)
	if p.rooted = fault.Grade < Fatal; !p.rooted {
		p.broken(fault)
	}
}

// broken records a fault of the structure.
func (p *parser) broken(fault Finding) {
	p.whole = false
	p.findings = append(p.findings, fault)
}

// code is what was read, checked.
func (p *parser) code() *code {
	text := p.text // not the parser's own, which would keep the parser alive
	c := &code{raw: &text, spans: p.spans, rooted: p.rooted, whole: p.whole, findings: p.findings}
	for i := range c.spans {
		if s := &c.spans[i]; s.depth == 0 && c.root[s.id] == 0 {
			c.root[s.id] = int16(i + 1) // #nosec G115 -- a text of maxBytes has fewer objects
		}
	}
	checker{c}.check()
	return c
}

// orByBytes reads a text that is no good once more with lengths that count bytes. If
// that fits to the last byte, check value and all, it says what is wrong with the code,
// and its objects are shown as their maker meant them.
func (c *code) orByBytes() *code {
	p := parser{text: c.text(), byBytes: true, spans: make([]span, 0, 40)}
	p.read()
	other := p.code()
	if !other.whole || worst(other.findings) == Fatal {
		return c
	}
	other.findings = append(other.findings, Finding{Grade: Fatal, Fault: BytesCounted})
	return other
}

// level reads the objects of a template, or of the root for a parent of -1. Its result
// is the fault that ended it, or the zero Finding.
func (p *parser) level(from, end, parent int) Finding {
	var seen [2]uint64
	for at := from; at < end; {
		s, fault := p.object(at, end, parent)
		if fault.Grade == Fatal {
			return fault
		}
		i := len(p.spans)
		p.spans = append(p.spans, s)
		if bit := uint64(1) << (s.id % 64); seen[s.id/64]&bit != 0 {
			p.repeated(i)
		} else {
			seen[s.id/64] |= bit
		}
		p.template(i)
		at = int(s.end)
	}
	return Finding{}
}

// object reads one object's head and finds its end.
func (p *parser) object(at, end, parent int) (span, Finding) {
	depth := uint8(0)
	if parent >= 0 {
		depth = p.spans[parent].depth + 1
	}
	fatal := func(f Fault, path string, want, got int) (span, Finding) {
		return span{}, Finding{Grade: Fatal, Fault: f, Path: path, Offset: at, Want: want, Got: got}
	}
	id, ok := number(p.text[at:end])
	if !ok {
		return fatal(BadTag, pathOf(p.spans, parent), 0, 0)
	}
	path := func() string { return strings.TrimPrefix(pathOf(p.spans, parent)+"."+twoDigits(id), ".") }
	chars, ok := number(p.text[at+2 : end])
	if !ok {
		return fatal(BadLength, path(), 0, 0)
	}
	stop, left := p.advance(at+headLen, end, chars)
	if left > 0 {
		return fatal(CutShort, path(), chars, chars-left)
	}
	// #nosec G115 -- offsets are below maxBytes, IDs and lengths below 100
	return span{
		offset: uint16(at), value: uint16(at + headLen), end: uint16(stop),
		parent: int16(parent), id: uint8(id), chars: uint8(chars), depth: depth,
	}, Finding{}
}

// advance goes a number of characters forward and says how many are not there.
func (p *parser) advance(at, end, chars int) (stop, left int) {
	if p.ascii || p.byBytes {
		return min(at+chars, end), max(0, at+chars-end)
	}
	for ; chars > 0 && at < end; chars-- {
		_, size := utf8.DecodeRuneInString(p.text[at:end])
		at += size
	}
	return at, chars
}

// number is the two digits that a text begins with.
func number(s string) (n int, ok bool) {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

// repeated judges an object that stands beside another of its ID. Two that say the same
// do no harm; two that differ say that one of them is to be believed, and nobody knows
// which. In data that no payment depends on even that is no reason to refuse.
func (p *parser) repeated(i int) {
	s := &p.spans[i]
	j := i - 1
	for p.spans[j].parent != s.parent || p.spans[j].id != s.id {
		j--
	}
	f := Finding{Grade: Scheme, Fault: Repeated, Path: pathOf(p.spans, i), Offset: int(s.offset)}
	if p.text[p.spans[j].value:p.spans[j].end] != p.text[s.value:s.end] {
		f.Fault = Contradiction
		if top := p.top(i); top < 62 || top == 63 {
			f.Grade = Fatal
		}
	}
	p.findings = append(p.findings, f)
}

// top is the ID at the root that the i-th object stands under.
func (p *parser) top(i int) uint8 {
	for p.spans[i].parent >= 0 {
		i = int(p.spans[i].parent)
	}
	return p.spans[i].id
}

// template reads the objects inside the i-th object where it is a template. One that
// EMVCo demands and payment depends on must be sound; of others, where real codes hold
// plain values, the value is kept as it is.
func (p *parser) template(i int) {
	must, may := p.nests(i)
	s := p.spans[i]
	if !must && !may || s.value == s.end {
		return
	}
	before := len(p.findings)
	p.spans[i].template = true
	fault := p.level(int(s.value), int(s.end), i)
	switch {
	case fault.Grade < Fatal:
	case must:
		p.broken(fault)
	default:
		p.spans, p.findings = p.spans[:i+1], p.findings[:before]
		p.spans[i].template = false
		p.findings = append(p.findings, Finding{Grade: Scheme, Fault: PlainTemplate, Path: pathOf(p.spans, i), Offset: int(s.offset)})
	}
}

// nests says whether the i-th object must hold objects, or may (EMVCo MPM v1.1, 4.8 to
// 4.10; of national schemes, what their identifier tells).
func (p *parser) nests(i int) (must, may bool) {
	s := &p.spans[i]
	switch {
	case s.depth == 0:
		return s.id >= 26 && s.id <= 51 || s.id == 62 || s.id == 64, s.id >= 80
	case s.depth > 1:
		return false, false
	}
	switch top := &p.spans[s.parent]; {
	case top.id == 62:
		return false, s.id >= 50
	case top.id >= 26 && top.id <= 51:
		first := &p.spans[s.parent+1]
		guid := p.text[first.value:first.end]
		return s.id == 1 && first.id == 0 && nestsBeneficiary(guid), false
	}
	return false, false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
