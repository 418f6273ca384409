package iso8583

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// documentMost is the size of a document, in bytes of JSON, above which it is refused.
const documentMost = 8 << 20

// ParseDocument reads the JSON of a document. What it does not know is an error that
// names the member, so that a misspelt one is not lost in silence. The error holds no
// value.
func ParseDocument(data []byte) (Document, error) {
	if len(data) > documentMost {
		return Document{}, fmt.Errorf("%w: %d bytes, want at most %d", ErrDocument, len(data), documentMost)
	}
	c := &documentBody{}
	err := eachMember(data, func(name string, value json.RawMessage) error { return c.take(name, value) })
	if err != nil {
		return Document{}, err
	}
	return Document{in: c}, nil
}

// take reads one member.
func (c *documentBody) take(name string, value json.RawMessage) (err error) {
	var text string
	switch name {
	case "mti":
		if text, err = textOf(name, value); err == nil && text != "" {
			c.mti, err = ParseMTI(text)
		}
	case "dialect":
		c.dialect, err = textOf(name, value)
	case "framing":
		c.framing, err = textOf(name, value)
	case "before":
		c.before, err = hexOf(name, value)
	case "after":
		c.after, err = hexOf(name, value)
	case "fields":
		c.fields, err = entriesOf(name, value)
	case "raw":
		c.raw, err = entriesOf(name, value)
	case "rest":
		text, err = textOf(name, value)
		c.rest, c.broken = hiddenEntry("rest", text), true
	case "masked":
		if json.Unmarshal(value, &c.hidden) != nil {
			err = fmt.Errorf("%w: %q: want a list of paths", ErrDocument, name)
		}
	default:
		err = fmt.Errorf("%w: unknown member %q: want mti, dialect, framing, before, after, fields, raw, rest or masked", ErrDocument, name)
	}
	return err
}

// entriesOf reads {"path":"value",…} in its order.
func entriesOf(name string, value json.RawMessage) ([]entry, error) {
	var list []entry
	seen := map[string]bool{}
	err := eachMember(value, func(path string, value json.RawMessage) error {
		path = canonical(path)
		text, err := textOf(name+" "+path, value)
		if err == nil && seen[path] {
			err = fmt.Errorf("%w: %s: path %q is there twice: the second of a tag is written with #2", ErrDocument, name, path)
		}
		seen[path] = true
		list = append(list, hiddenEntry(path, text))
		return err
	})
	return list, err
}

// hiddenEntry is an entry of which nothing is known but that it may be card data.
func hiddenEntry(path, clear string) entry {
	return entry{path, clear, strings.Repeat("*", len(clear))}
}

// textOf reads a JSON string.
func textOf(name string, value json.RawMessage) (string, error) {
	var text string
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", fmt.Errorf("%w: %q: want a string in quotes, so that no zero in front is lost", ErrDocument, name)
	}
	return text, nil
}

// hexOf reads a JSON string of hex.
func hexOf(name string, value json.RawMessage) (string, error) {
	text, err := textOf(name, value)
	if err == nil {
		_, err = unhexAt(name, text)
	}
	return text, err
}

// eachMember calls f for each member of a JSON object in its order.
func eachMember(data []byte, f func(name string, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	malformed := func() error {
		return fmt.Errorf("%w: no JSON object after byte %d", ErrDocument, dec.InputOffset())
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return malformed()
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return malformed()
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return malformed()
		}
		if err := f(fmt.Sprint(name), value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return malformed()
	}
	if dec.More() || len(bytes.TrimSpace(data[dec.InputOffset():])) > 0 {
		return malformed()
	}
	return nil
}

// isMasked reports an entry that the document calls masked and that still is.
func (c *documentBody) isMasked(e entry) bool {
	return strings.Contains(e.clear, "*") && slices.Contains(c.hidden, e.path)
}
