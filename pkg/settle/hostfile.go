package settle

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/card"
)

// HostWriter writes the settlement file of till's own host, format "till-host": a first
// line with version, merchant and day, the names of the columns, a line for each record,
// a TOTAL line for each currency and an END line with the count and the SHA-256 of all
// bytes before it. Times are in UTC, amounts in minor units, cards masked.
//
//	TILL-HOST,1,104290053110021,2026-10-05
//	merchant,terminal,batch,stan,rrn,auth_code,type,card_masked,gross_minor,fee_minor,net_minor,currency,time
//	104290053110021,10000001,1,000001,627808000001,A00001,sale,411111******1111,1250,8,1242,CNY,2026-10-05T04:00:00Z
//	TOTAL,CNY,1,1250,8,1242
//	END,1,(64 hex digits)
type HostWriter struct {
	out    *bufio.Writer
	digest hash.Hash
	line   []byte
	sums   []sums
	count  int
	err    error
}

// NewHostWriter writes the first lines. Merchant is the acceptor that the file is for, day
// the day that it settles.
func NewHostWriter(w io.Writer, merchant string, day time.Time) (*HostWriter, error) {
	h := &HostWriter{out: bufio.NewWriterSize(w, 64<<10), digest: sha256.New()}
	if err := plainCell("merchant", merchant); err != nil {
		return nil, err
	}
	h.line = fmt.Appendf(h.line, "TILL-HOST,1,%s,%s\n", merchant, day.Format("2006-01-02"))
	h.line = append(h.line, "merchant,terminal,batch,stan,rrn,auth_code,type,card_masked,gross_minor,fee_minor,net_minor,currency,time\n"...)
	h.flushLine()
	return h, h.err
}

// Write appends a record. A record that a reader would refuse is refused here: texts with
// separators, quotes, line ends or formulas, a sign that contradicts the type, a net
// that is not gross less fee, a record without type, currency, time or references.
func (h *HostWriter) Write(r Record) error {
	if h.err != nil {
		return h.err
	}
	if err := checkHostRecord(&r); err != nil {
		return err
	}
	b := h.line
	for _, s := range []string{r.Merchant, r.Terminal, r.Batch, r.STAN, r.RRN, r.AuthCode, r.Type.String(), card.Mask(r.Card)} {
		b = append(append(b, s...), ',')
	}
	for _, n := range []int64{r.Gross, r.Fee, r.Net} {
		b = append(strconv.AppendInt(b, n, 10), ',')
	}
	b = append(append(b, r.Currency.Code()...), ',')
	b = append(r.Time.UTC().AppendFormat(b, "2006-01-02T15:04:05Z"), '\n')
	h.line = b
	h.flushLine()
	h.sum(&r)
	return h.err
}

func (h *HostWriter) sum(r *Record) {
	i := slices.IndexFunc(h.sums, func(s sums) bool { return s.currency == r.Currency })
	if i < 0 {
		i = len(h.sums)
		h.sums = append(h.sums, sums{currency: r.Currency})
	}
	s := &h.sums[i]
	h.count++
	s.count++
	if !addTo(&s.gross, r.Gross) || !addTo(&s.fee, r.Fee) || !addTo(&s.net, r.Net) {
		h.err = fmt.Errorf("total of %s: %w", r.Currency, ErrOverflow)
	}
}

// Close writes the totals and the end mark. It does not close the writer underneath.
func (h *HostWriter) Close() error {
	if h.err != nil {
		return h.err
	}
	slices.SortFunc(h.sums, func(a, b sums) int { return strings.Compare(a.currency.Code(), b.currency.Code()) })
	for _, s := range h.sums {
		h.line = fmt.Appendf(h.line, "TOTAL,%s,%d,%d,%d,%d\n", s.currency, s.count, s.gross, s.fee, s.net)
	}
	h.flushLine()
	h.line = fmt.Appendf(h.line, "END,%d,%s\n", h.count, hex.EncodeToString(h.digest.Sum(nil)))
	h.flushLine()
	if h.err == nil {
		h.err = h.out.Flush()
	}
	return h.err
}

// flushLine writes what was put together, and takes it into the digest.
func (h *HostWriter) flushLine() {
	h.digest.Write(h.line)
	if _, err := h.out.Write(h.line); err != nil && h.err == nil {
		h.err = fmt.Errorf("settlement file: %w", err)
	}
	h.line = h.line[:0]
}

func checkHostRecord(r *Record) error {
	for _, c := range []struct {
		name, text string
		required   bool
	}{
		{"merchant", r.Merchant, true}, {"terminal", r.Terminal, true}, {"batch", r.Batch, true}, {"stan", r.STAN, true},
		{"rrn", r.RRN, false}, {"auth_code", r.AuthCode, false}, {"card_masked", r.Card, false},
	} {
		if c.required && c.text == "" {
			return fmt.Errorf("%s: %w", c.name, ErrMissing)
		}
		if err := plainCell(c.name, c.text); err != nil {
			return err
		}
	}
	less, ok := sub(r.Gross, r.Fee)
	switch {
	case r.Type == Unknown:
		return fmt.Errorf("type: %w", ErrType)
	case r.Currency.IsZero() || !r.Settled.IsZero() && r.Settled != r.Currency:
		return fmt.Errorf("currency: %w", ErrCurrency)
	case r.Time.IsZero() || r.Time.UTC().Year() < 1 || r.Time.UTC().Year() > 9999:
		return fmt.Errorf("time: %w", ErrDate)
	case !r.Type.fits(r.Gross):
		return fmt.Errorf("gross of a %s: %w", r.Type, ErrSign)
	case !ok || less != r.Net:
		return fmt.Errorf("%w: got %d, want %d", ErrNet, r.Net, less)
	}
	return nil
}

// plainCell refuses what a spreadsheet or another reader of separated values would take
// for something else.
func plainCell(name, s string) error {
	switch {
	case len(s) > textMax:
		return fmt.Errorf("%s: %w", name, ErrLong)
	case strings.ContainsAny(s, ",\"\r\n\t\x00") || strings.TrimSpace(s) != s || !utf8.ValidString(s):
		return fmt.Errorf("%s: %w: a separator, a quote or a blank around it", name, ErrEncoding)
	case s != "" && (s[0] == '=' || s[0] == '@' || isFormula([]byte(s))):
		return fmt.Errorf("%s: %w", name, ErrFormula)
	}
	return nil
}
