package sqlite_test

import (
	"testing"

	"github.com/tillworks/till/internal/store/storetest"
)

// damageDays spoils what storetest made of tickets, shifts and days.
func (s *shop) damageDays(t *testing.T, d storetest.Damage) {
	for _, guard := range []string{"drawer_move_update", "drawer_move_delete", "z_update", "z_delete", "rollup_delete"} {
		s.exec(t, `DROP TRIGGER `+guard)
	}
	const oneSum = `(kind, period, a, b, currency) = (SELECT kind, period, a, b, currency FROM rollup WHERE `
	switch d {
	case storetest.TicketChanged:
		s.exec(t, `UPDATE ticket SET total = total + 1 WHERE id = 'DAY1'`)
	case storetest.TicketTurnedBack:
		s.exec(t, `UPDATE ticket SET state = 'PAYING', day = 0, shift = 0, version = 1, row = (SELECT min(seq) FROM journal WHERE subject = 'ticket' AND id = 'DAY1') WHERE id = 'DAY1'`)
	case storetest.ReservationRemoved:
		s.exec(t, `DELETE FROM reservation`)
	case storetest.TenderMoved:
		s.exec(t, `UPDATE txn SET shift = 0 WHERE id = 'DAYX1'`)
	case storetest.ShiftReopened:
		s.exec(t, `UPDATE shift SET open = 1`)
	case storetest.DrawerMoveRemoved:
		s.exec(t, `DELETE FROM drawer_move WHERE seq = (SELECT max(seq) FROM drawer_move)`)
	case storetest.DrawerMoveChanged:
		s.exec(t, `UPDATE drawer_move SET minor = minor + 1 WHERE reason = 'pay_out'`)
	case storetest.DaySumChanged:
		s.exec(t, `UPDATE rollup SET total = total + 1 WHERE `+oneSum+`kind = 'sum' AND period > 20000000 LIMIT 1)`)
	case storetest.DaySumInvented:
		s.exec(t, `INSERT INTO rollup SELECT kind, period, 'GOLD', b, currency, count, returns, quantity, gross, discount, returned, net, tax, total, cost, points
			FROM rollup WHERE kind = 'item' AND a = 'TEA' AND period % 100 BETWEEN 1 AND 31 AND period / 100 % 100 > 0 AND period > 20000000`)
	case storetest.YearSumChanged:
		s.exec(t, `UPDATE rollup SET quantity = quantity + 1 WHERE `+oneSum+`kind = 'item' AND period % 10000 = 0 LIMIT 1)`)
	case storetest.ZSumRemoved:
		s.exec(t, `DELETE FROM rollup WHERE `+oneSum+`kind = 'tender' AND period = 1 LIMIT 1)`)
	case storetest.ZChanged:
		s.exec(t, `UPDATE z SET total = total + 1 WHERE number = 1`)
	case storetest.ZRemoved:
		s.exec(t, `DELETE FROM z WHERE number = 2`)
	}
}
