package dump

import "bytes"

// minRun is how many digits make a run within other text plausible: an hour, a date, a
// thread or a process number have fewer, and no message of ISO 8583 does.
const minRun = 20

// HexInLine finds the hex digits of a message in a line that holds other things too,
// such as the time and the level of a log entry: the longest run of whole words of
// digits, all of one width but the last and separated in one way. A run has at least
// ten bytes. One that begins the line must end it, or be followed by a comment or a
// bracket, and a line that begins with 16 digits and goes on in letters has none: both
// are messages in characters. Nor has a line in which one wrong sign parts digits. It
// gives nil where there is none; [DecodeHexLine] takes what it gives.
func HexInLine(text []byte) []byte {
	run, _ := hexInLine(text)
	return run
}

// hexInLine says where the run begins, too.
func hexInLine(text []byte) (best []byte, at int) {
	if beginsAsCharacters(text) {
		return nil, 0
	}
	most := minRun - 1
	for i := 0; i < len(text); {
		i += escapeLen(text[i:])
		if i == len(text) {
			break
		}
		if !isWord(text[i]) && text[i] != '\\' {
			i++
			continue
		}
		end, digits := hexRun(text[i:])
		if digits > most && (i > 0 || isRemark(text[end:])) && !isHalf(text, i, i+end) {
			best, at, most = text[i:i+end], i, digits
		}
		if end == 0 {
			end = max(wordLen(text[i:]), 1)
		}
		i += end
	}
	return best, at
}

// beginsAsCharacters reports a line that begins with the type and the bitmap of a message
// in characters, and goes on in letters.
func beginsAsCharacters(text []byte) bool {
	n := hexLen(text)
	return n >= 16 && n < len(text) && isWord(text[n])
}

// isHalf reports a run that one wrong sign parts from more digits: a message with a slip
// in it, and not a message in something else.
func isHalf(text []byte, start, end int) bool {
	before, after := text[:start], text[end:]
	if n := len(before); n > 8 && !isWord(before[n-1]) && !isSeparator(before[n-1]) && isDigits(before[n-9:n-1]) {
		return true
	}
	return len(after) > 8 && !isWord(after[0]) && !isSeparator(after[0]) && isDigits(after[1:9])
}

// escapeLen is how long the sequence is that colours a terminal, where s begins with one.
func escapeLen(s []byte) int {
	if len(s) < 2 || s[0] != 0x1B || s[1] != '[' {
		return 0
	}
	for i, c := range s[2:] {
		if c >= '@' {
			return i + 3
		}
	}
	return len(s)
}

// hexRun is the run at the beginning of s, its length and its digits, or zeros.
func hexRun(s []byte) (end, digits int) {
	size, width := hexWord(s)
	if width == 0 {
		return 0, 0
	}
	end, digits = size, width
	var between []byte
	for {
		gap := gapLen(s[end:])
		if gap == 0 || between != nil && !bytes.Equal(between, s[end:end+gap]) {
			return end, digits
		}
		size, next := hexWord(s[end+gap:])
		if next == 0 || next > width {
			return end, digits
		}
		between = s[end : end+gap]
		end += gap + size
		digits += next
		if next < width {
			return end, digits
		}
	}
}

// hexWord is a word of pairs of digits, of one pair behind "0x", or of many behind
// "\x": how long it is, and how many digits it has.
func hexWord(s []byte) (size, digits int) {
	if len(s) > 3 && s[0] == '\\' {
		for len(s) >= size+4 && s[size] == '\\' && s[size+1] == 'x' && nibble(s[size+2]) <= 15 && nibble(s[size+3]) <= 15 {
			size, digits = size+4, digits+2
		}
		return size, digits
	}
	n := wordLen(s)
	at := 0
	if isPrefix(s[:n]) {
		at = 2
	}
	for _, c := range s[at:n] {
		if nibble(c) > 15 {
			return 0, 0
		}
	}
	if (n-at)%2 != 0 {
		return 0, 0
	}
	return n, n - at
}

// wordLen is how many letters, digits and underscores s begins with.
func wordLen(s []byte) int {
	for i, c := range s {
		if !isWord(c) {
			return i
		}
	}
	return len(s)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// gapLen is what stands between two words of a run: one separator, or a comma and a
// blank.
func gapLen(s []byte) int {
	switch {
	case len(s) < 2 || !isSeparator(s[0]):
		return 0
	case s[0] == ',' && s[1] == ' ':
		return 2
	}
	return 1
}

// isRemark reports the end of a line, or something that is no part of a message.
func isRemark(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	return len(rest) == 0 || bytes.IndexByte([]byte(`#/(|<>"')]};,.`), rest[0]) >= 0
}

// looksHex reports a line that was meant to be hex: of its characters that are no blanks
// seven in ten are digits, and there are eight.
func looksHex(text []byte) bool {
	digits, others := 0, 0
	for _, c := range text {
		switch {
		case nibble(c) <= 15:
			digits++
		case !isSeparator(c):
			others++
		}
	}
	return digits >= 8 && digits*3 >= others*7
}
