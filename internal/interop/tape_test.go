//go:build interop

package interop_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// tape keeps what a till sent and received, as its own layout reads it, to be held against
// what jPOS says of the same bytes. It has no card data, but digests of it.
type tape struct {
	t    *testing.T
	spec *iso8583.Spec

	mu       sync.Mutex
	sent     []string
	received []string
}

// tap is a tap of a link.
func (p *tape) tap(d link.Direction, raw []byte) {
	m, err := p.spec.Unpack(raw)
	if err != nil {
		p.t.Errorf("a message of %d bytes: %v", len(raw), err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if d == link.Sent {
		p.sent = append(p.sent, fieldsOf(m))
	} else {
		p.received = append(p.received, fieldsOf(m))
	}
}

// fieldsOf is a message in the form of Fields.java.
func fieldsOf(m *iso8583.Message) string {
	fields := []string{"0=" + hex.EncodeToString([]byte(m.MTI()))}
	for _, path := range m.Fields() {
		value := []byte(strings.TrimRight(m.Reveal(path), " "))
		if path == "55" {
			value = m.Bytes(path)
		}
		if slices.Contains([]string{"2", "14", "35", "45", "52", "55"}, path) {
			hash := sha256.Sum256(value)
			fields = append(fields, path+"=#"+hex.EncodeToString(hash[:8]))
			continue
		}
		fields = append(fields, path+"="+hex.EncodeToString(value))
	}
	return strings.Join(fields, " ")
}

// compare holds what one side wrote against what the other read, message by message.
func compare(t *testing.T, what string, wrote, read []string) {
	t.Helper()
	for i := range min(len(wrote), len(read)) {
		if wrote[i] != read[i] {
			t.Errorf("%s %d:\nwrote %s\nread  %s", what, i+1, plain(wrote[i]), plain(read[i]))
		}
	}
	if len(wrote) != len(read) {
		t.Errorf("%s: %d written, %d read", what, len(wrote), len(read))
	}
}

// plain is the form of Fields.java for people.
func plain(fields string) string {
	var out []string
	for _, f := range strings.Fields(fields) {
		path, value, _ := strings.Cut(f, "=")
		if text, err := hex.DecodeString(value); err == nil {
			value = string(text)
		}
		out = append(out, path+"="+value)
	}
	return strings.Join(out, " ")
}
