package emv

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// IssuerResult is what the issuer answered to a request cryptogram, or that it could
// not be asked.
type IssuerResult struct {
	// ARC is the authorisation response code, two characters: "00" approves, and so do
	// "08", "10", "11" and "85". It may be left empty if UnableOnline is set.
	ARC string
	// IssuerAuthData is tag 91, 8 to 16 bytes, nil if there was none.
	IssuerAuthData []byte
	// Scripts is the issuer's script templates 71 and 72 one behind the other, as field
	// 55 of an answer holds them.
	Scripts []byte
	// UnableOnline says that there is no answer: nobody could be asked, or nobody
	// answered. The default action codes then decide what the card is asked for.
	UnableOnline bool
}

// ParseIssuerResult collects an issuer's answer from its response code (field 39 of
// ISO 8583) and its chip data (field 55, may be empty). A tag 8A in the chip data is
// what the issuer's cryptogram vouches for and goes before the field.
func ParseIssuerResult(responseCode string, icc []byte) (IssuerResult, error) {
	result := IssuerResult{ARC: responseCode}
	for r := NewReader(icc); ; {
		if !r.Next() {
			return result, r.Err()
		}
		switch o := r.Object(); o.Tag {
		case TagARC:
			result.ARC = string(o.Value)
		case TagIssuerAuthData:
			result.IssuerAuthData = bytes.Clone(o.Value)
		case TagScriptBefore, TagScriptAfter:
			result.Scripts = AppendTLV(result.Scripts, o.Tag, o.Value)
		default: // 89 and the like say nothing to the card
		}
	}
}

// Approves reports a response code that approves.
func (r IssuerResult) Approves() bool {
	return !r.UnableOnline && slices.Contains([]string{"00", "08", "10", "11", "85"}, r.ARC)
}

func (r IssuerResult) check() error {
	if !r.UnableOnline && len(r.ARC) != 2 {
		return fmt.Errorf("response code of %d characters, want 2", len(r.ARC))
	}
	if n := len(r.IssuerAuthData); n > 0 && (n < 8 || n > 16) {
		return fmt.Errorf("issuer authentication data of %d bytes, want 8 to 16", n)
	}
	return nil
}

// ScriptResult is how one issuer script went.
type ScriptResult struct {
	// Template is 71 or 72, ID the script identifier (tag 9F18), zeros if it had none.
	Template Tag
	ID       [4]byte
	// Done is the number of commands that succeeded, of the number in the script.
	Done, Commands int
	// Malformed says that the script was no script and nothing of it was sent.
	Malformed bool
}

// Failed reports a script that was not carried out to its end.
func (s ScriptResult) Failed() bool { return s.Malformed || s.Done < s.Commands }

// Append puts the result as tag 9F5B codes it behind dst, five bytes: 2 for success, 1
// for failure and 0 for not performed with the number of the command that failed, then
// the identifier (Book 4, annex A5).
func (s ScriptResult) Append(dst []byte) []byte {
	code := byte(0x20)
	switch {
	case s.Malformed:
		code = 0x00
	case s.Failed():
		code = 0x10 | byte(min(15, s.Done+1))
	}
	return append(append(dst, code), s.ID[:]...)
}

// complete takes the issuer's answer and leaves the rest to the next call of Next.
func (r *run) complete(result IssuerResult) {
	detail := result.check()
	if r.decision != GoOnline || r.answered {
		detail = errors.New("no issuer was to be asked, or it was asked already")
	}
	r.answered = true
	r.finish = func() error {
		if detail != nil {
			return &Error{Step: StepOnline, Offset: -1, Err: ErrOrder, Detail: detail}
		}
		return r.takeAnswer(result)
	}
}

// takeAnswer begins completion: issuer authentication, scripts before, the second
// GENERATE AC, scripts after (Book 3, 10.9 to 10.11).
func (r *run) takeAnswer(result IssuerResult) error {
	r.decision, r.result = DecisionNone, result
	if r.isContactless() {
		return r.concludeTap(result)
	}
	r.begin(StepOnline)
	if result.UnableOnline {
		return r.decideWithoutIssuer()
	}
	r.setARC(result.ARC)
	if len(result.IssuerAuthData) > 0 {
		r.terminal[TagIssuerAuthData] = bytes.Clone(result.IssuerAuthData)
	}
	r.note("%s: %s", "%s：%s", result.ARC, both(func(lang string) string { return coded(sayResponseCode, result.ARC, lang) }))
	asked := typeAAC
	if result.Approves() {
		asked = typeTC
	}
	return r.authenticateIssuer(asked)
}

func (r *run) decideWithoutIssuer() error {
	asked, en, zh := r.decideUnable()
	r.setARC("Z3")
	if asked == typeTC {
		r.setARC("Y3")
	}
	r.note("Issuer not asked; asking the card for %[1]s: %[2]s", "未能联机；请求卡片给出 %[1]s：%[2]s", asked, words{en, zh})
	return r.generate2(asked)
}

// authenticateIssuer sends EXTERNAL AUTHENTICATE where the card wants it (6.5.4). A
// card that does not checks the same data within the second GENERATE AC.
func (r *run) authenticateIssuer(asked acType) error {
	before := func() error { return r.runScripts(TagScriptBefore, func() error { return r.generate2(asked) }) }
	if len(r.result.IssuerAuthData) == 0 || r.card[TagAIP][0]&aipExternalAuth == 0 {
		return before()
	}
	c := command{cla: 0x00, ins: 0x82, data: r.result.IssuerAuthData}
	return r.ask(StepExternalAuth, c, func(a answer) error {
		r.setTSI(5)
		r.authState = IssuerAuthPassed
		if !a.ok() {
			r.authState = IssuerAuthFailed
			r.setTVR(5, 7)
			r.note("The answer is not the issuer's, says the card", "卡片认为应答并非来自发卡行")
		}
		return before()
	})
}

// generate2 is the second GENERATE AC.
func (r *run) generate2(asked acType) error {
	return r.generate(StepGenerate2, TagCDOL2, asked, func(a answer) error {
		c, err := r.takeCryptogram(StepGenerate2, a)
		if err != nil {
			return err
		}
		kind := c.kind()
		if c.unproven {
			kind = r.discard()
		}
		r.settle(kind)
		return r.runScripts(TagScriptAfter, r.conclude)
	})
}

// discard takes an approval that the card did not sign for none.
func (r *run) discard() acType {
	if r.result.UnableOnline {
		r.setARC("Z3")
	}
	r.note("Declined: the card did not prove its cryptogram", "拒绝：卡片未能证明其应用密文")
	return typeAAC
}

// settle is the card's last word. Scripts that come after it change nothing of it, nor
// does a card that is taken out meanwhile.
func (r *run) settle(kind acType) {
	r.updating = true
	switch {
	case kind == typeTC && r.result.UnableOnline:
		r.decision = ApprovedOffline
	case r.result.UnableOnline:
		r.decision = DeclinedOffline
	case kind == typeTC:
		r.decision = Approved
	default:
		r.decision = Declined
	}
}

// conclude is the end of a transaction that asked the issuer.
func (r *run) conclude() error {
	if r.step == nil {
		r.begin(StepOnline)
	}
	r.note("%s", "%s", r.decision.words())
	return nil
}

func (d Decision) words() words {
	switch d {
	case Approved:
		return words{"Approved by issuer and card", "发卡行及卡片均批准"}
	case ApprovedOffline:
		return words{"Approved offline", "脱机批准"}
	case DeclinedOffline:
		return words{"Declined offline", "脱机拒绝"}
	default:
		return words{"Declined", "拒绝"}
	}
}

// runScripts carries out the scripts of one template, then goes on.
func (r *run) runScripts(template Tag, then func() error) error {
	scripts := r.scriptsOf(template)
	if len(scripts) == 0 {
		return then()
	}
	r.setTSI(3)
	return r.runScript(template, scripts, then)
}

// scriptsOf gives the values of the templates with a tag. What is not BER-TLV is one
// script that is none, so that it is reported.
func (r *run) scriptsOf(template Tag) [][]byte {
	var scripts [][]byte
	reader := NewReader(r.result.Scripts)
	for reader.Next() {
		if o := reader.Object(); o.Tag == template {
			scripts = append(scripts, o.Value)
		}
	}
	if reader.Err() != nil && template == TagScriptBefore {
		scripts = append(scripts, nil)
	}
	return scripts
}

func (r *run) runScript(template Tag, scripts [][]byte, then func() error) error {
	if len(scripts) == 0 {
		return then()
	}
	next := func(result ScriptResult) error {
		r.endScript(result)
		return r.runScript(template, scripts[1:], then)
	}
	result, commands, err := parseScript(scripts[0])
	result.Template = template
	if err != nil {
		r.begin(StepScript)
		r.note("Not a script: nothing of it is sent", "不是有效脚本：不发送")
		result.Malformed = true
		return next(result)
	}
	return r.runCommands(result, commands, next)
}

// runCommands sends a script's commands until one fails. A warning is no failure.
func (r *run) runCommands(result ScriptResult, commands [][]byte, then func(ScriptResult) error) error {
	if len(commands) == 0 {
		return then(result)
	}
	return r.ask(StepScript, command{raw: commands[0]}, func(a answer) error {
		if !a.ok() && !a.isWarning() {
			return then(result)
		}
		result.Done++
		return r.runCommands(result, commands[1:], then)
	})
}

// parseScript reads identifier and commands of a script template.
func parseScript(value []byte) (result ScriptResult, commands [][]byte, err error) {
	reader := NewReader(value)
	for reader.Next() {
		switch o := reader.Object(); {
		case o.Tag == TagScriptID && len(o.Value) == 4:
			result.ID = [4]byte(o.Value)
		case o.Tag == TagScriptCommand && len(o.Value) >= 4:
			commands = append(commands, bytes.Clone(o.Value))
		default:
			return result, nil, fmt.Errorf("%w: tag %s in a script at offset %d", ErrFormat, o.Tag, o.Offset)
		}
	}
	result.Commands = len(commands)
	if err := reader.Err(); err != nil {
		return result, nil, err
	}
	if len(commands) == 0 {
		return result, nil, errors.New("no command in the script")
	}
	return result, commands, nil
}

func (r *run) endScript(result ScriptResult) {
	r.scripts = append(r.scripts, result)
	if !result.Failed() {
		return
	}
	r.note("The script was not carried out to its end", "脚本未全部执行")
	if result.Template == TagScriptBefore {
		r.setTVR(5, 6)
	} else {
		r.setTVR(5, 5)
	}
}
