package storetest

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/till"
)

// Books are what the shop sells, has in stock, and knows of its people.
type Books interface {
	PutItems(ctx context.Context, items []till.Item, ch till.Change) ([]till.Item, error)
	Item(ctx context.Context, id till.ItemID) (till.Item, error)
	ItemByCode(ctx context.Context, code string) (till.Item, till.Variant, error)
	Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error)
	CountItems(ctx context.Context, f till.ItemFilter) (int, error)
	Categories(ctx context.Context) ([]string, error)
	Prices(ctx context.Context, sku till.SKU) ([]till.PriceChange, error)

	MoveStock(ctx context.Context, moves []till.StockMove, policy till.StockPolicy) error
	StockLevels(ctx context.Context, skus ...till.SKU) ([]till.StockLevel, error)
	StockMoves(ctx context.Context, sku till.SKU, limit int) ([]till.StockMove, error)
	PutStocktake(ctx context.Context, t till.Stocktake) (till.Stocktake, error)
	PostStocktake(ctx context.Context, id string, ch till.Change) (till.Stocktake, error)
	Stocktake(ctx context.Context, id string) (till.Stocktake, error)
	Stocktakes(ctx context.Context) ([]till.Stocktake, error)

	PutStaff(ctx context.Context, m till.Staff, ch till.Change) (till.Staff, error)
	Staff(ctx context.Context, id till.StaffID) (till.Staff, error)
	AllStaff(ctx context.Context) ([]till.Staff, error)
	CountTry(ctx context.Context, id till.StaffID, at time.Time) (till.PINTries, error)
	Tries(ctx context.Context, id till.StaffID) (till.PINTries, error)
	ClearTries(ctx context.Context, id till.StaffID) error
	SignIn(ctx context.Context, terminal string, id till.StaffID, at time.Time) error
	SignedIn(ctx context.Context, terminal string) (till.StaffID, time.Time, error)
	Clock(ctx context.Context, k till.Clocking) error
	Clockings(ctx context.Context, id till.StaffID, from, to time.Time) ([]till.Clocking, error)

	PutMember(ctx context.Context, m till.Member, ch till.Change) (till.Member, error)
	Member(ctx context.Context, id till.MemberID) (till.Member, error)
	Members(ctx context.Context, text string) ([]till.Member, error)
	AdjustPoints(ctx context.Context, m till.PointsMove) error
	PointsMoves(ctx context.Context, id till.MemberID) ([]till.PointsMove, error)

	PutProgramme(ctx context.Context, p till.Programme, ch till.Change) (till.Programme, error)
	Programmes(ctx context.Context) ([]till.Programme, error)
	PutTaxClass(ctx context.Context, c till.TaxClass, ch till.Change) (till.TaxClass, error)
	TaxClasses(ctx context.Context) ([]till.TaxClass, error)
}

// The damages to the books. fillBooks makes what they spoil.
const (
	ItemRepriced     Damage = "an item's price is changed"
	ItemRenamed      Damage = "the name that an item is found by is changed"
	CodeMoved        Damage = "a barcode is moved to another SKU"
	CodeRemoved      Damage = "a SKU is no longer known"
	PriceChanged     Damage = "a price of the past is changed"
	PriceRemoved     Damage = "the last price of the past is removed"
	MoveChanged      Damage = "the quantity of a stock move is changed, and what is on hand with it"
	MoveRemoved      Damage = "the last stock move is removed, and from what is on hand"
	OnHandChanged    Damage = "what is on hand is changed"
	StocktakeChanged Damage = "the count of a stocktake is changed"
	RoleChanged      Damage = "a cashier is made an admin"
	PINChanged       Damage = "a PIN is exchanged"
	ClockingChanged  Damage = "a clocking is an hour earlier"
	PointsChanged    Damage = "a member's points are changed"
	PointsMoved      Damage = "a move of points is changed, and the member's points with it"
	PromoChanged     Damage = "a promotion gives more"
	TaxChanged       Damage = "a tax class is no longer the default"
)

func bookDamages() []Damage {
	return []Damage{
		ItemRepriced, ItemRenamed, CodeMoved, CodeRemoved, PriceChanged, PriceRemoved, MoveChanged, MoveRemoved, OnHandChanged, StocktakeChanged,
		RoleChanged, PINChanged, ClockingChanged, PointsChanged, PointsMoved, PromoChanged, TaxChanged,
	}
}

// fillBooks makes a small shop: two items, stock that was received and counted, one member
// of the staff, who clocked in, one customer with points, a promotion and a tax class.
func fillBooks(t fataler, s Books) {
	t.Helper()
	putItems(t, s, item("TEA", 500, "6901234567892"), item("CAKE", 1200, "4006381333931"))
	dearer := itemOf(t, s, "TEA")
	dearer.Variants[0].Price = cny(550)
	putItems(t, s, dearer)
	gone := putItems(t, s, item("GONE", 100))[0]
	gone.Deleted = true
	putItems(t, s, gone)
	move(t, s, "TEA", till.Units(10), till.StockReceive)
	move(t, s, "CAKE", till.Units(4), till.StockReceive)
	putStocktake(t, s, till.Stocktake{ID: "ST1", Opened: by("ann"), Counts: []till.StockCounted{{SKU: "TEA", Counted: till.Units(9)}}})
	if _, err := s.PostStocktake(t.Context(), "ST1", by("ann")); err != nil {
		t.Fatal(err)
	}
	putStaff(t, s, staff("ann"))
	clock(t, s, "ann", true, noon())
	putMember(t, s, till.Member{ID: "M1", Name: "王小明", Phone: "138 0000 0001", Since: noon()})
	adjust(t, s, "M1", 50)
	adjust(t, s, "M1", -20)
	putProgramme(t, s, till.Programme{ID: "P1", Name: "Ten percent", Reward: till.PromoReward{Kind: till.RewardPercent, Percent: till.Whole / 10}})
	putTaxClass(t, s, till.TaxClass{Code: "standard", Default: true, Rates: []till.TaxRate{{Name: "VAT", Rate: 130_000}}})
}

// noon is noon in UTC of a day in March, eight in the evening on the shop's clock.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// by is a change by somebody.
func by(id till.StaffID) till.Change {
	return till.Change{Staff: id, At: noon().Add(123456789), Reason: "as told"}
}

// item has one variant, whose SKU is its id.
func item(id string, minor int64, barcodes ...string) till.Item {
	return till.Item{
		ID: till.ItemID(id), Name: "item " + id, Unit: till.Each,
		Variants: []till.Variant{{SKU: till.SKU(id), Price: cny(minor), Barcodes: barcodes}},
	}
}

func staff(id till.StaffID) till.Staff {
	return till.Staff{ID: id, Name: "Ann", Role: till.Cashier, PINHash: "$argon2id$of$" + string(id)}
}

func putItems(t fataler, s Books, items ...till.Item) []till.Item {
	t.Helper()
	stored, err := s.PutItems(t.Context(), items, by("ann"))
	if err != nil {
		t.Fatalf("put items: %v", err)
	}
	return stored
}

func itemOf(t fataler, s Books, id till.ItemID) till.Item {
	t.Helper()
	i, err := s.Item(t.Context(), id)
	if err != nil {
		t.Fatalf("read item %s: %v", id, err)
	}
	return i
}

// move moves stock where nothing is refused for want of it.
func move(t fataler, s Books, sku till.SKU, q till.Quantity, reason till.StockReason) {
	t.Helper()
	if err := s.MoveStock(t.Context(), []till.StockMove{{SKU: sku, Quantity: q, Reason: reason, At: noon(), Staff: "ann"}}, till.StockAllow); err != nil {
		t.Fatalf("move %s of %s: %v", q, sku, err)
	}
}

func onHand(t fataler, s Books, sku till.SKU) till.Quantity {
	t.Helper()
	levels, err := s.StockLevels(t.Context(), sku)
	if err != nil {
		t.Fatalf("level of %s: %v", sku, err)
	}
	return levels[0].OnHand
}

func putStocktake(t fataler, s Books, take till.Stocktake) till.Stocktake {
	t.Helper()
	stored, err := s.PutStocktake(t.Context(), take)
	if err != nil {
		t.Fatalf("put stocktake %s: %v", take.ID, err)
	}
	return stored
}

func putStaff(t fataler, s Books, m till.Staff) till.Staff {
	t.Helper()
	stored, err := s.PutStaff(t.Context(), m, by("ann"))
	if err != nil {
		t.Fatalf("put staff %s: %v", m.ID, err)
	}
	return stored
}

func clock(t fataler, s Books, id till.StaffID, in bool, at time.Time) {
	t.Helper()
	if err := s.Clock(t.Context(), till.Clocking{Staff: id, In: in, At: at}); err != nil {
		t.Fatalf("clock %s: %v", id, err)
	}
}

func putMember(t fataler, s Books, m till.Member) till.Member {
	t.Helper()
	stored, err := s.PutMember(t.Context(), m, by("ann"))
	if err != nil {
		t.Fatalf("put member %s: %v", m.ID, err)
	}
	return stored
}

func adjust(t fataler, s Books, id till.MemberID, points int64) {
	t.Helper()
	if err := s.AdjustPoints(t.Context(), adjustment(id, points)); err != nil {
		t.Fatalf("adjust points of %s: %v", id, err)
	}
}

func adjustment(id till.MemberID, points int64) till.PointsMove {
	return till.PointsMove{Member: id, Points: points, Reason: till.PointsAdjust, At: noon(), Staff: "ann"}
}

func pointsOf(t fataler, s Books, id till.MemberID) int64 {
	t.Helper()
	m, err := s.Member(t.Context(), id)
	if err != nil {
		t.Fatalf("read member %s: %v", id, err)
	}
	return m.Points
}

func putProgramme(t fataler, s Books, p till.Programme) till.Programme {
	t.Helper()
	stored, err := s.PutProgramme(t.Context(), p, by("ann"))
	if err != nil {
		t.Fatalf("put promotion %s: %v", p.ID, err)
	}
	return stored
}

func putTaxClass(t fataler, s Books, c till.TaxClass) till.TaxClass {
	t.Helper()
	stored, err := s.PutTaxClass(t.Context(), c, by("ann"))
	if err != nil {
		t.Fatalf("put tax class %s: %v", c.Code, err)
	}
	return stored
}
