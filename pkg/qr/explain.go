package qr

import (
	"strings"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/card"
)

// Explanation is the text of a code laid open for people and for programs. Nothing in it
// shows a card number or a shopper's code: values are masked.
type Explanation struct {
	Scheme   string            `json:"scheme"` // one of [Schemes]
	Valid    bool              `json:"valid"`  // no finding is fatal
	Grade    Grade             `json:"grade"`  // of the worst finding
	Fields   []ExplainedField  `json:"fields"`
	Findings []ExplainedFault  `json:"findings"` // the worst first
	Amount   string            `json:"amount"`   // in major units with every decimal of the currency; empty where the code asks for none
	Currency string            `json:"currency"` // ISO 4217, three letters
	Merchant string            `json:"merchant"`
	Wallets  []ExplainedWallet `json:"wallets,omitempty"` // of a shopper's code: who may have given it out, the likeliest first
}

// ExplainedField is one object.
type ExplainedField struct {
	Path    string `json:"path"`    // "26.01"; "code", "link" or "text" for what has no objects
	Name    string `json:"name"`    // in the language asked for
	Offset  int    `json:"offset"`  // of its first byte, its ID included
	Length  int    `json:"length"`  // in characters of its value
	Value   string `json:"value"`   // masked; empty for a template whose objects follow
	Meaning string `json:"meaning"` // the value in words, in the language asked for
}

// ExplainedFault is one finding.
type ExplainedFault struct {
	Grade  Grade  `json:"grade"`
	Path   string `json:"path"`   // empty for the whole text
	Offset int    `json:"offset"` // byte of the text
	Text   string `json:"text"`   // in the language asked for
}

// ExplainedWallet is a wallet that may have given out a shopper's code.
type ExplainedWallet struct {
	Wallet Wallet `json:"wallet"`
	Name   string `json:"name"`
	Why    string `json:"why"` // in the language asked for
}

// Explain says what a scanned text is, in "en" or "zh": a merchant code object by
// object, a shopper's code by the wallets that give out such codes, an address, or
// nothing known. It never fails: of a broken code it gives all that comes before the
// fault, what follows a fault whose template has a sound length, and the fault.
func Explain(text, lang string) Explanation {
	t := tongueOf(lang)
	passive, err := ParsePassive(text)
	switch {
	case err == nil:
		return t.explainPassive(passive)
	case isLink(text):
		return t.explainText(text, SchemeLink, "link", Finding{Grade: Warning, Fault: Link})
	case text == "":
		return t.explainText(text, SchemeNone, "text", Finding{Grade: Fatal, Fault: Empty})
	}
	if c := parse(text); c.looksLikeMPM() {
		return t.explainCode(Code{p: c})
	}
	return t.explainText(text, SchemeNone, "text", Finding{Grade: Fatal, Fault: Unknown})
}

// looksLikeMPM reports a text that begins as a merchant code does, or that is one to the
// last byte without beginning so.
func (c *code) looksLikeMPM() bool {
	head := strings.HasPrefix(c.text(), "0002") && len(c.text()) >= 6 && allDigits(c.text()[:6])
	return head || c.rooted && c.first(0) >= 0 && c.first(63) >= 0
}

// isLink reports a text that begins as an address does, in one line.
func isLink(text string) bool {
	scheme, rest, ok := strings.Cut(text, "://")
	return ok && rest != "" && allLetters(scheme) && !strings.ContainsAny(text, "\r\n ")
}

func (t tongue) explainCode(c Code) Explanation {
	x := Explanation{
		Scheme: c.Scheme(), Valid: c.Valid(), Grade: c.Grade(), Merchant: c.Merchant(), Currency: c.Currency().Code(),
		Fields: make([]ExplainedField, 0, len(c.p.spans)), Findings: t.explainFindings(c.Findings()),
	}
	if amount, ok := c.Amount(); ok {
		x.Amount = amount.Decimal()
	}
	for e := range c.Elements() {
		f := ExplainedField{
			Path: e.Path(), Name: e.Name(string(t)), Offset: e.Offset(), Length: e.Length(), Meaning: e.Meaning(string(t)),
		}
		if !e.IsTemplate() {
			f.Value = e.Value()
		}
		x.Fields = append(x.Fields, f)
	}
	return x
}

// explainPassive says which wallets may have given out a code, and hides the code.
func (t tongue) explainPassive(p Passive) Explanation {
	list := p.Candidates()
	var findings []Finding
	if len(list) > 1 {
		findings = append(findings, Finding{Grade: Warning, Fault: SeveralWallets, Path: "code"})
	}
	if card.IsNumber(p.Reveal()) {
		findings = append(findings, Finding{Grade: Warning, Fault: MaybeCard, Path: "code"})
	}
	x := Explanation{Scheme: SchemePassive, Valid: true, Grade: worst(findings), Findings: t.explainFindings(findings)}
	for _, c := range list {
		x.Wallets = append(x.Wallets, ExplainedWallet{c.Wallet, c.Wallet.Name(string(t)), c.Why(string(t))})
	}
	x.Fields = []ExplainedField{{
		Path: "code", Name: t.word("name.passive"), Length: len(p.Reveal()), Value: p.Masked(),
		Meaning: x.Wallets[0].Name,
	}}
	return x
}

// explainText is a text without objects.
func (t tongue) explainText(text, scheme, path string, f Finding) Explanation {
	x := Explanation{
		Scheme: scheme, Valid: f.Grade < Fatal, Grade: f.Grade,
		Fields: []ExplainedField{}, Findings: t.explainFindings([]Finding{f}),
	}
	value := maskRuns(text, 13, anyRun)
	if scheme == SchemeLink {
		value = sweep(text) // an order's number is long, and is what the link is about
	}
	if text != "" {
		x.Fields = append(x.Fields, ExplainedField{
			Path: path, Name: t.word("name." + path), Length: utf8.RuneCountInString(text), Value: value,
		})
	}
	return x
}

func (t tongue) explainFindings(findings []Finding) []ExplainedFault {
	list := make([]ExplainedFault, len(findings))
	for i, f := range findings {
		list[i] = ExplainedFault{Grade: f.Grade, Path: f.Path, Offset: f.Offset, Text: f.Text(string(t))}
	}
	return list
}
