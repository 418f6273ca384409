package dump

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// jposLog follows the XML of a log of jPOS: whose entry it is, and whether a message in
// it has its bytes.
type jposLog struct {
	inside bool // an entry
	time   time.Time
	peer   string
	sent   bool
	got    bool
	depth  int  // of isomsg in isomsg
	unread line // the first message of the entry; number 0 where there is none
	dumped bool // the entry has a dump
	header bool // the dump is that of a header, which belongs before the next
}

// stamp gives a record that begins what is known of the entry.
func (j *jposLog) stamp(rec *Record) {
	j.dumped = true
	if !j.inside {
		return
	}
	rec.Time = j.time
	switch {
	case j.sent:
		rec.Destination = j.peer
	case j.got:
		rec.Source = j.peer
	}
}

// line looks at the tags of a line. Its error is a message without bytes.
func (j *jposLog) line(l line) error {
	var err error
	for rest := l.text; ; {
		at := bytes.IndexByte(rest, '<')
		if at < 0 {
			return err
		}
		rest = rest[at+1:]
		if e := j.tag(rest, l); e != nil {
			err = e
		}
	}
}

func (j *jposLog) tag(text []byte, l line) error {
	switch {
	case isTag(text, "log"):
		err := j.end()
		*j = jposLog{inside: true, time: jposTime(attribute(text, "at")), peer: jposPeer(attribute(text, "realm"))}
		return err
	case isTag(text, "/log"):
		return j.end()
	case isTag(text, "send"):
		j.sent = true
	case isTag(text, "receive"):
		j.got = true
	case isTag(text, "isomsg"):
		j.depth++
		if j.unread.number == 0 {
			j.unread = line{number: l.number, offset: l.offset}
		}
	case isTag(text, "/isomsg"):
		j.depth = max(j.depth-1, 0)
		if j.depth == 0 && !j.inside {
			return j.end()
		}
	}
	return nil
}

// end ends an entry: if it has a message and no dump, that is a fault.
func (j *jposLog) end() error {
	defer func() { *j = jposLog{} }()
	if j.unread.number == 0 || j.dumped {
		return nil
	}
	return &Error{Line: j.unread.number, Offset: j.unread.offset, Err: ErrNoBytes}
}

// takesHeader follows the lines "--- header ---" and "--- data ---" of a message that
// jPOS could not read, and reports that the dump that comes belongs to the last.
func (j *jposLog) takesHeader(text []byte) bool {
	text = bytes.TrimSpace(text)
	switch string(text) {
	case "--- header ---":
		j.header = true
	case "--- data ---":
		taken := j.header && j.dumped
		j.header = false
		return taken
	}
	return false
}

// isTag reports that a tag of the name begins here, behind its '<'.
func isTag(text []byte, name string) bool {
	rest, ok := bytes.CutPrefix(text, []byte(name))
	return ok && (len(rest) == 0 || rest[0] == '>' || rest[0] == ' ' || rest[0] == '/' || rest[0] == '\t')
}

// attribute is the value of an attribute of the tag that begins here, or nothing.
func attribute(text []byte, name string) string {
	if end := bytes.IndexByte(text, '>'); end >= 0 {
		text = text[:end]
	}
	_, rest, ok := bytes.Cut(text, []byte(" "+name+`="`))
	if !ok {
		return ""
	}
	value, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok || len(value) > 128 {
		return ""
	}
	return string(value)
}

// jposPeer is the address at the end of a realm such as "channel/10.0.0.1:5000".
func jposPeer(realm string) string {
	for part := range strings.SplitSeq(realm, "/") {
		if at, err := netip.ParseAddrPort(part); err == nil {
			return at.String()
		}
	}
	return ""
}

// jposTime reads the time of an entry, as new versions write it ("2026-11-23T10:11:12.345")
// and old ones ("Mon Nov 23 10:11:12 CST 2026.345").
func jposTime(at string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, at); err == nil {
			return t
		}
	}
	dot := strings.LastIndexByte(at, '.')
	if dot < 0 {
		return time.Time{}
	}
	t, err := time.Parse(time.UnixDate, at[:dot])
	millis, bad := strconv.Atoi(at[dot+1:])
	if err != nil || bad != nil || millis < 0 || millis > 999 {
		return time.Time{}
	}
	return t.Add(time.Duration(millis) * time.Millisecond)
}
