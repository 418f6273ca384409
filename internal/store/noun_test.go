package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// A body is what an old store holds and a new program reads: the golden files change only
// by fields that are left out when empty.
func TestBodies(t *testing.T) {
	ann := till.Staff{ID: "ann", Name: "Ann", Role: till.Manager, PINHash: "$argon2id$salt$hash", Version: 3}
	body, err := store.StaffBody(ann)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "argon2id") {
		t.Errorf("the hash of the PIN is in %s", body)
	}
	ch := till.Change{Staff: "bob", Approver: "eve", At: time.Date(2026, 3, 1, 17, 30, 0, 5, time.FixedZone("CST", 8*3600)), Reason: `"new" PIN`}
	changed, err := store.Changed(body, ch)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/staff.json", changed)

	var again store.StaffRow
	if err := json.Unmarshal(changed, &again); err != nil {
		t.Fatal(err)
	}
	if again.ID != "ann" || again.PINHash != "" || len(again.PINSHA256) != 64 {
		t.Errorf("read back as %+v", again)
	}
	ann.PINHash = ""
	if body, err = store.StaffBody(ann); err != nil || strings.Contains(string(body), "pin") {
		t.Errorf("without a PIN: %s, %v", body, err)
	}
}

// What a user reads when the books refuse, in both languages. That they do is the
// business of storetest.
func TestBookProblems(t *testing.T) {
	in, out := till.Clocking{Staff: "ann", In: true, At: time.Unix(0, 0)}, till.Clocking{Staff: "ann", At: time.Unix(60, 0)}
	early := in
	canceled := till.Stocktake{ID: "S1", Canceled: &till.Change{}}
	for _, tc := range []struct {
		err    error
		en, zh string
	}{
		{store.NoNoun(store.AboutItem, "A"), "there is no item A", "没有商品 A"},
		{store.NoNoun(store.AboutMember, "M"), "there is no member M", "没有会员 M"},
		{store.NoNoun(store.AboutStocktake, "S"), "there is no stocktake S", "没有盘点 S"},
		{store.StaleNoun(store.AboutStaff, "ann", 1, 2), "member of the staff ann was changed by another program", "员工 ann 已被另一程序更改"},
		{store.StaleNoun(store.AboutProgramme, "P", 0, 2), "promotion P exists already", "已有促销 P"},
		{store.StaleNoun(store.AboutTaxClass, "T", 0, 2), "tax class T exists already", "已有税类 T"},
		{store.StaleNoun("other", "X", 1, 2), "entry X was changed", "记录 X 已被"},
		{store.NoCode("123"), `no item has the SKU or barcode "123"`, `没有商品使用货号或条码 "123"`},
		{store.CodeOfDeleted("123", "A", "Tea"), `"123" was the code of A (Tea), which is deleted`, `"123" 原属商品 A（Tea）`},
		{store.CodeTaken("123", "A", "B"), `"123" is a code of item A and cannot be one of B too`, `"123" 已是商品 A 的编码，不能同时用于 B`},
		{store.NotTracked("A"), "no stock is kept of A", "A 不记库存"},
		{store.NotInStock("A", 2000, 1500), "A: 2 wanted, 1.5 left", "A：需要 2，仅剩 1.5"},
		{store.StocktakeEnded(till.Stocktake{ID: "S1"}), "stocktake S1 is posted", "盘点 S1 已过账"},
		{store.StocktakeEnded(canceled), "stocktake S1 is canceled", "盘点 S1 已取消"},
		{store.NothingCounted("S1"), "nothing is counted in stocktake S1", "盘点 S1 尚无盘点数据"},
		{store.StaffGone("ann"), "ann does not work here any more", "ann 已离职"},
		{store.CheckClocking(out, nil), "ann has not clocked in", "ann 尚未上班打卡"},
		{store.CheckClocking(in, &in), "ann has clocked in already, at 1970-01-01 00:00:00 UTC", "ann 已于 1970-01-01 00:00:00 UTC 上班打卡"},
		{store.CheckClocking(out, &out), "ann has clocked out already, at 1970-01-01 00:01:00 UTC", "下班打卡"},
		{store.CheckClocking(early, &out), "1970-01-01 00:00:00 UTC is before the last clocking of ann", "早于 ann 的上次打卡"},
		{store.NotEnoughPoints("M", 9, 5), "M has 5 points, 9 are to be taken", "M 有 5 积分，要扣 9"},
	} {
		var p *till.Problem
		if !errors.As(tc.err, &p) {
			t.Errorf("got %v, want a problem that says %q", tc.err, tc.en)
			continue
		}
		if en, zh := p.What.In(i18n.English), p.What.In(i18n.Chinese); !strings.Contains(en, tc.en) || !strings.Contains(zh, tc.zh) {
			t.Errorf("got %q and %q, want %q and %q", en, zh, tc.en, tc.zh)
		}
		if hint := p.Hint.In(i18n.English) + p.Hint.In(i18n.Chinese); hint == "" || strings.Contains(hint, "%!") {
			t.Errorf("%s: hint %q", tc.en, hint)
		}
	}
	for _, named := range []int{0, 1} {
		if err := store.StaleNoun(store.AboutItem, "A", named, 2); !errors.Is(err, till.ErrStale) {
			t.Errorf("%v does not wrap till.ErrStale", err)
		}
	}
	if err := store.CheckClocking(out, &in); err != nil {
		t.Errorf("out after in: %v", err)
	}
}
