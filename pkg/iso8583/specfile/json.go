package specfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// parseJSON reads one JSON value with the places of its parts.
func parseJSON(data []byte) (*tree, error) {
	p := &jsonParser{data: data, dec: json.NewDecoder(bytes.NewReader(data)), ruler: newRuler(data)}
	p.dec.UseNumber()
	t, err := p.value(0)
	if err != nil {
		return nil, err
	}
	at := p.next()
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, unreadable(at, "something follows the JSON object", "JSON 对象之后还有内容")
	}
	return t, nil
}

type jsonParser struct {
	budget

	data  []byte
	dec   *json.Decoder
	ruler *ruler
}

// next is the place of the next token.
func (p *jsonParser) next() place {
	i := int(p.dec.InputOffset())
	for i < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[i]) >= 0 {
		i++
	}
	return p.ruler.at(i)
}

func (p *jsonParser) token() (json.Token, place, error) {
	at := p.next()
	tok, err := p.dec.Token()
	if err == nil {
		return tok, at, nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = p.ruler.at(int(syntax.Offset) - 1)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, at, unreadable(p.ruler.at(len(p.data)), "not JSON: it ends in the middle", "不是 JSON:内容在中间结束")
	}
	return nil, at, unreadable(at, "not JSON: a character that may not stand here", "不是 JSON:此处出现了不允许的字符")
}

func (p *jsonParser) value(depth int) (*tree, error) {
	tok, at, err := p.token()
	if err != nil {
		return nil, err
	}
	if err := p.take(at, depth); err != nil {
		return nil, err
	}
	t := &tree{at: at}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			t.kind = kindObject
			return t, p.object(t, depth)
		}
		t.kind = kindList
		return t, p.list(t, depth)
	case string:
		t.kind, t.text = kindText, v
	case json.Number:
		t.kind, t.text = kindNumber, v.String()
	case bool:
		t.kind, t.text = kindBool, "false"
		if v {
			t.text = "true"
		}
	}
	return t, nil
}

// object reads members up to the closing brace.
func (p *jsonParser) object(t *tree, depth int) error {
	for p.dec.More() {
		tok, at, err := p.token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		t.members = append(t.members, member{key: key, at: at, value: value})
	}
	_, _, err := p.token()
	return err
}

// list reads items up to the closing bracket.
func (p *jsonParser) list(t *tree, depth int) error {
	for p.dec.More() {
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		t.members = append(t.members, member{at: value.at, value: value})
	}
	_, _, err := p.token()
	return err
}
