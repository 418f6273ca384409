package iso8583

import "slices"

// Covered are the packed bytes that a message authentication code stands behind: all of
// the message before field 64 or 128, whichever is its last. Of a message that was
// unpacked and not changed they are the bytes as they came, however they were coded; of
// any other they are as Pack gives them, with the bit of the code set. They hold the card
// in the clear. A message that does not end in a code gives [ErrPath].
//
//	m.SetBytes("64", make([]byte, 8)) // the bit is covered, the code is not
//	covered, err := m.Covered()
//	code, err := mac.X919(key, covered)
//	m.SetBytes("64", code[:])
func (m *Message) Covered() ([]byte, error) {
	last := m.in.code()
	if last == nil {
		return nil, &Error{Path: "64", Offset: -1, Err: ErrPath}
	}
	if m.in.covered != nil {
		return slices.Clone(m.in.covered), nil
	}
	raw, err := m.Pack()
	if err != nil {
		return nil, err
	}
	code, err := last.node.wire(last.value)
	if err != nil {
		return nil, err
	}
	return raw[:len(raw)-len(code)], nil
}

// code is the field of the message authentication code where the message ends in one.
func (c *messageBody) code() *cell {
	if len(c.cells) == 0 {
		return nil
	}
	last := &c.cells[len(c.cells)-1]
	if last.node.num != 64 && last.node.num != 128 {
		return nil
	}
	return last
}

// cover keeps the bytes before the code as they came.
func (c *messageBody) cover(b *layoutBody) {
	last := c.code()
	if last == nil {
		return
	}
	for i := range b.spans {
		if b.spans[i].node == last.node {
			c.covered = slices.Clone(b.raw[:b.spans[i].Offset])
			return
		}
	}
}
