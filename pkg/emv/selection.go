package emv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// directoryName is the payment system environment of Book 1, 12.2.
const directoryName = "1PAY.SYS.DDF01"

// selectDirectory begins application selection with the card's own directory (Book 1,
// 12.3.2).
func (r *run) selectDirectory() error {
	if r.isContactless() {
		return r.selectProximity()
	}
	return r.ask(StepSelectDirectory, selectCommand([]byte(directoryName), 0x00), r.onDirectory)
}

func (r *run) onDirectory(a answer) error {
	if a.sw == 0x6A81 {
		return &Error{Step: StepSelectDirectory, Offset: -1, SW: a.sw, Err: ErrCardBlocked}
	}
	sfi, ok := directoryFile(a)
	if !ok {
		r.note("No usable directory: trying the terminal's list of applications", "无可用目录：改用终端应用列表")
		return r.selectListed(0)
	}
	r.note("The directory is file %d", "目录文件为 %d", sfi)
	return r.readDirectory(sfi, 1)
}

// directoryFile is the short file identifier in the answer to the directory's SELECT.
func directoryFile(a answer) (sfi byte, ok bool) {
	tree, err := Parse(a.data, Strict)
	if err != nil || !a.ok() {
		return 0, false
	}
	v := tree.Value(TagFCI, TagFCIProprietary, TagSFI)
	if len(v) != 1 || v[0] < 1 || v[0] > 10 {
		return 0, false
	}
	return v[0], true
}

// readDirectory reads the records of the directory until the card has no more.
func (r *run) readDirectory(sfi, record byte) error {
	return r.ask(StepReadDirectory, readRecordCommand(sfi, record), func(a answer) error {
		if a.sw == 0x6A83 {
			return r.endDirectory()
		}
		if err := r.addEntries(a); err != nil || record == 255 {
			r.note("The directory cannot be read: trying the terminal's list of applications", "目录无法读取：改用终端应用列表")
			r.candidates = nil
			return r.selectListed(0)
		}
		return r.readDirectory(sfi, record+1)
	})
}

func (r *run) endDirectory() error {
	if len(r.candidates) == 0 {
		r.note("Nothing of this terminal's in the directory: trying its list of applications", "目录中无本终端支持的应用：改用终端应用列表")
		return r.selectListed(0)
	}
	return r.choose()
}

// addEntries takes the applications of one directory record.
func (r *run) addEntries(a answer) error {
	tree, err := recordTree(a)
	if err != nil {
		return err
	}
	for i := 1; i < len(tree); i = tree[i].Last + 1 {
		if tree[i].Tag == TagApplicationTemplate {
			r.addCandidate(tree[i+1:tree[i].Last+1], TagApplicationID)
		}
	}
	return nil
}

// addCandidate takes an application of which objects describe label and priority, if
// it is one of the terminal's.
func (r *run) addCandidate(objects Tree, name Tag) {
	c := describe(objects, name)
	if len(c.AID) < 5 || len(c.AID) > 16 || r.hasCandidate(c.AID) {
		return
	}
	aid, ok := r.match(c.AID)
	if !ok {
		r.note("Application %s (%s) is not one of this terminal's", "应用 %s（%s）不被本终端支持", upperHex(c.AID), c.Label)
		return
	}
	c.aid = aid
	r.candidates = append(r.candidates, c)
	r.note("Application %s (%s)", "应用 %s（%s）", upperHex(c.AID), c.Label)
}

// describe makes a candidate of the objects around an application's name, wherever
// they stand in the tree.
func describe(objects Tree, name Tag) Candidate {
	first := func(tag Tag) []byte {
		i := slices.IndexFunc(objects, func(n Node) bool { return n.Tag == tag })
		if i < 0 {
			return nil
		}
		return objects[i].Value
	}
	c := Candidate{AID: bytes.Clone(first(name))}
	c.Label = label(first(TagPreferredName), first(TagIssuerCodeTable), first(TagApplicationLabel), c.AID)
	if p := first(TagPriority); len(p) == 1 {
		c.Priority, c.Confirm = int(p[0]&0x0F), p[0]&0x80 != 0
	}
	return c
}

// label is what people may read: the preferred name only where its code table is
// ISO 8859-1, the one that every terminal has.
func label(preferred, table, plain, aid []byte) string {
	switch {
	case len(table) == 1 && table[0] == 1 && isLabel(preferred):
		return latin1(preferred)
	case isLabel(plain):
		return latin1(plain)
	}
	if scheme := SchemeOf(aid); scheme != "" {
		return scheme
	}
	return upperHex(aid)
}

// isLabel reports text that can be shown: printable, and no card number.
func isLabel(b []byte) bool {
	return len(b) > 0 && isPrintable(b) && !strings.Contains(maskText(b), "*")
}

func (r *run) hasCandidate(aid []byte) bool {
	return slices.ContainsFunc(r.candidates, func(c Candidate) bool { return bytes.Equal(c.AID, aid) })
}

// match finds the terminal's entry for an application of the card.
func (r *run) match(aid []byte) (AID, bool) {
	i := slices.IndexFunc(r.cfg.AIDs, func(a AID) bool {
		return bytes.Equal(a.ID, aid) || a.Partial && bytes.HasPrefix(aid, a.ID)
	})
	if i < 0 {
		return AID{}, false
	}
	return r.cfg.AIDs[i], true
}

// selectListed tries the terminal's applications one by one (Book 1, 12.3.3).
func (r *run) selectListed(i int) error {
	if i == len(r.cfg.AIDs) {
		return r.choose()
	}
	return r.ask(StepSelectByAID, selectCommand(r.cfg.AIDs[i].ID, 0x00), func(a answer) error {
		if a.sw == 0x6A81 {
			return &Error{Step: StepSelectByAID, Offset: -1, SW: a.sw, Err: ErrCardBlocked}
		}
		return r.onListed(i, a)
	})
}

// onListed takes an answer to the SELECT of a list entry, first or next.
func (r *run) onListed(i int, a answer) error {
	id := r.cfg.AIDs[i].ID
	tree, err := Parse(a.data, Strict)
	if err != nil || !a.ok() && !a.isWarning() {
		return r.selectListed(i + 1)
	}
	name := tree.Value(TagFCI, TagDFName)
	if a.ok() {
		r.addCandidate(tree, TagDFName)
	}
	if len(name) <= len(id) || !bytes.HasPrefix(name, id) {
		return r.selectListed(i + 1)
	}
	// The card has an application whose name goes on behind the entry: there may be more.
	return r.ask(StepSelectNext, selectCommand(id, 0x02), func(a answer) error { return r.onListed(i, a) })
}

// choose takes one of the candidates (Book 1, 12.4).
func (r *run) choose() error {
	if r.isContactless() {
		return r.chooseProximity()
	}
	r.begin(StepChoose)
	if len(r.candidates) == 0 {
		return &Error{Step: StepChoose, Offset: -1, Err: ErrNoApplication}
	}
	slices.SortStableFunc(r.candidates, func(a, b Candidate) int { return rank(a) - rank(b) })
	i, err := r.pickCandidate()
	if err != nil {
		return err
	}
	r.chosen = r.candidates[i]
	r.note("%d in common; %s is taken", "共有 %d 个；选定 %s", len(r.candidates), r.chosen.Label)
	return r.selectApplication()
}

// rank puts candidates without a priority last.
func rank(c Candidate) int {
	if c.Priority == 0 {
		return 16
	}
	return c.Priority
}

func (r *run) pickCandidate() (int, error) {
	cancelled := func(got string) (int, error) {
		return 0, &Error{Step: StepChoose, Offset: -1, Err: ErrCancelled, Got: got}
	}
	if r.cfg.Choose == nil {
		i := slices.IndexFunc(r.candidates, func(c Candidate) bool { return !c.Confirm })
		if i < 0 {
			return cancelled("only applications that want the cardholder's confirmation")
		}
		return i, nil
	}
	if len(r.candidates) == 1 && !r.candidates[0].Confirm {
		return 0, nil
	}
	i := r.cfg.Choose(slices.Clone(r.candidates))
	if i < 0 || i >= len(r.candidates) {
		return cancelled(fmt.Sprintf("choice %d of %d", i, len(r.candidates)))
	}
	return i, nil
}

// selectApplication is the final SELECT.
func (r *run) selectApplication() error {
	clear(r.card)
	return r.ask(StepSelectApplication, selectCommand(r.chosen.AID, 0x00), func(a answer) error {
		switch {
		case a.sw == 0x6A81:
			return &Error{Step: StepSelectApplication, Offset: -1, SW: a.sw, Err: ErrCardBlocked}
		case !a.ok():
			return r.drop("The card does not start it", "卡片未能启动该应用")
		}
		if err := r.takeFCI(a.data); err != nil {
			return r.drop("Its file control information is not usable", "其文件控制信息不可用")
		}
		if r.isContactless() {
			return r.prepare()
		}
		return r.initiate()
	})
}

// drop takes the chosen application off the list and chooses again.
func (r *run) drop(en, zh string) error {
	r.note(en, zh)
	r.candidates = slices.DeleteFunc(r.candidates, func(c Candidate) bool { return bytes.Equal(c.AID, r.chosen.AID) })
	return r.choose()
}

// takeFCI keeps what the answer to the final SELECT says. Name and proprietary template
// are mandatory, and the name is the one asked for (Book 1, 11.3.4).
func (r *run) takeFCI(data []byte) error {
	tree, err := Parse(data, Strict)
	if err != nil {
		return err
	}
	name, okName := tree.Find(TagFCI, TagDFName)
	_, okTemplate := tree.Find(TagFCI, TagFCIProprietary)
	if !okName || !okTemplate || !bytes.Equal(name.Value, r.chosen.AID) {
		return ErrFormat
	}
	for _, n := range tree {
		if !n.Tag.IsConstructed() && len(n.Value) > 0 && isCards(n.Tag) {
			r.card[n.Tag] = bytes.Clone(n.Value)
		}
	}
	r.terminal[TagTerminalAID] = bytes.Clone(name.Value)
	if v := r.chosen.aid.Version; v != 0 {
		r.terminal[TagTerminalVersion] = []byte{byte(v >> 8), byte(v)}
	}
	return nil
}

// isCards reports a tag whose value a card may give: objects that the terminal or the
// issuer gives are not taken from it.
func isCards(tag Tag) bool {
	e, known := Lookup(tag)
	return known && (e.Source == SourceCard || e.Source == SourceAny)
}

func selectCommand(name []byte, p2 byte) command {
	return command{cla: 0x00, ins: insSelect, p1: 0x04, p2: p2, data: name, expect: true}
}

func readRecordCommand(sfi, record byte) command {
	return command{cla: 0x00, ins: insReadRecord, p1: record, p2: sfi<<3 | 0x04, expect: true}
}
