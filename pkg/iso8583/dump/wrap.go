package dump

import "bytes"

// isWrapped tells from a sample of hex lines whether each is a message or whether
// messages are wrapped over several, as xxd -p, fold and C sources do. Lines that stand
// together are wrapped when all but the last have one length, which is a usual one, the
// last is no longer, and they do not begin alike: messages of one channel do, in their
// framing and type. A line that ends in half a pair is wrapped in any case.
func isWrapped(sample []byte) bool {
	var p paragraph
	votes := 0
	for rest := sample; len(rest) > 0; {
		text, size := cutLine(rest)
		cut := size == len(rest) && len(sample) == sampleSize
		rest = rest[size:]
		text = bytes.TrimSpace(text)
		if digits := !cut && isDigits(text); !digits || p.short {
			votes += p.vote()
			p = paragraph{}
			if !digits {
				continue
			}
		}
		p.add(text)
	}
	return votes+p.vote() > 0
}

// paragraph are lines of digits that stand together, to the first that is shorter than
// the first of all.
type paragraph struct {
	lines  int
	width  int     // characters of the first line
	bytes  int     // that it stands for
	head   [2]byte // that it begins with
	alike  int     // lines after it that begin as it does, to the first byte
	same   int     // to the second
	uneven bool    // a line is longer than the first
	short  bool    // the last line is shorter
	half   bool    // a line ends in half a pair
}

func (p *paragraph) add(text []byte) {
	data, at, _ := appendHex(nil, text)
	p.half = p.half || at < len(text)
	p.lines++
	if p.lines == 1 {
		p.width, p.bytes = len(text), len(data)
		copy(p.head[:], data)
		return
	}
	p.uneven = p.uneven || len(text) > p.width
	p.short = len(text) < p.width
	if len(data) > 1 && data[0] == p.head[0] {
		p.alike++
		if data[1] == p.head[1] {
			p.same++
		}
	}
}

// vote is 1 for wrapped, -1 for a message a line, 0 where nothing tells.
func (p *paragraph) vote() int {
	switch {
	case p.lines < 2:
		return 0
	case p.uneven:
		return -1
	case p.half:
		return 1
	case !isUsualWidth(p.bytes):
		return -1
	case p.alike == p.lines-1 && (p.bytes != 30 || p.same == p.alike || p.lines > 3):
		return -1
	}
	return 1
}

// isUsualWidth reports a number of bytes a line that tools wrap at.
func isUsualWidth(n int) bool {
	switch n {
	case 8, 10, 12, 16, 20, 24, 30, 32, 36, 38, 40, 48, 64:
		return true
	}
	return false
}
