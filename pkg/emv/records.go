package emv

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// initiate is GET PROCESSING OPTIONS (Book 3, 10.1 and 6.5.8).
func (r *run) initiate() error {
	list, err := r.dol(StepInitiate, TagPDOL)
	if err != nil {
		return err
	}
	c, err := r.filled(StepInitiate, list, command{cla: 0x80, ins: 0xA8, expect: true}, TagCommandTemplate)
	if err != nil {
		return err
	}
	r.auth = authentication{sent: list.Fill(r.dolValue)}
	if r.isContactless() {
		return r.ask(StepInitiate, c, r.onTapOptions)
	}
	return r.ask(StepInitiate, c, r.onOptions)
}

func (r *run) onOptions(a answer) error {
	switch {
	case a.sw == 0x6985:
		return r.drop("The card does not want this application here", "卡片在此不接受该应用")
	case !a.ok():
		return badStatus(StepInitiate, a.sw)
	}
	aip, afl, err := options(a.data)
	if err != nil {
		return err
	}
	return r.takeOptions(aip, afl)
}

// takeOptions keeps profile and file locator and begins to read.
func (r *run) takeOptions(aip, afl []byte) error {
	entries, err := ParseAFL(afl)
	if err != nil {
		return badFormat(StepInitiate, TagAFL, err)
	}
	r.card[TagAIP], r.card[TagAFL] = aip, afl
	r.records = map[Tag]bool{TagAIP: true, TagAFL: true}
	r.noteBits("The card can: %s", "卡片支持：%s", TagAIP, aip)
	for _, e := range entries {
		r.note("%s", "%s", both(e.Text))
	}
	return r.readRecords(entries)
}

// options takes interchange profile and file locator from an answer of format 1 or 2.
func options(data []byte) (aip, afl []byte, err error) {
	tree, err := Parse(data, Strict)
	if err != nil {
		return nil, nil, badFormat(StepInitiate, 0, err)
	}
	if v, ok := only(tree, TagResponse1); ok {
		if len(v.Value) < 6 {
			return nil, nil, badLength(StepInitiate, v, "at least 6")
		}
		return bytes.Clone(v.Value[:2]), bytes.Clone(v.Value[2:]), nil
	}
	if _, ok := only(tree, TagResponse2); !ok {
		return nil, nil, &Error{Step: StepInitiate, Offset: 0, Err: ErrFormat, Got: "another template", Want: "80 or 77"}
	}
	for _, tag := range []Tag{TagAIP, TagAFL} {
		if _, ok := tree.Find(TagResponse2, tag); !ok {
			return nil, nil, missing(StepInitiate, tag)
		}
	}
	if o, _ := tree.Find(TagResponse2, TagAIP); len(o.Value) != 2 {
		return nil, nil, badLength(StepInitiate, o, "2")
	}
	return bytes.Clone(tree.Value(TagResponse2, TagAIP)), bytes.Clone(tree.Value(TagResponse2, TagAFL)), nil
}

// only is the one object at the top of a tree, if it has the tag.
func only(tree Tree, tag Tag) (Object, bool) {
	if len(tree) == 0 || tree[0].Tag != tag || tree[0].Last != len(tree)-1 {
		return Object{}, false
	}
	return tree[0].Object, true
}

// readRecords reads what the file locator names, in its order (Book 3, 10.2).
func (r *run) readRecords(entries []AFLEntry) error {
	if len(entries) == 0 {
		return r.checkCardData()
	}
	e := entries[0]
	return r.ask(StepReadRecord, readRecordCommand(e.SFI, e.First), func(a answer) error {
		if !a.ok() {
			return badStatus(StepReadRecord, a.sw)
		}
		if e.Signed > 0 {
			r.keepSigned(e.SFI, a.data)
		}
		if err := r.takeRecord(e.SFI, a); err != nil {
			return err
		}
		if e.First == e.Last {
			return r.readRecords(entries[1:])
		}
		rest := append([]AFLEntry{{SFI: e.SFI, First: e.First + 1, Last: e.Last, Signed: max(1, e.Signed) - 1}}, entries[1:]...)
		return r.readRecords(rest)
	})
}

// takeRecord keeps the primitive objects of a record. Files 11 to 30 have formats of
// the scheme: what is no template of the standard there is passed over.
func (r *run) takeRecord(sfi byte, a answer) error {
	tree, err := recordTree(a)
	switch {
	case err != nil && sfi > 10:
		return nil
	case err != nil:
		return err
	}
	r.noteContents(tree)
	for i, n := range tree {
		if i != n.Last || n.Tag.IsConstructed() || len(n.Value) == 0 || !mayBeRecorded(n.Tag) {
			continue
		}
		if err := r.takeObject(n.Object); err != nil {
			return err
		}
	}
	return nil
}

// noteContents says what a record holds, by name.
func (r *run) noteContents(tree Tree) {
	names := func(lang string) string {
		var said []string
		for _, n := range tree[1:] {
			name := nameOf(n.Tag, lang)
			if name == "" {
				name = n.Tag.String()
			}
			said = append(said, name)
		}
		return strings.Join(said, pick(lang, "; ", "；"))
	}
	if len(tree) > 1 {
		r.note("Holds: %s", "包含：%s", both(names))
	}
}

func (r *run) takeObject(o Object) error { return r.takeFrom(StepReadRecord, o) }

// takeFrom keeps an object that must not be there twice.
func (r *run) takeFrom(step StepName, o Object) error {
	if r.records[o.Tag] {
		return &Error{Step: step, Tag: o.Tag, Offset: o.Offset, Err: ErrDuplicate}
	}
	if e, _ := Lookup(o.Tag); isUsed(o.Tag) && (len(o.Value) < e.Min || len(o.Value) > e.Max) {
		return badLength(step, o, e.lengths())
	}
	r.records[o.Tag] = true
	r.card[o.Tag] = bytes.Clone(o.Value)
	return nil
}

// mayBeRecorded reports objects that are taken from records: those that a card gives,
// without those that it gives in answer to another command.
func mayBeRecorded(tag Tag) bool {
	switch tag {
	case TagDFName, TagPDOL, TagAC, TagCID, TagATC, TagIAD, TagLastOnlineATC, TagPINTries,
		TagDAC, TagSignedDynamic, TagICCDynamicNumber:
		return false
	default:
		return isCards(tag)
	}
}

// isUsed reports the objects of records that the terminal works with: a wrong length of
// one of them ends the transaction (Book 3, 7.5), of another it does not matter. Lists
// are checked where they are read.
func isUsed(tag Tag) bool {
	switch tag {
	case TagTrack2, TagPAN, TagPSN, TagExpiry, TagEffective, TagIssuerCountry, TagServiceCode, TagAUC, TagCardVersion,
		TagIACDefault, TagIACDenial, TagIACOnline, TagLowerOfflineLimit, TagUpperOfflineLimit, TagApplicationCurrency, TagCAKeyIndex,
		TagAIP, TagATC, TagAC, TagCID, TagIAD, TagCTQ:
		return true
	default:
		return false
	}
}

// recordTree is a record of the standard: one template 70 and nothing behind it.
func recordTree(a answer) (Tree, error) {
	if !a.ok() {
		return nil, badStatus(StepReadRecord, a.sw)
	}
	tree, err := Parse(a.data, Strict)
	if err != nil {
		return nil, badFormat(StepReadRecord, TagRecord, err)
	}
	if _, ok := only(tree, TagRecord); !ok {
		return nil, &Error{Step: StepReadRecord, Tag: TagRecord, Offset: 0, Err: ErrFormat, Got: "another template", Want: "one template and nothing behind it"}
	}
	return tree, nil
}

// CardData is what the terminal needs to know of a card. The number and the track
// cannot be printed.
type CardData struct {
	PAN    card.PAN
	Expiry card.Expiry
	// PSN is the sequence number as two digits, empty for a card that has none.
	PSN string
	// AID is the application used, 5 to 16 bytes.
	AID []byte
	// Label is the name of the application to show and print.
	Label string
	// Holder is the cardholder's name as the card gives it, often empty.
	Holder card.Secret
	// Track2 and ServiceCode are zero for a card that gives no tag 57.
	Track2      card.Track2
	ServiceCode card.ServiceCode
	// Languages are the two-letter codes that the cardholder prefers, first first.
	Languages []string
}

// checkCardData sees that the mandatory objects are there (Book 3, 7.2) and reads the
// number, then goes on to what the terminal does by itself.
func (r *run) checkCardData() error {
	r.begin(StepCardData)
	for _, tag := range r.mandatory() {
		if _, ok := r.card[tag]; !ok {
			return missing(StepCardData, tag)
		}
	}
	if err := r.readCardData(); err != nil {
		return err
	}
	r.note("Card %s, expiry date present, all mandatory data present", "卡号 %s，有效期已读取，必备数据齐全", r.data.PAN.Masked())
	if r.isContactless() && !r.isMChip() {
		return r.judgeQuick()
	}
	return r.examine()
}

func (r *run) readCardData() error {
	track, err := r.track2()
	if err != nil {
		return err
	}
	pan, err := r.pan(track)
	if err != nil {
		return err
	}
	expiry, err := r.expiry(track)
	if err != nil {
		return err
	}
	r.data = CardData{
		PAN: pan, Expiry: expiry, AID: bytes.Clone(r.chosen.AID), Label: r.chosen.Label,
		Holder: card.NewSecret(strings.TrimSpace(latin1(r.card[TagCardholderName]))),
		Track2: track, ServiceCode: track.ServiceCode, Languages: languages(r.card[TagLanguages]),
	}
	if v, ok := r.card[TagPSN]; ok {
		r.data.PSN = hex.EncodeToString(v)
		if _, ok := bcd(v[0]); !ok {
			return badFormat(StepCardData, TagPSN, errors.New("want two digits"))
		}
	}
	return nil
}

// pan is the number, of tag 5A or where that is not there, of the track; where both are
// there they are the same card's.
func (r *run) pan(track card.Track2) (card.PAN, error) {
	v, ok := r.card[TagPAN]
	if !ok {
		return track.PAN, nil
	}
	pan, err := card.ParsePAN(strings.TrimRight(upperHex(v), "F"))
	if err != nil {
		return card.PAN{}, badFormat(StepCardData, TagPAN, err)
	}
	if _, ok := r.card[TagTrack2]; ok && !track.PAN.Equal(pan) {
		return card.PAN{}, &Error{Step: StepCardData, Tag: TagTrack2, Offset: -1, Err: ErrFormat, Got: "another number than in tag 5A", Want: "the same"}
	}
	return pan, nil
}

// expiry is the month of tag 5F24 or, where that is not there, of the track.
func (r *run) expiry(track card.Track2) (card.Expiry, error) {
	v, ok := r.card[TagExpiry]
	if !ok {
		return track.Expiry, nil
	}
	expiry, err := card.ParseExpiry(upperHex(v)[:4])
	if _, ok := parseDate(v); err != nil || !ok {
		return "", badFormat(StepCardData, TagExpiry, errors.New("want YYMMDD"))
	}
	return expiry, nil
}

// track2 reads tag 57, which need not be there.
func (r *run) track2() (card.Track2, error) {
	v, ok := r.card[TagTrack2]
	if !ok {
		return card.Track2{}, nil
	}
	track, err := card.ParseTrack2(upperHex(v))
	if err != nil {
		return card.Track2{}, badFormat(StepCardData, TagTrack2, err)
	}
	return track, nil
}

// languages cuts tag 5F2D into codes of two letters.
func languages(v []byte) []string {
	var out []string
	for ; len(v) >= 2; v = v[2:] {
		out = append(out, strings.ToLower(latin1(v[:2])))
	}
	return out
}

// hide masks an answer once more, when the card's number is known.
func (r *run) hide(text string) string {
	number := upperHex(r.card[TagPAN])
	number = strings.TrimRight(number, "F")
	if len(number) < 8 {
		return text
	}
	stars := strings.Repeat("*", len(number))
	text = strings.ReplaceAll(text, number, stars)
	return strings.ReplaceAll(text, upperHex([]byte(number)), stars+stars)
}

// dol parses a data object list of the card; an absent one is empty.
func (r *run) dol(step StepName, tag Tag) (DOL, error) {
	list, err := ParseDOL(r.card[tag])
	if err != nil {
		return nil, badFormat(step, tag, err)
	}
	if at, ok := list.beyond(maxCommandData); ok {
		return nil, &Error{
			Step: step, Tag: tag, Offset: at, Err: ErrFormat,
			Got: fmt.Sprintf("a list that asks for %d bytes", list.Len()), Want: fmt.Sprintf("at most %d", maxCommandData),
		}
	}
	return list, nil
}

// maxCommandData is what a command with a length of one byte can carry (Book 1, 9.4.1).
const maxCommandData = 255

// beyond is where the entry begins, in the coded list, with which it asks for more than
// so many bytes.
func (d DOL) beyond(limit int) (offset int, ok bool) {
	for i, sum := 0, 0; i < len(d); i++ {
		if sum += d[i].Length; sum > limit {
			return len(d[:i].Append(nil)), true
		}
	}
	return 0, false
}

// filled makes a command of what a list asks for, within a template if one is given.
func (r *run) filled(step StepName, list DOL, c command, template Tag) (command, error) {
	data := list.Fill(r.dolValue)
	c.data = data
	masked := maskFilled(list, data)
	if template != 0 {
		head := appendLength(template.Append(nil), len(data))
		c.data, masked = append(head, data...), upperHex(head)+masked
	}
	c.masked = masked
	if len(c.data) > maxCommandData {
		return command{}, &Error{Step: step, Offset: -1, Err: ErrFormat, Got: fmt.Sprintf("a list that asks for %d bytes", list.Len()), Want: "at most 255 with their template"}
	}
	return c, nil
}

// maskFilled is filled data with asterisks for what is sensitive in it.
func maskFilled(list DOL, data []byte) string {
	parts, err := list.Split(data)
	if err != nil {
		return strings.Repeat("*", 2*len(data))
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(maskValue(p.Tag, p.Value))
	}
	return b.String()
}
