package faults

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/walletsim"
)

// books are what both sides have of a schedule.
type books struct {
	txns    map[*machine][]till.Txn
	entries map[*machine][]hostsim.Entry
	byID    map[till.TxnID]till.Txn
	keys    map[string][]till.Txn
}

// txns are the transactions of a till, as the store has them.
func (s *schedule) txns(ctx context.Context, m *machine) (all []till.Txn) {
	s.mu.Lock()
	var numbers []int
	for number, of := range s.batches {
		if of == m {
			numbers = append(numbers, number)
		}
	}
	s.mu.Unlock()
	slices.Sort(numbers)
	for _, number := range numbers {
		txns, err := m.store.Txns(ctx, till.Filter{Batch: number})
		if err != nil {
			s.complain("reading batch %d: %v", number, err)
		}
		slices.Reverse(txns)
		all = append(all, txns...)
	}
	for i, t := range all {
		all[i] = s.w.mutant.seen(m, t)
	}
	return all
}

// check holds the invariants of the design against the books of both sides.
func (s *schedule) check(ctx context.Context) {
	b := &books{txns: map[*machine][]till.Txn{}, entries: map[*machine][]hostsim.Entry{}, byID: map[till.TxnID]till.Txn{}, keys: map[string][]till.Txn{}}
	for _, m := range s.machines {
		b.txns[m] = s.txns(ctx, m)
		for _, t := range b.txns[m] {
			b.byID[t.ID] = t
			b.keys[t.Key] = append(b.keys[t.Key], t)
		}
		entries, err := s.w.sim.EntriesOf(ctx, m.terminal)
		if err != nil {
			s.complain("reading the host: %v", err)
		}
		b.entries[m] = entries
	}
	for _, m := range s.machines {
		s.checkPostings(ctx, m, b)
		s.checkBatches(ctx, m, b)
		s.checkWallets(ctx, m, b)
		s.checkParameters(ctx, m)
		s.checkConfirmed(ctx, m, b)
	}
	s.checkDecided(b)
	s.checkTold(b)
	s.checkCommands(b)
	s.checkUndone(b)
	s.checkShop(ctx, b)
}

// money is what identifies a movement of money on both sides.
type posting struct {
	batch int
	stan  till.STAN
	kind  till.Kind
	minor int64
}

// checkPostings is I1 and I4: what stands at the host is what is approved here, each once.
func (s *schedule) checkPostings(ctx context.Context, m *machine, b *books) {
	approved, standing := map[posting]int{}, map[posting]int{}
	for _, t := range b.txns[m] {
		if !t.State.IsFinal() {
			s.complain("I3: %s of %s at till %d is %s after everything healed", t.Kind, t.Amount, m.n+1, t.State)
		}
		if t.Tender == till.Card && t.State == till.Approved {
			approved[posting{t.Batch, t.STAN, t.Kind, t.Amount.Minor()}]++
		}
	}
	for _, e := range b.entries[m] {
		if e.Stands() {
			standing[posting{e.Batch, e.STAN, e.Kind, e.Amount.Minor()}]++
		}
	}
	for _, p := range sorted(approved) {
		if standing[p] != approved[p] {
			s.complain("I1: %s of %s, trace number %s, is approved at till %d and stands %d times at the host", p.kind, cny(p.minor), p.stan, m.n+1, standing[p])
		}
	}
	for _, p := range sorted(standing) {
		if approved[p] == 0 {
			s.complain("I4: %s of %s, trace number %s, stands at the host and is not approved at till %d", p.kind, cny(p.minor), p.stan, m.n+1)
		}
	}
	s.checkEntry(ctx, m, b)
}

func sorted(m map[posting]int) []posting {
	return slices.SortedFunc(maps.Keys(m), func(a, b posting) int {
		return 1000_000*(a.batch-b.batch) + int(a.stan-b.stan)
	})
}

// checkEntry is double entry: what each side of the host's books lost the other gained.
func (s *schedule) checkEntry(ctx context.Context, m *machine, b *books) {
	postings, err := s.w.sim.PostingsOf(ctx, m.terminal)
	if err != nil {
		s.complain("reading the host: %v", err)
	}
	sum, gained := int64(0), int64(0)
	for _, p := range postings {
		sum += p.Amount.Minor()
		if p.Account == "merchant/"+merchant {
			gained += p.Amount.Minor()
		}
	}
	if sum != 0 {
		s.complain("I5: the host's postings of till %d sum to %s", m.n+1, cny(sum))
	}
	ours := int64(0)
	for _, t := range b.txns[m] {
		if t.Tender == till.Card && t.State == till.Approved {
			ours += b.sign(t) * t.Amount.Minor()
		}
	}
	if ours != gained {
		s.complain("I5: the shop has %s by card at till %d and the host gave it %s", cny(ours), m.n+1, cny(gained))
	}
}

// sign is 1 for what brings the shop money, -1 for what takes it, and 0 for what only holds
// it on a card.
func (b *books) sign(t till.Txn) int64 {
	switch {
	case t.Kind.IsHold():
		return 0
	case t.Kind == till.Refund:
		return -1
	case t.Kind == till.Void:
		return -b.sign(b.byID[t.Original])
	}
	return 1
}

// handedOut is what of a payment by card left the drawer in cash; of a void, what came back.
func (b *books) handedOut(t till.Txn) int64 {
	switch t.Kind {
	case till.CashAdvance:
		return t.Amount.Minor()
	case till.Void:
		return b.handedOut(b.byID[t.Original])
	}
	return t.Cashback.Minor()
}

// checkBatches is I5 for each batch: the totals that were frozen are those of its
// transactions, of the host and of the settlement file. One that differs for good stands with
// the records that differ, and is never closed over; those after it stay open.
func (s *schedule) checkBatches(ctx context.Context, m *machine, b *books) {
	totals, sums := map[int]till.Totals{}, map[int]int64{}
	for _, t := range b.txns[m] {
		totals[t.Batch] = totals[t.Batch].Count(t, b.byID[t.Original].Kind)
		if t.Tender == till.Card && t.State == till.Approved {
			sums[t.Batch] += b.sign(t) * t.Amount.Minor()
		}
	}
	stands := false // a batch before
	for _, number := range slices.Sorted(maps.Keys(totals)) {
		batch, err := m.store.Batch(ctx, number)
		if err != nil {
			s.complain("reading batch %d: %v", number, err)
			continue
		}
		ours := totals[number]
		ours.Currency = batch.Ours.Currency
		if batch.State == till.BatchOpen && stands {
			s.checkCounted(ctx, m, number, b.counted(m, number, ours, false))
			continue
		}
		s.checkFrozen(m, batch, ours, b.under(m, number, countedMore))
		s.checkCounted(ctx, m, number, b.counted(m, number, ours, true))
		if batch.State == till.BatchReconcileError {
			stands = true
			continue
		}
		sum, err := settledSum(s.w.sim.SettlementFile(m.terminal, number))
		if err != nil || sum != sums[number] {
			s.complain("I5: the settlement file of a batch of till %d says %s, its transactions %s (%v)", m.n+1, cny(sum), cny(sums[number]), err)
		}
	}
}

// checkFrozen is a batch whose totals are frozen: closed, or standing with each record of
// which the host has more.
func (s *schedule) checkFrozen(m *machine, batch till.Batch, ours till.Totals, more []till.Txn) {
	want := till.BatchClosed
	if len(more) > 0 {
		want = till.BatchReconcileError
	}
	if batch.State != want || batch.Ours != ours {
		s.complain("I5: a batch of till %d is %s with %+v, its transactions say %s and %+v", m.n+1, batch.State, batch.Ours, want, ours)
	}
	if batch.State != till.BatchReconcileError {
		return
	}
	if batch.Theirs == nil || batch.Theirs.Net() != ours.Net()+int64(len(more)) {
		s.complain("I5: a batch of till %d stands with %+v of the host, and %d records more by one", m.n+1, batch.Theirs, len(more))
	}
	differ := map[till.TxnID]till.Difference{}
	for _, d := range batch.Differences {
		differ[d.Txn] = d
	}
	for _, t := range more {
		d := differ[t.ID]
		if d.STAN != t.STAN || d.Ours != t.Amount || d.Theirs.Minor() != t.Amount.Minor()+1 || d.ResponseCode != "64" {
			s.complain("I5: of trace number %s, %s, a batch of till %d stands with %+v", t.STAN, t.Amount, m.n+1, d)
		}
	}
	if len(batch.Differences) != len(more) {
		s.complain("I5: a batch of till %d stands with %d records that differ, want %d", m.n+1, len(batch.Differences), len(more))
	}
}

// checkCounted is the host's side of a batch.
func (s *schedule) checkCounted(ctx context.Context, m *machine, number int, want till.Totals) {
	theirs, err := s.w.sim.Totals(ctx, m.terminal, number)
	if theirs.Currency = want.Currency; err != nil || theirs != want {
		s.complain("I5: the host has %+v of a batch of till %d, want %+v (%v)", theirs, m.n+1, want, err)
	}
}

// counted are the totals of a batch as the host counts them, which miscounts the sales of
// some amounts: some of them until their records were uploaded.
func (b *books) counted(m *machine, number int, ours till.Totals, uploaded bool) till.Totals {
	ours.DebitMinor += int64(len(b.under(m, number, countedMore)))
	if uploaded {
		return ours
	}
	for _, t := range b.under(m, number, countedLate) {
		ours.Debits, ours.DebitMinor = ours.Debits-1, ours.DebitMinor-t.Amount.Minor()
	}
	return ours
}

// under are the sales by card of a batch whose amount, as it was asked for, has an end.
func (b *books) under(m *machine, number int, end int64) (sales []till.Txn) {
	for _, t := range b.txns[m] {
		asked := t.Asked
		if asked.IsZero() {
			asked = t.Amount
		}
		if t.Batch == number && t.Kind == till.Sale && t.Tender == till.Card && t.State == till.Approved && asked.Minor()%100 == end {
			sales = append(sales, t)
		}
	}
	return sales
}

// settledSum adds up the gross amounts of a settlement file by the names of its columns.
func settledSum(path string) (sum int64, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		return 0, fmt.Errorf("settlement file of %d rows: %w", len(rows), err)
	}
	gross := slices.Index(rows[1], "gross_minor")
	for _, row := range rows[2:] {
		if len(row) < len(rows[1]) {
			continue
		}
		minor, err := strconv.ParseInt(row[gross], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += minor
	}
	return sum, nil
}

// checkWallets is I1, I2 and I4 for payments by code: what the gateway has of an order, net
// of what it paid back, is what the till has of it.
func (s *schedule) checkWallets(ctx context.Context, m *machine, b *books) {
	ours, theirs := map[string]int64{}, map[string]int64{}
	for _, t := range b.txns[m] {
		if t.Tender == till.QR && t.State == till.Approved && t.Wallet != nil {
			ours[t.Wallet.Number] += b.sign(t) * t.Amount.Minor()
		}
	}
	orders, err := s.w.wallets.Orders(ctx, walletsim.Scope{Terminal: m.terminal})
	if err != nil {
		s.complain("reading the wallets: %v", err)
	}
	for _, o := range orders {
		if o.Status == wallet.Paid {
			theirs[o.Number] += o.Amount.Minor()
		}
		for _, f := range o.Refunds {
			if f.Status == wallet.Paid {
				theirs[o.Number] -= f.Amount.Minor()
			}
		}
	}
	for number, minor := range ours {
		if theirs[number] != minor {
			s.complain("I1: an order by code at till %d is %s here and %s at the wallet", m.n+1, cny(minor), cny(theirs[number]))
		}
	}
	for number, minor := range theirs {
		if minor != ours[number] {
			s.complain("I4: an order by code at till %d is %s at the wallet and %s here", m.n+1, cny(minor), cny(ours[number]))
		}
	}
}

// checkTold is I1 on paper: who was told "approved" was, and who was told "declined" paid
// nothing.
func (s *schedule) checkTold(b *books) {
	for _, said := range s.told {
		t, known := b.byID[said.id]
		switch {
		case said.outcome == till.OutcomeApproved && (!known || t.State != till.Approved):
			s.complain("I1: command %d was told approved, and is %q", said.command, t.State)
		case said.outcome == till.OutcomeDeclined && t.State == till.Approved:
			s.complain("I1: command %d was told declined, and is approved", said.command)
		}
	}
}

// checkNothingWaits is I3 for a batch that is being closed: nothing of it is open, and none of
// it waits for a manager. It is looked for where the host refused something.
func (s *schedule) checkNothingWaits(ctx context.Context, m *machine, batch till.Batch) {
	s.mu.Lock()
	refused := s.refused
	s.mu.Unlock()
	if !refused {
		return
	}
	open, err := m.store.Txns(ctx, till.Filter{Batch: batch.Number, States: []till.State{till.Intent, till.Reversing, till.Advice, till.Exception}})
	if err != nil || len(open) > 0 {
		s.complain("I3: till %d closes a batch of which %d transactions are open (%v)", m.n+1, len(open), err)
	}
}

// checkParameters is a download that was cut off: the terminal has the whole of the host's
// parameters or none.
func (s *schedule) checkParameters(ctx context.Context, m *machine) {
	session, err := m.store.Session(ctx, m.terminal)
	if err != nil || len(session.Parameters) > 0 && !bytes.Equal(session.Parameters, parameters()) {
		s.complain("till %d has %d bytes of parameters, want all %d or none (%v)", m.n+1, len(session.Parameters), len(parameters()), err)
	}
}

// checkConfirmed is what became of the issuer's scripts: a host that wants to hear it has, of
// each transaction at whose end a card had run one or refused it.
func (s *schedule) checkConfirmed(ctx context.Context, m *machine, b *books) {
	if !s.w.profile.Expects.Scripts {
		return
	}
	heard := map[posting]bool{}
	told, err := s.w.sim.Confirmations(ctx)
	for _, c := range told {
		if c.Script && c.Terminal == m.terminal {
			heard[posting{batch: c.Batch, stan: c.STAN}] = true
		}
	}
	waiting, waitingErr := m.store.Confirmations(ctx, m.terminal)
	if err != nil || waitingErr != nil || len(waiting) > 0 {
		s.complain("till %d still has %d results of scripts to tell (%v, %v)", m.n+1, len(waiting), err, waitingErr)
	}
	for _, t := range b.txns[m] {
		if t.Chip != nil && len(t.Chip.Scripts) > 0 && !heard[posting{batch: t.Batch, stan: t.STAN}] {
			s.complain("the host never heard what became of the script to trace number %s of till %d", t.STAN, m.n+1)
		}
	}
}

// checkDecided holds what a manager said against the journal's word for it. What he said
// while the power went was not said, where the journal has nothing else.
func (s *schedule) checkDecided(b *books) {
	for id, t := range b.byID {
		d, said := s.decided[id]
		switch {
		case t.Decided == nil:
		case !said || t.Decided.Reason == "":
			s.complain("I9: %s of %s was decided %s, for the reason %q, and no manager said so", t.Kind, t.Amount, t.Decided.As, t.Decided.Reason)
		case t.Decided.As == till.ResolvedPosted && t.State != till.Approved, t.Decided.As == till.ResolvedNotPosted && t.State != till.Reversed:
			s.complain("I9: %s of %s is %s, and was decided %s (last said: %s)", t.Kind, t.Amount, t.State, t.Decided.As, d.As)
		}
	}
}

// checkCommands is I2: a command, given as often as you like, moves money once at most, and
// has one transaction. Sales are told apart by their amounts, which are all different.
func (s *schedule) checkCommands(b *books) {
	charged := map[int64]int{}
	for _, m := range s.machines {
		for _, e := range b.entries[m] {
			if e.Stands() && e.Kind == till.Sale {
				charged[e.Amount.Minor()]++
			}
		}
	}
	for _, c := range s.plan {
		isSale := c.of == 0 && c.act != preauth && c.act != advance && c.act.isMoney()
		if n := charged[c.minor]; isSale && n > 1 {
			s.complain("I2: command %d, %s, was charged %d times", c.n, c, n)
		}
		if n := len(b.keys[s.key(c.n)]); n > 1 {
			s.complain("I2: command %d, %s, has %d transactions", c.n, c, n)
		}
	}
}

// checkUndone is I6: what was paid back of a sale stays within it and its tips, and what was
// taken of a pre-authorization within its limit, once.
func (s *schedule) checkUndone(b *books) {
	back, taken, whole := map[till.TxnID]int64{}, map[till.TxnID]int64{}, map[till.TxnID]int64{}
	once := map[string]int{}
	voided := map[till.TxnID]bool{}
	for _, t := range b.byID {
		if t.Kind == till.Void && t.State == till.Approved {
			voided[t.Original] = true
			once["void of "+string(t.Original)]++
		}
	}
	for id, t := range b.byID {
		if t.State != till.Approved {
			continue
		}
		whole[id] += t.Amount.Minor()
		switch {
		case voided[id]:
		case t.Kind == till.Tip || t.Kind == till.Increment:
			whole[t.Original] += t.Amount.Minor()
		case t.Kind == till.Refund:
			back[t.Original] += t.Amount.Minor()
		case t.Kind == till.Completion:
			taken[t.Original] += t.Amount.Minor()
			once["completion of "+string(t.Original)]++
		}
	}
	for id, minor := range back {
		if t := b.byID[id]; minor > whole[id] || t.State != till.Approved || voided[id] {
			s.complain("I6: %s of %s (%s, voided %v) was paid back %s", t.Kind, t.Amount, t.State, voided[id], cny(minor))
		}
	}
	for id, minor := range taken {
		if t := b.byID[id]; minor > whole[id]*115/100 || t.State != till.Approved || voided[id] {
			s.complain("I6: of %s of %s (%s, voided %v) were taken %s", t.Kind, t.Amount, t.State, voided[id], cny(minor))
		}
	}
	for what, n := range once {
		if n > 1 {
			s.complain("I6: %d times %s", n, what)
		}
	}
}

// checkShop is I7, and I5 for the reports: stock, points and sums moved with what is
// approved and with nothing else.
func (s *schedule) checkShop(ctx context.Context, b *books) {
	now, err := s.w.standing(ctx)
	if err != nil {
		s.complain("reading the shop: %v", err)
		return
	}
	was := s.w.settled
	s.w.settled = now
	sold, tenders := int64(0), map[string]int64{}
	for _, t := range b.byID {
		if t.State != till.Approved {
			continue
		}
		tenders[string(t.Tender)] += b.sign(t) * t.Amount.Minor()
		tenders[string(till.Cash)] -= b.sign(t) * b.handedOut(t)
		if t.Ticket != "" {
			sold += b.sign(t)
		}
	}
	if moved := was.stock - now.stock; moved != till.Units(int64(sold)) || now.reserved != 0 {
		s.complain("I7: %s left the shelf and %s are reserved, %d were sold", moved, now.reserved, sold)
	}
	if moved := now.points - was.points; moved != earned*sold {
		s.complain("I7: the member got %d points for %d things", moved, sold)
	}
	for _, tender := range []till.Tender{till.Card, till.Cash, till.QR} {
		if moved := now.tenders[string(tender)] - was.tenders[string(tender)]; moved != tenders[string(tender)] {
			s.complain("I5: the reports have %s more by %s, the transactions %s", cny(moved), tender, cny(tenders[string(tender)]))
		}
	}
}
