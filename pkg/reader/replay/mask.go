package replay

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
)

// Masked is a copy of the trace without card data: see the package documentation.
// Masking what is masked changes nothing.
func (t *Trace) Masked() *Trace {
	masked := t.masked()
	for range maxRounds {
		again := masked.masked()
		if masked.isEqual(again) {
			break
		}
		masked = again
	}
	return masked
}

// maxRounds is how often bytes that are no objects are looked at: where a part of them
// became zeros, others may look like an object that they did not look like before.
const maxRounds = 16

// isEqual reports the same bytes in all exchanges of two traces of one origin.
func (t *Trace) isEqual(u *Trace) bool {
	for i, s := range t.Sessions {
		for j, x := range s.Exchanges {
			y := u.Sessions[i].Exchanges[j]
			if !bytes.Equal(x.Command, y.Command) || !bytes.Equal(x.Response, y.Response) {
				return false
			}
		}
	}
	return true
}

// masked is one look at the trace.
func (t *Trace) masked() *Trace {
	m := &masker{stand: map[string]string{}, used: map[string]int{}}
	out := &Trace{Cut: t.Cut, Sessions: make([]Session, len(t.Sessions))}
	for i, s := range t.Sessions {
		out.Sessions[i] = copied(s)
		m.learn(out.Sessions[i])
	}
	for i := range out.Sessions {
		m.session(&out.Sessions[i])
	}
	return out
}

func copied(s Session) Session {
	s.ATR, s.Exchanges = bytes.Clone(s.ATR), slices.Clone(s.Exchanges)
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		x.Command, x.Response = bytes.Clone(x.Command), bytes.Clone(x.Response)
	}
	return s
}

// masker knows the numbers of all cards of a trace and what stands for each.
type masker struct {
	stand map[string]string // digits by digits
	order []string          // the numbers as they were met, so that the result is the same each time
	used  map[string]int    // how many of a brand and length are taken
}

// learn finds the numbers of a session.
func (m *masker) learn(s Session) {
	if s.IsStripe() {
		m.add(s.Track2.PAN.Reveal())
	}
	for _, a := range answers(s.Exchanges) {
		tree, _ := emv.Parse(a.data(), emv.Lenient)
		for i, n := range tree {
			if i == n.Last {
				m.add(numberIn(n.Tag, n.Value))
			}
		}
	}
}

// add chooses what stands for a number. One that is published for tests stands for
// itself.
func (m *masker) add(digits string) {
	pan, err := card.ParsePAN(digits)
	if _, known := m.stand[digits]; known || err != nil {
		return
	}
	m.order = append(m.order, digits)
	if pan.IsPublishedTest() {
		m.stand[digits] = digits
		return
	}
	brand := pan.Brand()
	for {
		key := string(brand) + "/" + string(rune(len(digits)))
		number, _ := card.TestNumber(brand, len(digits), m.used[key]) // 8 to 19 digits, or it were no number
		m.used[key]++
		if m.used[key] > MaxExchanges || !m.isTaken(number.Reveal()) {
			m.stand[digits] = number.Reveal()
			return
		}
	}
}

// isTaken reports a number that stands for one of the cards already.
func (m *masker) isTaken(digits string) bool {
	for _, taken := range m.stand {
		if taken == digits {
			return true
		}
	}
	return false
}

// numberIn is the card number in an object that has one by its meaning, "" for others.
func numberIn(tag emv.Tag, v []byte) string {
	switch tag {
	case emv.TagPAN:
		return strings.TrimRight(text(v), "F")
	case emv.TagTrack2, tagTrack2Contactless:
		number, _, _ := strings.Cut(text(v), "D")
		return number
	case tagTrack1, tagTrack1Stripe:
		number, _, _ := strings.Cut(strings.TrimPrefix(string(v), "B"), "^")
		return number
	case tagTrack2Stripe:
		number, _, _ := strings.Cut(text(v), "D")
		return number
	}
	return ""
}

// The tags that are masked in a way of their own.
const (
	tagTrack1              emv.Tag = 0x56   // track 1 data of a contactless stripe
	tagTrack1Stripe        emv.Tag = 0x5F21 // track 1 as on the stripe (ISO/IEC 7816-6)
	tagTrack2Stripe        emv.Tag = 0x5F22 // track 2 as on the stripe
	tagTrack2Contactless   emv.Tag = 0x9F6B // track 2 of a contactless stripe
	tagIssuerCertificate   emv.Tag = 0x90
	tagSignedStaticData    emv.Tag = 0x93   // a hash over data with the number
	tagPINCertificate      emv.Tag = 0x9F2D // the number is recovered from it
	tagSignedDynamicData   emv.Tag = 0x9F4B
	tagCardCertificate     emv.Tag = 0x9F46 // likewise
	instructionGetResponse         = 0xC0
	instructionGetData             = 0xCA
	classReader                    = 0xFF // commands to the reader itself (PC/SC part 3)
	testName                       = "TEST/CARD"
	secureMessagingOfClass         = 0x0C
)

// session masks a session in its place.
func (m *masker) session(s *Session) {
	if s.IsStripe() {
		s.Track2 = m.stripe(s.Track2)
	}
	for _, a := range answers(s.Exchanges) {
		a.put(m.answer(a.command(), a.data()))
	}
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		m.command(x.Command)
	}
	m.everywhere(s.Exchanges)
}

// stripe is a track of the number that stands for the card's.
func (m *masker) stripe(t card.Track2) card.Track2 {
	rest := t.Reveal()[t.PAN.Len()+1:]
	masked, _ := card.ParseTrack2(m.stand[t.PAN.Reveal()] + "=" + rest[:7] + zeros(rest[7:])) // as the one it was made of
	return masked
}

// answer is the whole data of an answer, masked.
func (m *masker) answer(command, data []byte) []byte {
	if command[0] == classReader && command[1] == instructionGetData {
		return make([]byte, len(data))
	}
	if isFormat1Cryptogram(command, data) {
		issuer := data[format1Head+format1Cryptogram:]
		copy(issuer, scrub(issuer))
		return data
	}
	m.objects(data, 0)
	if command[1] == insGenerateAC {
		unsign(data)
	}
	return data
}

// The parts of an answer of format 1 to GENERATE AC (EMV Book 3, 6.5.5.4): tag and length;
// CID, ATC and cryptogram. What follows is the issuer's application data.
const (
	format1Head       = 2
	format1Cryptogram = 1 + 2 + 8
)

// isFormat1Cryptogram reports an answer whose meaning its places tell. The random digits of
// a cryptogram look like a card number once in some hundred answers, and none is one.
func isFormat1Cryptogram(command, data []byte) bool {
	return command[1] == insGenerateAC && len(data) >= format1Head+format1Cryptogram &&
		data[0] == byte(emv.TagResponse1) && int(data[1]) == len(data)-format1Head
}

// unsign puts a cryptogram of zeros in the place of a signature that holds the cryptogram
// (combined data authentication, EMV Book 2, 6.6): without the card's certificates
// nobody can take it out. What it is shorter is filled with 00 (Book 3, annex B1).
func unsign(data []byte) {
	tree, _ := emv.Parse(data, emv.Lenient)
	signed, ok := tree.Find(emv.TagResponse2, tagSignedDynamicData)
	if _, open := tree.Find(emv.TagResponse2, emv.TagAC); !ok || open || signed.Header+len(signed.Value) < 11 {
		return
	}
	place := data[signed.Offset:signed.End()]
	clear(place)
	copy(place, []byte{0x9F, 0x26, 0x08})
}

// maxTorn is how many templates that break off may lie in one another.
const maxTorn = 4

// objects masks data objects in their place. What is inside a template that breaks off is
// looked at as if it stood alone.
func (m *masker) objects(data []byte, depth int) {
	tree, _ := emv.Parse(data, emv.Lenient)
	for i, n := range tree {
		if i != n.Last {
			continue
		}
		value := data[n.Offset+n.Header:][:len(n.Value)]
		switch {
		case n.IsRest():
			copy(value, rest(n))
		case n.Tag.IsConstructed() && depth < maxTorn:
			m.objects(value, depth+1)
		case n.Tag.IsConstructed():
			clear(value)
		default:
			copy(value, m.leaf(n))
		}
	}
}

// leaf is the masked value of an object without objects inside.
func (m *masker) leaf(n emv.Node) []byte {
	e, known := emv.Lookup(n.Tag)
	switch {
	case isRecoverable(n.Tag):
		return make([]byte, len(n.Value))
	case !known:
		return scrub(n.Value)
	case n.Tag == emv.TagAC && len(n.Value) == 8:
		return n.Value // random digits, of which some look like a card number
	case e.Class == emv.ClassPAN:
		return m.number(n.Value)
	case e.Class == emv.ClassTrack:
		return m.track(n.Tag, n.Value)
	case e.Class == emv.ClassName:
		return name(len(n.Value))
	case e.IsSensitive():
		return blank(n.Value)
	case e.Format == emv.FormatBinary || e.Format == emv.FormatVariable:
		return scrub(n.Value)
	}
	return n.Value
}

// rest is the masked value of bytes that no object could be read from.
func rest(n emv.Node) []byte {
	var fault *emv.SyntaxError
	if errors.As(n.Warning, &fault) {
		if e, known := emv.Lookup(fault.Tag); known && e.IsSensitive() {
			return make([]byte, len(n.Value)) // the beginning of one
		}
	}
	return scrub(n.Value)
}

// isRecoverable reports an object that the number can be had from by who has the public
// keys of the scheme, or by trying.
func isRecoverable(tag emv.Tag) bool {
	return tag == tagIssuerCertificate || tag == tagSignedStaticData || tag == tagPINCertificate || tag == tagCardCertificate
}

// number is the stand-in of a number coded cn, in the same length.
func (m *masker) number(v []byte) []byte {
	digits := strings.TrimRight(text(v), "F")
	stand, ok := m.stand[digits]
	if !ok {
		return make([]byte, len(v))
	}
	out, _ := hex.DecodeString(stand + strings.Repeat("F", 2*len(v)-len(stand))) // as many digits as there were
	return out
}

// track is a track without what the issuer keeps in it.
func (m *masker) track(tag emv.Tag, v []byte) []byte {
	switch tag {
	case emv.TagTrack2, tagTrack2Contactless, tagTrack2Stripe:
		return m.track2(v)
	case tagTrack1, tagTrack1Stripe:
		return m.track1(v)
	}
	return blank(v)
}

func (m *masker) track2(v []byte) []byte {
	number, rest, ok := strings.Cut(text(v), "D")
	stand, known := m.stand[number]
	digits := strings.TrimRight(rest, "F")
	if !ok || !known || !isDigits(digits) {
		return make([]byte, len(v))
	}
	kept := min(7, len(digits)) // expiry and service code
	out, err := hex.DecodeString(stand + "D" + digits[:kept] + zeros(digits[kept:]) + rest[len(digits):])
	if err != nil {
		return make([]byte, len(v))
	}
	return out
}

// track1 is B, number, ^, name, ^, expiry and service code, the rest.
func (m *masker) track1(v []byte) []byte {
	parts := strings.SplitN(string(v), "^", 3)
	if len(parts) != 3 || !strings.HasPrefix(parts[0], "B") {
		return blank(v)
	}
	stand, known := m.stand[parts[0][1:]]
	kept := min(7, len(parts[2]))
	if !known || !isDigits(parts[2][:kept]) {
		return blank(v)
	}
	return []byte("B" + stand + "^" + string(name(len(parts[1]))) + "^" + parts[2][:kept] + zeros(parts[2][kept:]))
}

// command masks what a command carries of a PIN.
func (m *masker) command(c []byte) {
	if len(c) > 5 && carriesPIN(c) {
		clear(c[5:min(len(c), 5+int(c[4]))])
	}
}

// carriesPIN reports the commands of ISO/IEC 7816-4 with reference data (VERIFY 20, 21;
// CHANGE 24, 25; ENABLE and DISABLE 26, 28; RESET RETRY COUNTER 2C, 2D), in clear or
// enciphered.
func carriesPIN(c []byte) bool {
	switch c[1] {
	case 0x20, 0x21, 0x24, 0x25, 0x26, 0x28, 0x2C, 0x2D:
		return c[0] != classReader
	}
	return false
}

// everywhere replaces the numbers wherever they stand, in commands and in answers, even
// across the pieces of a session.
func (m *masker) everywhere(exchanges []Exchange) {
	var whole []byte
	for _, x := range exchanges {
		whole = append(whole, x.Data()...)
	}
	m.replace(whole, false) // tracks lie in objects, and were masked there
	for _, x := range exchanges {
		whole = whole[copy(x.Data(), whole):]
		m.replace(x.Command, true)
	}
}

// replace replaces the numbers in bytes, as packed digits at any half byte and as text,
// and where it is asked to, what follows as on a track 2.
func (m *masker) replace(b []byte, tracks bool) {
	packed := []byte(text(b))
	for _, digits := range m.order {
		stand := m.stand[digits]
		if replaceRuns(packed, digits, stand, tracks) {
			_, _ = hex.Decode(b, packed) // of digits alone
		}
		if replaceRuns(b, digits, stand, tracks) {
			copy(packed, text(b))
		}
	}
}

// replaceRuns replaces digits in text and reports whether there were any. Of tracks, the
// digits behind separator, expiry and service code become zeros.
func replaceRuns(text []byte, digits, stand string, tracks bool) bool {
	found := false
	for pos := 0; ; {
		i := bytes.Index(text[pos:], []byte(digits))
		if i < 0 {
			return found
		}
		found = true
		pos += i + copy(text[pos+i:], stand)
		if tracks && pos < len(text) && (text[pos] == 'D' || text[pos] == '=') {
			for j := pos + 8; j < len(text) && text[j] >= '0' && text[j] <= '9'; j++ {
				text[j] = '0'
			}
		}
	}
}

// scrub is bytes of unknown meaning; from a card number on, packed or as text, they are
// zeros.
func scrub(v []byte) []byte {
	out := bytes.Clone(v)
	if i := numberAt(string(v)); i >= 0 {
		clear(out[i:])
	}
	if i := numberAt(text(out)); i >= 0 {
		clear(out[i/2:])
	}
	return out
}

// numberAt is where the first run of digits begins that holds a card number, -1 without
// one.
func numberAt(s string) int {
	for start := 0; start < len(s); {
		end := start
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if holdsNumber(s[start:end]) {
			return start
		}
		start = end + 1
	}
	return -1
}

// holdsNumber reports a stretch of 13 to 19 digits that begins as payment cards do (2 to
// 6) and ends in its check digit.
func holdsNumber(digits string) bool {
	for start := 0; start+13 <= len(digits); start++ {
		if digits[start] < '2' || digits[start] > '6' {
			continue
		}
		for size := 13; size <= 19 && start+size <= len(digits); size++ {
			if card.Luhn(digits[start : start+size]) {
				return true
			}
		}
	}
	return false
}

// name is the name of nobody, so many characters long.
func name(length int) []byte {
	return []byte((testName + strings.Repeat(" ", length))[:length])
}

// blank is a value of the same length: text as digits 0, else zeros.
func blank(v []byte) []byte {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return make([]byte, len(v))
		}
	}
	return []byte(zeros(string(v)))
}

func zeros(s string) string { return strings.Repeat("0", len(s)) }

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Answer is what a card said to a command, its pieces put together.
type Answer struct {
	Line    int // of the command in the file; 0 of what was not read from one
	Command []byte
	Data    []byte
	SW      uint16 // of the last piece; 0 where it has none
}

// Answers gives the commands of a session with their whole answers: what came by GET
// RESPONSE (61xx) stands behind the command that it belongs to.
func (s Session) Answers() []Answer {
	var all []Answer
	for _, w := range answers(s.Exchanges) {
		all = append(all, Answer{Line: w[0].Line, Command: w.command(), Data: w.data(), SW: w[len(w)-1].SW()})
	}
	return all
}

// Numbers are the card numbers that the cards of a trace told, each once.
func (t *Trace) Numbers() []card.PAN {
	m := &masker{stand: map[string]string{}, used: map[string]int{}}
	for _, s := range t.Sessions {
		m.learn(s)
	}
	pans := make([]card.PAN, len(m.order))
	for i, digits := range m.order {
		pans[i], _ = card.ParsePAN(digits) // it was one when it was learnt
	}
	return pans
}

// whole is an answer with all its pieces: a command, and the GET RESPONSEs that fetch the
// rest.
type whole []Exchange

// answers groups the exchanges by the command that they answer.
func answers(exchanges []Exchange) []whole {
	var all []whole
	for start := 0; start < len(exchanges); {
		end := start + 1
		for end < len(exchanges) && exchanges[end].Command[1] == instructionGetResponse {
			end++
		}
		all = append(all, whole(exchanges[start:end]))
		start = end
	}
	return all
}

func (w whole) command() []byte { return w[0].Command }

// data is the data of all pieces, one behind the other.
func (w whole) data() []byte {
	var data []byte
	for _, x := range w {
		data = append(data, x.Data()...)
	}
	return data
}

// put puts masked data back into the pieces.
func (w whole) put(data []byte) {
	for _, x := range w {
		data = data[copy(x.Data(), data):]
	}
}
