package hostsim

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
)

// Settled is what the settlement file of a closed batch says of a sale.
type Settled int

// The ways, all but the first on purpose, so that a shop can see what reconciling finds.
const (
	SettledRight   Settled = iota // one row, as it was posted
	SettledNever                  // no row
	SettledTwice                  // the row stands twice
	SettledChanged                // the row's gross is one minor unit more than was posted
	SettledLate                   // the row stands in the file of the terminal's next batch
)

// SettlementFile is the file that the closing of a batch has left in the host's folder.
func (h *Host) SettlementFile(terminal string, batch int) string {
	return filepath.Join(h.settlements(), fmt.Sprintf("%s-%06d.csv", plainName(terminal), batch))
}

func (h *Host) settlements() string {
	return filepath.Join(filepath.Dir(h.ledger.Path()), "settlement")
}

// plainName keeps of a terminal's number what is safe in the name of a file.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, s)
}

// settleBatch writes the settlement file of a batch that is closed. It says the same
// whenever it is written, so a repeated 0500 heals one that could not be.
func (h *Host) settleBatch(ctx context.Context, r request) error {
	rows, err := h.settledEntries(ctx, r.terminal, r.batch)
	if err != nil {
		return err
	}
	rule, err := FeeRule()
	if err != nil {
		return err
	}
	var file bytes.Buffer
	w, err := settle.NewHostWriter(&file, r.merchant, h.now().UTC())
	if err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	for _, e := range rows {
		record, err := h.settlementRecord(ctx, e, rule)
		if err != nil {
			return err
		}
		if err := writeRows(w, record, h.settled(e), e.batch == r.batch); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	return writeWhole(h.SettlementFile(r.terminal, r.batch), file.Bytes())
}

// writeRows writes the rows of an entry: none, one or two. isOwn says that the file is
// that of the entry's own batch; of an earlier one only what is late stands in it.
func writeRows(w *settle.HostWriter, record settle.Record, way Settled, isOwn bool) error {
	times := 1
	switch {
	case way == SettledNever, (way == SettledLate) == isOwn:
		return nil
	case way == SettledTwice:
		times = 2
	case way == SettledChanged:
		record.Gross, record.Net = record.Gross+1, record.Net+1
	}
	for range times {
		if err := w.Write(record); err != nil {
			return fmt.Errorf("settlement file: %w", err)
		}
	}
	return nil
}

// settledEntries are what stands of the batch, and of the one before what was late.
func (h *Host) settledEntries(ctx context.Context, terminal string, batch int) ([]entry, error) {
	list, err := entries(ctx, h.ledger.DB, `
		LEFT JOIN entry o ON o.id = e.original
		WHERE e.id IN (SELECT id FROM standing) AND e.kind NOT IN ('preauth', 'increment') AND NOT (e.kind = 'void' AND coalesce(o.kind, '') = 'preauth')
		  AND e.terminal = ? AND (e.batch = ? OR
		      e.batch = (SELECT max(c.batch) FROM closure c WHERE c.terminal = e.terminal AND c.batch < ?))
		ORDER BY e.id`, terminal, batch, batch)
	if err != nil {
		return nil, fmt.Errorf("settlement file: %w", err)
	}
	return list, nil
}

// settled is the way of an entry by the rule of its amount.
func (h *Host) settled(e entry) Settled {
	return h.ruleOf(e.kind, e.asked).Settled
}

// settlementRecord is an entry from the shop's side: a sale, a completion, a cash advance
// and a tip are received, a refund is given back, and a void undoes either.
func (h *Host) settlementRecord(ctx context.Context, e entry, rule settle.FeeRule) (settle.Record, error) {
	gross, kind := e.amount.Minor(), settle.Sale
	switch e.kind {
	case till.Refund:
		gross, kind = -gross, settle.Refund
	case till.Void:
		original, ok, err := oneEntry(ctx, h.ledger.DB, "WHERE e.id = ?", e.original)
		if err != nil || !ok {
			return settle.Record{}, fmt.Errorf("settlement file: original of entry %d: %w", e.id, err)
		}
		if kind = settle.Void; original.kind != till.Refund {
			gross = -gross
		}
	case till.Sale, till.Completion, till.CashAdvance, till.Tip, till.PreAuth, till.Increment:
	}
	fee, err := rule.Fee(gross)
	if err != nil {
		return settle.Record{}, fmt.Errorf("settlement file: fee of entry %d: %w", e.id, err)
	}
	return settle.Record{
		Type: kind, Currency: e.amount.Currency(), Gross: gross, Fee: fee, Net: gross - fee,
		Stated: settle.FeeStated | settle.NetStated, Time: e.at.UTC(),
		Merchant: e.merchant, Terminal: e.terminal, Batch: fmt.Sprintf("%06d", e.batch), STAN: e.stan.String(),
		RRN: e.rrn, AuthCode: e.auth,
	}, nil
}

// FeeRule is what the host takes, 0.6 % of a sale, given back with it: for whoever
// verifies its files.
func FeeRule() (settle.FeeRule, error) {
	rules, err := settle.LoadRules([]byte("fees:\n  - {name: host, percent: \"0.6\", round: half-up, refunds: returned}\n"))
	if err != nil {
		return settle.FeeRule{}, fmt.Errorf("fee of the host: %w", err)
	}
	return rules.Fees[0], nil
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	next := path + ".new"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("settlement file: %w", err)
	}
	return nil
}
