package iso8583

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

// presenceTSV says which fields a type of message must, should and must not have.
//
//go:embed presence.tsv
var presenceTSV string

// Presence is the fields that a type of message must, should and must not have, by
// their numbers. It is a key of our own in a spec file, which moov ignores:
// "mti": {"0200": {"required": [3, 4, 11], "forbidden": [39]}}.
type Presence struct {
	Required    []int `json:"required,omitempty"`
	Recommended []int `json:"recommended,omitempty"`
	Forbidden   []int `json:"forbidden,omitempty"`
}

// presence holds the message to the fields of its type: those of the spec if it has
// any for the type, or for the type that a repeat repeats, else those of the standard.
func (v *validator) presence() {
	if v.mti == "" {
		return
	}
	if own, ok := v.ownPresence(); ok {
		v.lacks(SeverityError, "required", numbers(own.Required))
		v.lacks(SeverityWarning, "recommended", numbers(own.Recommended))
		v.hasNot(SeverityError, numbers(own.Forbidden))
		return
	}
	edition := v.mti[:1]
	v.lacks(SeverityError, "required", presenceOf(string(edition), string(v.mti[1:3]), "required"))
	v.lacks(SeverityWarning, "recommended", presenceOf(string(edition), string(v.mti[1:3]), "recommended"))
	v.hasNot(SeverityWarning, presenceOf(string(edition), string(v.mti[1:3]), "forbidden"))
}

// ownPresence is what the spec says of the type.
func (v *validator) ownPresence() (Presence, bool) {
	own, ok := v.spec.def.MTI[string(v.mti)]
	if !ok && (v.mti[3]-'0')%2 == 1 {
		own, ok = v.spec.def.MTI[string(v.mti[:3])+string(v.mti[3]-1)]
	}
	return own, ok
}

func numbers(nums []int) []string {
	out := make([]string, 0, len(nums))
	for _, n := range nums {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// presenceOf is one line of the table.
func presenceOf(edition, kind, level string) []string {
	key := "\n" + edition + "\t" + kind + "\t" + level + "\t"
	at := strings.Index(presenceTSV, key)
	if at < 0 {
		return nil
	}
	line, _, _ := strings.Cut(presenceTSV[at+len(key):], "\n")
	return strings.Fields(line)
}

// lacks complains about fields that are not there; each of the list is a number, or
// several of which one is enough. A field that the spec does not define is not missed.
func (v *validator) lacks(s Severity, level string, fields []string) {
	for _, any1 := range fields {
		choice := slices.DeleteFunc(strings.Split(any1, "|"), func(id string) bool { return !v.defined(id) })
		if len(choice) == 0 || slices.ContainsFunc(choice, v.has) {
			continue
		}
		c := Complaint{Path: choice[0], Offset: -1, Severity: s, Rule: "presence"}
		text := [2]string{"a message of type %s must have it", "类型%s的报文必须有该域"}
		if level == "recommended" {
			text = [2]string{"a message of type %s should have it", "类型%s的报文应有该域"}
		}
		c.Text = v.t.sprintf(text[0], text[1], string(v.mti))
		if len(choice) > 1 {
			c.Text += v.t.sprintf(", or one of %s", "，或者有%s之一", strings.Join(choice[1:], ", "))
		}
		v.add(c)
	}
}

// hasNot complains about fields that are there.
func (v *validator) hasNot(s Severity, fields []string) {
	for _, id := range fields {
		if i, ok := v.top[id]; ok {
			v.at(i, s, "presence", "a message of type %s must not have it", "类型%s的报文不得有该域", string(v.mti))
		}
	}
}

func (v *validator) has(id string) bool {
	_, ok := v.top[id]
	return ok
}

// defined reports a field that the spec has and that holds something.
func (v *validator) defined(id string) bool {
	num, err := strconv.Atoi(id)
	return err == nil && num > 0 && v.spec.field(num) != nil && !v.spec.announces(num)
}

// sorted is the complaints in the order of the bytes, what is not there last.
func (v *validator) sorted() []Complaint {
	slices.SortStableFunc(v.out, func(a, b Complaint) int {
		if (a.Offset < 0) != (b.Offset < 0) {
			return cmp.Compare(b.Offset, a.Offset)
		}
		return cmp.Compare(a.Offset, b.Offset)
	})
	if len(v.out) == complaintMost {
		v.out = append(v.out, Complaint{Offset: -1, Severity: SeverityNote, Rule: "more", Text: v.t.pick("there is more", "还有更多")})
	}
	return v.out
}
