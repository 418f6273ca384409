package iso8583

// Carry is the message in another dialect, and what could not be carried over: an *[Error]
// with the path for every field that the other does not define, or whose value does not
// fit there. The message type is carried as it is. A fixed field goes only where it has
// the same length: the editions of the standard give a number like 12 different contents,
// and a time of six digits filled up to twelve would be another time.
func (m *Message) Carry(to *Spec) (*Message, []*Error) {
	out := to.NewMessage(m.in.mti)
	var lost []*Error
	for i := range m.in.cells {
		c := &m.in.cells[i]
		n, _, err := out.in.find(c.node.id)
		if err == nil {
			err = c.carry(out.in, n)
		}
		if err != nil {
			lost = append(lost, asError(c.node.id, err))
		}
	}
	return out, lost
}

// asError is an error of this package as its type.
func asError(path string, err error) *Error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // find, carry and parse give it unwrapped
		return e
	}
	return &Error{Path: path, Offset: -1, Err: ErrCharacter}
}

// carry sets the value of the cell in a message of another dialect.
func (c *cell) carry(to *messageBody, n *node) error {
	switch {
	case c.node.layout == layoutNone && n.layout == layoutNone:
		return c.carryPlain(to, n)
	case c.node.layout != layoutNone && n.layout != layoutNone && n.layout != layoutPositional:
		return c.carryParts(to, n)
	}
	value, err := n.parse(c.body().text(0))
	if err == nil {
		to.put(n, value)
	}
	return err
}

// carryPlain sets characters or bytes, which are the same in every coding.
func (c *cell) carryPlain(to *messageBody, n *node) error {
	if n.prefix == prefixFixed && n.pad.side == 0 && len(c.value) != n.length {
		return &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(c.value)}
	}
	value, err := n.parseBytes(c.value)
	if err == nil {
		to.put(n, value)
	}
	return err
}

// carryParts sets a composite part by part, or as a whole where a part cannot be set.
func (c *cell) carryParts(to *messageBody, n *node) error {
	r := documentReader{b: c.body(), v: veil{lifted: true}}
	r.v.cover(r.b)
	parts := &messageBody{}
	if err := parts.setAll(n, r.entries(0)); err != nil {
		return err
	}
	if len(parts.cells) == 1 {
		to.put(n, parts.cells[0].value)
	}
	return nil
}
