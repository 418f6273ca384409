package dump

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// headerTime reads the line that tcpdump puts before a packet: a time, with a date
// before it or without, or seconds since 1970, then the protocol and the addresses.
func headerTime(text []byte) (time.Time, bool) {
	if !namesProtocol(text[:min(len(text), 160)]) {
		return time.Time{}, false
	}
	head := string(text[:min(len(text), 48)])
	for _, layout := range []string{"2006-01-02 15:04:05", "15:04:05"} {
		n := len(layout)
		for n < len(head) && (head[n] == '.' || head[n] >= '0' && head[n] <= '9') {
			n++
		}
		if n < len(head) {
			if at, err := time.Parse(layout, head[:n]); err == nil {
				return at, true
			}
		}
	}
	return epochTime(head)
}

// namesProtocol reports the word for what is in the packet.
func namesProtocol(text []byte) bool {
	for _, word := range []string{" IP ", " IP6 ", " IP, ", " ARP, ", " ethertype "} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// epochTime reads seconds since 1970 with their fraction, as tcpdump -tt writes them.
func epochTime(head string) (time.Time, bool) {
	seconds, rest, ok := strings.Cut(head, ".")
	if !ok {
		return time.Time{}, false
	}
	fraction, _, _ := strings.Cut(rest, " ")
	s, err := strconv.ParseInt(seconds, 10, 40)
	f, bad := strconv.ParseUint(fraction, 10, 32)
	if err != nil || bad != nil || s < 0 || len(fraction) > 9 {
		return time.Time{}, false
	}
	for range 9 - len(fraction) {
		f *= 10
	}
	return time.Unix(s, int64(f)).UTC(), true
}

// logTime is the time at the beginning of a line of a log, where it has one: date and
// time, or the time alone, the fraction behind a dot or a comma, the zone if there is
// one. Without a zone it is taken for UTC.
func logTime(text []byte) time.Time {
	head := string(bytes.TrimLeft(text[:min(len(text), 40)], " [("))
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05", "15:04:05"} {
		n := len(layout)
		if len(head) <= n || head[2] != layout[2] && head[4] != layout[4] {
			continue
		}
		end := n
		for end < len(head) && strings.IndexByte(".,0123456789", head[end]) >= 0 {
			end++
		}
		if at, err := time.Parse(layout, strings.TrimRight(head[:end], ".,")); err == nil {
			return zoned(at, head[end:])
		}
	}
	return time.Time{}
}

// zoned reads the zone behind a time.
func zoned(at time.Time, rest string) time.Time {
	if len(rest) < 6 {
		return at
	}
	zone, err := time.Parse("-07:00", rest[:6])
	if err != nil {
		return at
	}
	_, seconds := zone.Zone()
	return at.Add(-time.Duration(seconds) * time.Second)
}
