package emv

import (
	"bytes"
	"slices"
)

// proximityName is the payment system environment of cards that are held to a reader
// (Book B, 3.3.2).
const proximityName = "2PAY.SYS.DDF01"

// selectProximity begins application selection without contacts. There is no list to
// fall back to: what has no such directory is no payment card here.
func (r *run) selectProximity() error {
	return r.ask(StepSelectProximity, selectCommand([]byte(proximityName), 0x00), r.onProximity)
}

func (r *run) onProximity(a answer) error {
	switch {
	case a.sw == 0x6A81:
		return &Error{Step: StepSelectProximity, Offset: -1, SW: a.sw, Err: ErrCardBlocked}
	case !a.ok():
		return &Error{Step: StepSelectProximity, Offset: -1, SW: a.sw, Err: ErrNoApplication}
	}
	tree, err := Parse(a.data, Strict)
	if err != nil {
		return badFormat(StepSelectProximity, TagFCI, err)
	}
	lo, hi, ok := tree.inside(TagFCI, TagFCIProprietary, TagIssuerDiscretionary)
	if !ok {
		return missing(StepSelectProximity, TagIssuerDiscretionary)
	}
	for i := lo; i < hi; i = tree[i].Last + 1 {
		if tree[i].Tag == TagApplicationTemplate {
			r.addCombination(tree[i+1 : tree[i].Last+1])
		}
	}
	return r.choose()
}

// inside is the range of nodes within the first object under a path.
func (t Tree) inside(path ...Tag) (lo, hi int, ok bool) {
	lo, hi = 0, len(t)
	for depth, tag := range path {
		i := t.index(tag, depth, lo, hi)
		if i < 0 {
			return 0, 0, false
		}
		lo, hi = i+1, t[i].Last+1
	}
	return lo, hi, true
}

// addCombination takes the application of a directory entry if it is one of the
// terminal's, its kernel is performed here, and the amount is within its limit (Book B,
// 3.1.1 and 3.3.2).
func (r *run) addCombination(objects Tree) {
	c := describe(objects, TagApplicationID)
	if len(c.AID) < 5 || len(c.AID) > 16 || r.hasCandidate(c.AID) {
		return
	}
	i := slices.IndexFunc(objects, func(n Node) bool { return n.Tag == TagKernel })
	var wanted []byte
	if i >= 0 {
		wanted = objects[i].Value
	}
	aid, known := r.match(c.AID)
	kernel := kernelOf(wanted, c.AID)
	switch name := []any{upperHex(c.AID), c.Label}; {
	case !known:
		r.note("Application %s (%s) is not one of this terminal's", "应用 %s（%s）不被本终端支持", name...)
	case kernel == 0:
		r.note("Application %s (%s) wants a kernel that is not here", "应用 %s（%s）所需的内核不可用", name...)
	case r.isOver(aid, kernel):
		r.overLimit = true
		r.note("Application %s (%s) does not take this amount without contacts", "应用 %s（%s）不接受该金额的非接交易", name...)
	default:
		c.aid, c.Kernel = aid, kernel
		r.candidates = append(r.candidates, c)
		r.note("Application %s (%s), kernel %d", "应用 %s（%s），内核 %d", append(name, kernel)...)
	}
}

// isOver reports an amount over the reader's limit. A phone of the M/Chip shape may
// turn out to have a limit of its own, so there the larger one counts for now.
func (r *run) isOver(aid AID, kernel byte) bool {
	limits := r.cfg.limitsOf(aid)
	over := limits.refuses(r.cfg.Amount, false)
	return over && (kernel != kernelMChip || limits.refuses(r.cfg.Amount, true))
}

// kernelOf is the kernel for an application, 0 for none that is performed here: the one
// that the card asks for in tag 9F2A, or where it leaves the choice, the one of its
// scheme (Book B, 3.3.2.5 and table 3-6). Kernels of one country or one company are not
// performed.
func kernelOf(wanted, aid []byte) byte {
	kernel := byte(0)
	if len(wanted) > 0 {
		if wanted[0]&0xC0 != 0 {
			return 0
		}
		kernel = wanted[0] & 0x3F
	}
	if kernel == 0 {
		kernel = kernelOfScheme(aid)
	}
	switch kernel {
	case kernelMChip, kernelQVSDC, kernelUnionPay:
		return kernel
	default:
		return 0
	}
}

func kernelOfScheme(aid []byte) byte {
	for _, scheme := range []struct {
		kernel byte
		rid    []byte
	}{
		{kernelMChip, []byte{0xA0, 0, 0, 0, 0x04}},
		{kernelQVSDC, []byte{0xA0, 0, 0, 0, 0x03}},
		{kernelUnionPay, []byte{0xA0, 0, 0, 0x03, 0x33}},
	} {
		if bytes.HasPrefix(aid, scheme.rid) {
			return scheme.kernel
		}
	}
	return 0
}

// isMChip reports that the chosen application takes the path of the M/Chip shape, and
// not that of qVSDC.
func (r *run) isMChip() bool { return r.chosen.Kernel == kernelMChip }

// chooseProximity takes the application of the highest priority: without contacts
// nobody is asked (Book B, 3.3.2.6).
func (r *run) chooseProximity() error {
	r.begin(StepChoose)
	if len(r.candidates) == 0 {
		cause := ErrNoApplication
		if r.overLimit {
			cause = ErrUseContacts
		}
		return &Error{Step: StepChoose, Offset: -1, Err: cause}
	}
	slices.SortStableFunc(r.candidates, func(a, b Candidate) int { return rank(a) - rank(b) })
	r.chosen = r.candidates[0]
	r.note("%d in common; %s is taken", "共有 %d 个；选定 %s", len(r.candidates), r.chosen.Label)
	return r.selectApplication()
}

// prepare is what the reader works out for the chosen application before it starts it
// (Book B, 3.1.1): the qualifiers, by the limits. An application of the qVSDC shape must
// ask for them (3.3.3.3).
func (r *run) prepare() error {
	r.begin(StepPrepare)
	limits, q := r.cfg.limitsOf(r.chosen.aid), r.cfg.Contactless.Qualifiers
	if r.cfg.Amount > limits.Floor || r.cfg.Amount == 0 || r.cfg.ForceOnline || r.cfg.isOnlineOnly() {
		q[1] |= ttqOnlineRequired
	}
	if r.cfg.Amount >= limits.CVM {
		q[1] |= ttqCVMRequired
	}
	r.qualifiers = q
	r.terminal[TagTTQ] = q[:]
	r.noteBits("The reader can and wants: %s", "读卡器支持并要求：%s", TagTTQ, q[:])
	if r.isMChip() {
		r.claimCVM(q[1]&ttqCVMRequired != 0)
		return r.initiate()
	}
	list, err := r.dol(StepPrepare, TagPDOL)
	if err != nil {
		return err
	}
	if !list.Has(TagTTQ) {
		return r.drop("It does not ask what the reader can do", "该应用未请求终端交易属性")
	}
	return r.initiate()
}

// claimCVM narrows what the terminal says it can to what counts without contacts (Book
// C-2, annex A, DF8118 and DF8119): PIN online and signature where the holder must be
// verified, nothing but no verification where not.
func (r *run) claimCVM(required bool) {
	can := byte(capNoCVM)
	if required {
		can = r.cfg.Capabilities[1] & (capOnlinePIN | capSignature)
	}
	r.cfg.Capabilities[1] = can
	r.terminal[TagTerminalCapabilities] = bytes.Clone(r.cfg.Capabilities[:])
}

// onTapOptions takes the answer to GET PROCESSING OPTIONS of a card held to the reader.
func (r *run) onTapOptions(a answer) error {
	end := func(cause error) error {
		return &Error{Step: StepInitiate, Offset: -1, SW: a.sw, Err: cause}
	}
	switch {
	case a.sw == 0x6984:
		return end(ErrUseContacts)
	case a.sw == 0x6985:
		return r.drop("The card does not want this application here", "卡片在此不接受该应用")
	case a.sw == 0x6986:
		return end(ErrSeePhone)
	case !a.ok():
		return badStatus(StepInitiate, a.sw)
	case r.isMChip():
		return r.onMChipOptions(a)
	}
	return r.onQuickOptions(a)
}

// mandatory are the objects without which a card is not usable.
func (r *run) mandatory() []Tag {
	switch {
	case !r.isContactless():
		return []Tag{TagExpiry, TagPAN, TagCDOL1, TagCDOL2}
	case r.isMChip():
		return []Tag{TagExpiry, TagPAN, TagCDOL1}
	default:
		return []Tag{TagTrack2}
	}
}

// noMagstripe refuses a card that offers the mode of the magnetic stripe alone, which
// is not performed here.
func noMagstripe(got string) error {
	return &Error{Step: StepInitiate, Offset: -1, Err: ErrMagstripe, Got: got, Want: "a chip cryptogram"}
}
