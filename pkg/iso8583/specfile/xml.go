package specfile

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// element is one element of a packager with its attributes.
type element struct {
	name  string
	attrs map[string]string
	at    place
	kids  []*element
}

// parseXML reads the elements of a packager. It resolves no entity but the five of
// XML, and fetches nothing.
func parseXML(r io.Reader) (*element, error) {
	p := &xmlParser{dec: xml.NewDecoder(&bounded{r: r, left: sizeMost})}
	p.dec.CharsetReader = charset
	for {
		at := p.place()
		tok, err := p.dec.Token()
		if err != nil {
			return nil, p.fault(at, err)
		}
		if start, ok := tok.(xml.StartElement); ok {
			return p.element(start, at, 0)
		}
	}
}

type xmlParser struct {
	budget

	dec *xml.Decoder
}

func (p *xmlParser) place() place {
	line, column := p.dec.InputPos()
	return place{line, column}
}

func (p *xmlParser) fault(at place, err error) error {
	var syntax *xml.SyntaxError
	var own *syntaxError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &syntax):
		return unreadable(place{syntax.Line, at.column}, "not XML: %s", "不是 XML:%s", shown(syntax.Msg))
	case errors.Is(err, io.EOF):
		return unreadable(at, "no isopackager element", "没有 isopackager 元素")
	}
	return unreadable(at, "not readable: %v", "无法读取:%v", err)
}

// element reads up to the closing tag.
func (p *xmlParser) element(start xml.StartElement, at place, depth int) (*element, error) {
	e := &element{name: start.Name.Local, attrs: map[string]string{}, at: at}
	if err := p.take(at, depth); err != nil {
		return nil, err
	}
	for _, a := range start.Attr {
		if p.nodes++; p.nodes > nodesMost {
			return nil, p.take(at, depth)
		}
		e.attrs[a.Name.Local] = a.Value
	}
	for {
		at := p.place()
		tok, err := p.dec.Token()
		if err != nil {
			return nil, p.fault(at, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			kid, err := p.element(t, at, depth+1)
			if err != nil {
				return nil, err
			}
			e.kids = append(e.kids, kid)
		case xml.EndElement:
			return e, nil
		}
	}
}

// charset reads the charsets that packagers come in beside UTF-8.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii", "utf8":
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252", "cp1252":
		return &latin1{in: in}, nil
	}
	return nil, unreadable(place{1, 1}, "charset %s: want UTF-8 or ISO-8859-1", "字符集 %s:应为 UTF-8 或 ISO-8859-1", shown(name))
}

// latin1 gives ISO 8859-1 as UTF-8.
type latin1 struct {
	in  io.Reader
	buf [256]byte
	out []byte
}

func (l *latin1) Read(b []byte) (int, error) {
	if len(l.out) == 0 {
		n, err := l.in.Read(l.buf[:])
		l.out = l.out[:0]
		for _, c := range l.buf[:n] {
			l.out = append(l.out, string(rune(c))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(b, l.out)
	l.out = l.out[n:]
	return n, nil
}

// bounded fails after a number of bytes.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &syntaxError{en: fmt.Sprintf("more than %d bytes", sizeMost), zh: fmt.Sprintf("超过 %d 字节", sizeMost)}
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
