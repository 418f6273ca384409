package sqlite_test

import (
	"testing"

	"github.com/tillworks/till/internal/store/storetest"
)

// bookDamages are the damages to what storetest makes of the shop's books, as SQL.
func bookDamages() map[storetest.Damage][]string {
	return map[storetest.Damage][]string{
		storetest.ItemRepriced:     {`UPDATE item SET body = replace(body, '"minor":550', '"minor":50') WHERE id = 'TEA'`},
		storetest.ItemRenamed:      {`UPDATE item SET search = 'cake' WHERE id = 'TEA'`},
		storetest.CodeMoved:        {`UPDATE barcode SET sku = 'CAKE' WHERE code = '6901234567892'`},
		storetest.CodeRemoved:      {`DELETE FROM variant WHERE sku = 'CAKE'`},
		storetest.PriceChanged:     {`UPDATE price SET minor = 1 WHERE seq = 1`},
		storetest.PriceRemoved:     {`DELETE FROM price WHERE seq = (SELECT max(seq) FROM price)`},
		storetest.MoveChanged:      {`UPDATE stock_move SET quantity = quantity + 1000 WHERE seq = 1`, `UPDATE stock SET on_hand = on_hand + 1000 WHERE sku = 'TEA'`},
		storetest.MoveRemoved:      {`DELETE FROM stock_move WHERE seq = (SELECT max(seq) FROM stock_move)`, `UPDATE stock SET on_hand = 10000 WHERE sku = 'TEA'`},
		storetest.OnHandChanged:    {`UPDATE stock SET on_hand = on_hand + 1000 WHERE sku = 'CAKE'`},
		storetest.StocktakeChanged: {`UPDATE stocktake SET body = replace(body, '"counted":9', '"counted":8')`},
		storetest.RoleChanged:      {`UPDATE staff SET body = replace(body, 'cashier', 'admin') WHERE id = 'ann'`},
		storetest.PINChanged:       {`UPDATE staff SET pin_hash = 'another' WHERE id = 'ann'`},
		storetest.ClockingChanged:  {`UPDATE clocking SET at = at - 3600000000000 WHERE seq = 1`},
		storetest.PointsChanged:    {`UPDATE member SET points = points + 1 WHERE id = 'M1'`},
		storetest.PointsMoved:      {`UPDATE points_move SET points = 60 WHERE seq = 1`, `UPDATE member SET points = points + 10 WHERE id = 'M1'`},
		storetest.PromoChanged:     {`UPDATE programme SET body = replace(body, '10%', '90%')`},
		storetest.TaxChanged:       {`UPDATE tax_class SET is_default = 0`},
	}
}

// damageBooks does one of them, past the guards of the ledgers; what is no damage to the
// books is left to others.
func (s *shop) damageBooks(t *testing.T, d storetest.Damage) {
	for _, guard := range []string{"price_update", "price_delete", "stock_move_update", "stock_move_delete", "points_move_update", "clocking_update"} {
		s.exec(t, `DROP TRIGGER `+guard)
	}
	for _, query := range bookDamages()[d] {
		s.exec(t, query)
	}
}
