package specfile

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// marksMost bounds the characters that can start a token of YAML, and so the memory
// that the tokens take, before any is made.
const marksMost = 150_000

// countMarks counts what may start a token.
func countMarks(data []byte) int {
	n := 0
	for _, c := range data {
		if strings.IndexByte("\n:-,[]{}&*!|>'\"%@`?#", c) >= 0 {
			n++
		}
	}
	return n
}

// widthMost is how many entries one object or list of YAML may have; the parser takes
// time by their square.
const widthMost = 1000

// block is an object or list of YAML that is open: in brackets, or of an indentation.
type block struct {
	column, width int
	flow          bool
}

// checkTokens holds the nesting of brackets and of indented blocks to twice depthMost,
// so that the parser, which calls itself for each, cannot run out of stack, and the
// entries of each to widthMost.
func checkTokens(tokens token.Tokens) error {
	var open []block
	line := 0
	for _, t := range tokens {
		at := place{t.Position.Line, t.Position.Column}
		if t.Type == token.InvalidType {
			return unreadable(at, "not YAML", "不是 YAML")
		}
		open = step(open, t, at, at.line != line)
		line = at.line
		if len(open) == 0 {
			continue
		}
		if top := &open[len(open)-1]; top.width > widthMost {
			return unreadable(at, "more than %d entries", "条目超过 %d 个", widthMost)
		}
		if len(open) > 2*depthMost {
			return unreadable(at, "nested more than %d deep", "嵌套超过 %d 层", depthMost)
		}
	}
	return nil
}

// step opens and closes blocks at one token.
func step(open []block, t *token.Token, at place, first bool) []block {
	inFlow := len(open) > 0 && open[len(open)-1].flow
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		return append(open, block{flow: true})
	case token.SequenceEndType, token.MappingEndType:
		for len(open) > 0 {
			last := open[len(open)-1]
			if open = open[:len(open)-1]; last.flow {
				break
			}
		}
		return open
	case token.CollectEntryType:
		if inFlow {
			open[len(open)-1].width++
		}
		return open
	case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.TagType:
		if !first {
			return append(open, block{column: at.column})
		}
	default:
	}
	if !first || inFlow {
		return open
	}
	for len(open) > 0 && !open[len(open)-1].flow && open[len(open)-1].column > at.column {
		open = open[:len(open)-1]
	}
	if len(open) > 0 && open[len(open)-1].column == at.column {
		open[len(open)-1].width++
		return open
	}
	return append(open, block{column: at.column})
}
