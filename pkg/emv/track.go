package emv

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tillworks/till/pkg/card"
)

// ErrTrackText is the cause of every text that is neither track 1 nor track 2; errors never
// hold what was read.
var ErrTrackText = errors.New("neither track 1 nor track 2")

// TrackPart is one part of a track in words.
type TrackPart struct {
	Name string
	// Value is the part, masked unless it was wanted in clear.
	Value string
	// Meaning says it in words, one line each.
	Meaning []string
	// Warning says what is not as it should be.
	Warning string
}

// ExplainTrack says a track 1 or 2 in words (ISO/IEC 7813): as a stripe reader types it, as
// tag 57 holds it ("4761...D3112201..."), or the bytes of either in hexadecimal. Number,
// name and discretionary data are masked unless Unmask is set; the service code is said by
// its digits. The error wraps [ErrTrackText] or card.ErrTrack.
func (o ExplainOptions) ExplainTrack(text string) ([]TrackPart, error) {
	text = strings.TrimFunc(text, unicode.IsSpace)
	if raw, err := hex.DecodeString(text); err == nil && len(raw) > 0 && (raw[0] == 'B' || raw[0] == '%' || raw[0] == ';') {
		text = string(raw)
	}
	x := trackReader{explainer: explainer{lang: o.Lang, unmask: o.Unmask}}
	switch {
	case strings.HasPrefix(text, "%") || strings.HasPrefix(text, "B"):
		return x.track1(text)
	case strings.ContainsAny(text, "=Dd"):
		return x.track2(text)
	}
	return nil, fmt.Errorf("%w: %d characters without a separator", ErrTrackText, len(text))
}

// trackReader says the parts of a track.
type trackReader struct {
	explainer
	parts []TrackPart
}

func (x *trackReader) track2(text string) ([]TrackPart, error) {
	t, err := card.ParseTrack2(text)
	if err != nil {
		return nil, err
	}
	x.add(pick(x.lang, "Track", "磁道"), "2")
	x.number(t.PAN)
	x.validity(t.Expiry, t.ServiceCode)
	head := t.PAN.Len() + len("=") + len(t.Expiry) + len(t.ServiceCode)
	x.discretionary(t.Reveal()[head:])
	return x.parts, nil
}

func (x *trackReader) track1(text string) ([]TrackPart, error) {
	t, err := card.ParseTrack1(text)
	repaired, stray := "", false
	if err != nil {
		if repaired, stray = repairTrack1(text); stray {
			t, err = card.ParseTrack1(repaired)
		}
	}
	if err != nil {
		return nil, err
	}
	x.add(pick(x.lang, "Track", "磁道"), "1")
	x.add(pick(x.lang, "Format", "格式"), "B")
	x.number(t.PAN)
	if stray {
		x.parts[len(x.parts)-1].Warning = pick(x.lang, "characters stand between the number and its separator", "卡号与分隔符之间有多余字符")
	}
	x.add(pick(x.lang, "Name", "姓名"), x.clear(t.Name.Reveal()))
	x.validity(t.Expiry, t.ServiceCode)
	head := strings.LastIndexByte(t.Reveal(), '^') + 1 + len(t.Expiry) + len(t.ServiceCode)
	x.discretionary(t.Reveal()[min(head, len(t.Reveal())):])
	return x.parts, nil
}

// repairTrack1 takes out what stands between the number and its separator and is no digit,
// an end sentinel that some cards write there, and cuts the track at the next.
func repairTrack1(text string) (string, bool) {
	head, rest, ok := strings.Cut(text, "^")
	end := strings.IndexByte(head, '?')
	if !ok || end < 0 {
		return "", false
	}
	return head[:end] + "^" + rest, true
}

func (x *trackReader) add(name, value string, meaning ...string) {
	x.parts = append(x.parts, TrackPart{Name: name, Value: value, Meaning: meaning})
}

// number says the card number: its mask, its brand, and whether its check digit fits.
func (x *trackReader) number(n card.PAN) {
	value := n.Masked()
	if x.unmask {
		value = n.Reveal()
	}
	p := TrackPart{Name: pick(x.lang, "Card number", "卡号"), Value: value}
	if brand := n.Brand(); brand != "" {
		p.Meaning = []string{string(brand)}
	}
	if !n.LuhnValid() {
		p.Warning = pick(x.lang, "the check digit does not fit", "校验位不正确")
	}
	x.parts = append(x.parts, p)
}

func (x *trackReader) validity(e card.Expiry, s card.ServiceCode) {
	if e != "" {
		x.add(pick(x.lang, "Expiry", "有效期"), string(e), "20"+string(e[:2])+"-"+string(e[2:]))
	}
	if s != "" {
		x.add(pick(x.lang, "Service code", "服务代码"), string(s), s.Text(x.lang))
	}
}

// discretionary says the data that the issuer checks, a verification code among it.
func (x *trackReader) discretionary(data string) {
	if data != "" {
		x.add(pick(x.lang, "Discretionary data", "自定义数据"), x.clear(data))
	}
}

// clear is text in clear or as asterisks.
func (x *trackReader) clear(text string) string {
	if x.unmask {
		return text
	}
	return strings.Repeat("*", len(text))
}
