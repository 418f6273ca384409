package specfile

import (
	"errors"
	"fmt"
)

// What a file may have at most. A spec of every field of the standard with three
// levels of subfields has a hundredth of it; whatever is read stays under 128 MiB.
const (
	sizeMost  = 4 << 20 // bytes
	nodesMost = 100_000 // after YAML aliases are resolved
	depthMost = 64
)

// kind is what a node of a file is.
type kind uint8

const (
	kindNull kind = iota
	kindObject
	kindList
	kindText // in quotes, or a YAML scalar that looks like nothing else
	kindNumber
	kindBool
)

// tree is a JSON or YAML value with its place.
type tree struct {
	kind    kind
	text    string // of a scalar
	yaml    bool   // whether its text is as YAML has it
	at      place
	members []member // of an object in the order of the file
}

// member is a key and its value.
type member struct {
	key   string
	at    place // of the key
	value *tree
}

// syntaxError is where a file is not JSON, YAML or XML, or too much of it.
type syntaxError struct {
	at     place
	en, zh string
}

func (e *syntaxError) Error() string { return e.en }

// unreadable is a syntaxError with two texts of the same arguments.
func unreadable(at place, en, zh string, args ...any) error {
	return &syntaxError{at: at, en: fmt.Sprintf(en, args...), zh: fmt.Sprintf(zh, args...)}
}

// finding is the error as a finding.
func asFinding(err error) Finding {
	var s *syntaxError
	if !errors.As(err, &s) {
		return Finding{Severity: SeverityError, En: err.Error(), Zh: "无法读取:" + err.Error()}
	}
	return Finding{Severity: SeverityError, Line: s.at.line, Column: s.at.column, En: s.en, Zh: s.zh}
}

// budget counts nodes and depth down.
type budget struct{ nodes int }

func (b *budget) take(at place, depth int) error {
	if b.nodes++; b.nodes > nodesMost {
		return unreadable(at, "more than %d values", "超过 %d 个值", nodesMost)
	}
	if depth > depthMost {
		return unreadable(at, "nested more than %d deep", "嵌套超过 %d 层", depthMost)
	}
	return nil
}

// ruler tells lines and columns of byte offsets that ascend.
type ruler struct {
	data         []byte
	pos          int
	line, column int
}

func newRuler(data []byte) *ruler { return &ruler{data: data, line: 1, column: 1} }

func (r *ruler) at(offset int) place {
	for ; r.pos < offset && r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; {
		case c == '\n':
			r.line, r.column = r.line+1, 1
		case c&0xC0 != 0x80: // not the rest of a UTF-8 character
			r.column++
		}
	}
	return place{r.line, r.column}
}

// scalar reports a value that is no object and no list.
func (t *tree) scalar() bool { return t.kind != kindObject && t.kind != kindList }

// what names the kind of a value.
func (t *tree) what() (en, zh string) {
	switch t.kind {
	case kindObject:
		return "an object", "对象"
	case kindList:
		return "a list", "列表"
	case kindNumber:
		return "a number", "数字"
	case kindBool:
		return "true or false", "布尔值"
	case kindText:
		return "text", "文本"
	default:
		return "nothing", "空值"
	}
}
