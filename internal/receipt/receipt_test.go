package receipt_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is one kind of receipt.
type sample struct {
	name string
	doc  receipt.Doc
	opts receipt.Options // copy and duplicate alone
}

func samples(t *testing.T) []sample {
	chip := chipSale(t)
	merchant := receipt.Options{Copy: receipt.Merchant}
	reprint := receipt.Options{Duplicate: true}
	return []sample{
		{"chip_sale_pin", doc(chip), receipt.Options{}},
		{"chip_sale_signature", doc(with(chip, func(x *till.Txn) { x.Chip.CVM = "1E0300" })), merchant},
		{"chip_sale_signature_customer", doc(with(chip, func(x *till.Txn) { x.Chip.CVM = "1E0300" })), receipt.Options{}},
		{"tap_sale_device", doc(with(chip, func(x *till.Txn) { x.Entry, x.Chip.CVM = till.Tap, "010002" })), merchant},
		{"offline_sale", doc(with(chip, offline)), receipt.Options{}},
		{"swipe_sale", doc(with(chip, stripe(till.Swipe))), merchant},
		{"fallback_sale", doc(with(chip, stripe(till.Fallback))), merchant},
		{"keyed_sale", doc(with(chip, stripe(till.Manual))), merchant},
		{"cash_sale", doc(with(chip, cash)), receipt.Options{}},
		{"lab_sale", receipt.Doc{
			MerchantName: "Lucky Noodle Bar", Notice: i18n.T("LAB: NO MONEY MOVES", "实验环境：无资金往来"), Txn: chip,
		}, receipt.Options{}},
		{"declined_by_host", doc(with(chip, declined("51"))), receipt.Options{}},
		{"declined_pick_up", doc(with(chip, declined("37"))), merchant},
		{"declined_no_issuer", doc(with(chip, declined("91"))), receipt.Options{}},
		{"declined_by_card", doc(with(chip, declinedByCard)), receipt.Options{}},
		{"refused_by_card", doc(with(chip, open(till.Reversing, till.ReasonCard))), receipt.Options{}},
		{"unknown_intent", doc(with(chip, open(till.Intent, ""))), receipt.Options{}},
		{"unknown_timeout", doc(with(chip, open(till.Reversing, till.ReasonTimeout))), merchant},
		{"unknown_exception", doc(with(chip, open(till.Exception, till.ReasonLink))), merchant},
		{"reversed_sale", doc(with(chip, open(till.Reversed, till.ReasonRestart))), receipt.Options{}},
		{"reversed_refund", undo(chip, till.Refund, open(till.Reversed, till.ReasonInvalid)), receipt.Options{}},
		{"reversed_void", undo(chip, till.Void, open(till.Reversed, till.ReasonCanceled)), receipt.Options{}},
		{"void", undo(chip, till.Void), merchant},
		{"refund", undo(chip, till.Refund), receipt.Options{}},
		{"refund_without_original", receipt.Doc{MerchantName: "Lucky Noodle Bar", Txn: undo(chip, till.Refund).Txn}, receipt.Options{}},
		{"cash_refund", undo(with(chip, cash), till.Refund), receipt.Options{}},
		{"cash_void", undo(with(chip, cash), till.Void), receipt.Options{}},
		{"wallet_sale_shown", doc(with(chip, wallet(till.Shown))), receipt.Options{}},
		{"wallet_sale_scanned", doc(with(chip, wallet(till.Scanned))), merchant},
		{"wallet_refused", doc(with(chip, wallet(till.Scanned), refusedByWallet)), receipt.Options{}},
		{"wallet_closed", doc(with(chip, wallet(till.Shown), order(till.OrderClosed, till.ReasonTimeout))), receipt.Options{}},
		{"wallet_reversed", doc(with(chip, wallet(till.Shown), order(till.OrderReversed, till.ReasonCanceled))), receipt.Options{}},
		{"wallet_unknown", doc(with(chip, wallet(till.Scanned), order(till.OrderUnknown, till.ReasonLink))), merchant},
		{"wallet_refund", undo(with(chip, wallet(till.Shown)), till.Refund, paidBack), receipt.Options{}},
		{"wallet_void", undo(with(chip, wallet(till.Scanned)), till.Void, paidBack), receipt.Options{}},
		{"preauth", doc(with(chip, kind(till.PreAuth))), receipt.Options{}},
		{"preauth_raised", doc(with(chip, kind(till.PreAuth), func(x *till.Txn) { x.Incremented, x.CompletedBy = yuan(t, 5000), "C0MP1ETE0001" })), reprint},
		{"increment", undo(chip, till.Increment), receipt.Options{}},
		{"completion", undo(chip, till.Completion), receipt.Options{}},
		{"completion_advice", undo(chip, till.Completion, advised(till.NoticeDone)), receipt.Options{}},
		{"preauth_release", undo(with(chip, kind(till.PreAuth)), till.Void), merchant},
		{"completion_void", undo(with(chip, kind(till.Completion)), till.Void), receipt.Options{}},
		{"cash_advance", doc(with(chip, kind(till.CashAdvance))), merchant},
		{"cashback", doc(with(chip, func(x *till.Txn) { x.Cashback = yuan(t, 500) })), receipt.Options{}},
		{"tip", undo(chip, till.Tip, advised(till.NoticeDone)), receipt.Options{}},
		{"tipped_sale", doc(with(chip, func(x *till.Txn) { x.Tipped = yuan(t, 200) })), reprint},
		{"instalments", doc(with(chip, func(x *till.Txn) { x.Plan = &till.Plan{Count: 12, Code: "A12"} })), receipt.Options{}},
		{"partial", doc(with(chip, func(x *till.Txn) { x.Asked, x.ResponseCode = yuan(t, x.Amount.Minor()+2000), "10" })), receipt.Options{}},
		{"partial_refused", doc(with(chip, open(till.Reversed, till.ReasonPartial))), receipt.Options{}},
		{"voice", doc(with(chip, stripe(till.Fallback), advised(till.NoticeVoice))), merchant},
		{"offline_told", doc(with(chip, offline, func(x *till.Txn) { x.State, x.Notice = till.Approved, till.NoticeOffline })), receipt.Options{}},
		{"notice_exception", doc(with(chip, stripe(till.Fallback), open(till.Exception, ""), func(x *till.Txn) { x.Notice = till.NoticeVoice })), merchant},
		{"decided", doc(with(chip, func(x *till.Txn) {
			x.Decided = &till.Resolution{As: till.ResolvedPosted, By: "bo", Reason: "seen in the acquirer's portal"}
		})), reprint},
		{"reprint", doc(chip), reprint},
		{"reprint_voided", doc(with(chip, func(x *till.Txn) { x.VoidedBy = "V01DED000001" })), reprint},
		{"reprint_refunded", doc(with(chip, func(x *till.Txn) { x.Refunded = yuan(t, 500) })), reprint},
		{"long_texts", receipt.Doc{
			MerchantName:    "The Extraordinarily Long-Named Dumpling and Noodle House 北京老字号饺子面馆（朝阳门外大街店）",
			MerchantAddress: "Level 2, Shop 2041-2043, International Commerce Centre\n1 Austin Road West, Kowloon",
			Txn: with(chip, func(x *till.Txn) {
				x.Merchant, x.Chip.IAD = strings.Repeat("M", 40), strings.Repeat("0F", 32)
			}),
		}, merchant},
	}
}

func TestGolden(t *testing.T) {
	golden := map[string]bool{}
	for _, s := range append(samples(t), ticketSamples(t)...) {
		golden[s.name+".txt"] = true
		t.Run(s.name, func(t *testing.T) { compare(t, s.name+".txt", sheets(s)) })
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !f.IsDir() && !golden[f.Name()] {
			t.Errorf("testdata/%s belongs to no sample", f.Name())
		}
	}
}

// sheets is a sample on both papers in both languages.
func sheets(s sample) string {
	var out strings.Builder
	for _, width := range []int{32, 48} {
		for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
			o := s.opts
			o.Width, o.Lang, o.Zone = width, lang, time.FixedZone("", 8*60*60)
			fmt.Fprintf(&out, "[%d %s]\n%s\n", width, lang, receipt.Render(s.doc, o))
		}
	}
	return out.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and read the difference\n got:\n%s\nwant:\n%s", path, got, want)
	}
}

// How the shopper was verified, by EMV's CVM results and the way the card was read.
func TestVerification(t *testing.T) {
	for _, c := range []struct {
		entry     till.Entry
		cvm       string
		state     till.State
		en, zh    string
		signature bool
	}{
		{till.Chip, "410302", till.Approved, "PIN VERIFIED", "密码验证通过", false},
		{till.Chip, "010302", till.Approved, "PIN VERIFIED", "密码验证通过", false},
		{till.Chip, "440302", till.Approved, "PIN VERIFIED", "密码验证通过", false},
		{till.Chip, "420300", till.Approved, "PIN VERIFIED", "密码验证通过", false},
		{till.Chip, "420300", till.Declined, "PIN ENTERED", "已输入密码", false},
		{till.Chip, "420300", till.Reversing, "PIN ENTERED", "已输入密码", false},
		{till.Chip, "410301", till.Declined, "CARDHOLDER NOT VERIFIED", "持卡人验证失败", false},
		{till.Chip, "000001", till.Declined, "CARDHOLDER NOT VERIFIED", "持卡人验证失败", false},
		{till.Chip, "430302", till.Approved, "PIN VERIFIED AND SIGNATURE", "密码验证通过并签名", true},
		{till.Chip, "450302", till.Approved, "PIN VERIFIED AND SIGNATURE", "密码验证通过并签名", true},
		{till.Chip, "1E0300", till.Approved, "SIGNATURE", "签名", true},
		{till.Chip, "5E0300", till.Approved, "SIGNATURE", "签名", true},
		{till.Chip, "1F0302", till.Approved, "NO CVM REQUIRED", "免密免签", false},
		{till.Chip, "3F0000", till.Approved, "NO CVM PERFORMED", "未进行持卡人验证", false},
		{till.Chip, "3F0001", till.Approved, "NO CVM PERFORMED", "未进行持卡人验证", false},
		{till.Chip, "080302", till.Approved, "BIOMETRIC VERIFIED", "生物特征验证通过", false},
		{till.Tap, "010002", till.Approved, "VERIFIED BY CARDHOLDER'S DEVICE", "持卡人设备验证通过", false},
		{till.Tap, "020000", till.Approved, "PIN VERIFIED", "密码验证通过", false},
		{till.Chip, "2A0302", till.Approved, "VERIFICATION NOT KNOWN", "验证结果不明", false},
		{till.Chip, "1E03", till.Approved, "VERIFICATION NOT KNOWN", "验证结果不明", false},
		{till.Chip, "zz0300", till.Approved, "VERIFICATION NOT KNOWN", "验证结果不明", false},
		{till.Swipe, "", till.Approved, "SIGNATURE", "签名", true},
		{till.Fallback, "", till.Approved, "SIGNATURE", "签名", true},
		{till.Manual, "", till.Approved, "NO CARDHOLDER VERIFICATION", "未验证持卡人", false},
	} {
		x := with(chipSale(t), func(x *till.Txn) { x.Entry, x.State, x.Chip.CVM = c.entry, c.state, c.cvm })
		for lang, want := range map[i18n.Lang]string{i18n.English: c.en, i18n.Chinese: c.zh} {
			paper := receipt.Render(doc(x), receipt.Options{Width: 48, Lang: lang, Copy: receipt.Merchant})
			if !slices.Contains(trimmed(paper), want) {
				t.Errorf("%s %s %s %s: no line %q on\n%s", c.entry, c.cvm, c.state, lang, want, paper)
			}
			if got := strings.Contains(paper, "\nX____"); got != c.signature {
				t.Errorf("%s %s %s %s: line to sign %v, want %v", c.entry, c.cvm, c.state, lang, got, c.signature)
			}
		}
	}
}

// Nobody signs what was declined or is not known, and nobody signs a customer copy.
func TestNoSignature(t *testing.T) {
	for _, state := range []till.State{till.Declined, till.Intent, till.Reversing, till.Reversed, till.Exception} {
		x := with(chipSale(t), func(x *till.Txn) { x.State, x.Chip.CVM = state, "1E0300" })
		if paper := receipt.Render(doc(x), receipt.Options{Copy: receipt.Merchant}); strings.Contains(paper, "SIGNATURE") {
			t.Errorf("%s asks for a signature:\n%s", state, paper)
		}
	}
	x := with(chipSale(t), func(x *till.Txn) { x.Chip.CVM = "1E0300" })
	if paper := receipt.Render(doc(x), receipt.Options{}); strings.Contains(paper, "____") {
		t.Errorf("customer copy has a line to sign:\n%s", paper)
	}
}

func TestResponseText(t *testing.T) {
	codes := strings.Fields("00 01 02 03 04 05 06 07 12 13 14 15 19 21 25 30 33 34 36 38 40 41 43 51 54 55 56 57 58 59 61 62 63 64 65 67 68 75 90 91 92 93 94 95 96 Y1 Y3 Z1 Z3")
	unlisted := receipt.ResponseText("ZZ")
	seen := map[i18n.Text]string{}
	for _, code := range codes {
		text := receipt.ResponseText(code)
		if text == unlisted {
			t.Errorf("code %s is not listed", code)
		}
		if other, twice := seen[text]; twice {
			t.Errorf("codes %s and %s say the same: %q", other, code, text.In(i18n.English))
		}
		seen[text] = code
		if ascii(text.In(i18n.Chinese)) || !ascii(text.In(i18n.English)) {
			t.Errorf("code %s: %q and %q are not one English and one Chinese text", code, text.In(i18n.English), text.In(i18n.Chinese))
		}
	}
	for _, code := range []string{"", "5", "510", "5A", "\x00\x01", "５１"} {
		if receipt.ResponseText(code) != unlisted {
			t.Errorf("code %q is listed", code)
		}
	}
}

func TestNumber(t *testing.T) {
	if got := receipt.Number(till.Txn{Batch: 12, STAN: 345}); got != "000012-000345" {
		t.Errorf("Number = %q", got)
	}
}

// The zero options and a narrow width still give a receipt.
func TestDefaults(t *testing.T) {
	for width, want := range map[int]int{0: 32, 5: 20, 20: 20, 32: 32, 48: 48} {
		paper := receipt.Render(doc(chipSale(t)), receipt.Options{Width: width})
		if got := widest(paper); got != want {
			t.Errorf("width %d: widest line takes %d cells, want %d", width, got, want)
		}
	}
	if paper := receipt.Render(doc(chipSale(t)), receipt.Options{}); !strings.Contains(paper, "06:05:09 +00:00") {
		t.Errorf("no UTC time on\n%s", paper)
	}
}

func kind(k till.Kind) func(*till.Txn) { return func(x *till.Txn) { x.Kind = k } }

// advised is told to the host afterwards, and not yet.
func advised(n till.Notice) func(*till.Txn) {
	return func(x *till.Txn) { x.State, x.Notice, x.ResponseCode = till.Advice, n, "" }
}

// What any receipt must hold, whatever a host, a card or a clerk put into it.
func TestHolds(t *testing.T) {
	cny := yuan(t, 0).Currency()
	rapid.Check(t, func(t *rapid.T) {
		pan := rapid.SampledFrom([]string{"5413330089010434", "4111111111111111", "378282246310005", "6221260062379699"}).Draw(t, "pan")
		x := draw(t, pan, cny)
		d := receipt.Doc{MerchantName: stranger(t, pan, "name"), MerchantAddress: "1 High Street\nTown", Txn: x}
		o := receipt.Options{
			Width:     rapid.IntRange(20, 64).Draw(t, "width"),
			Lang:      rapid.SampledFrom([]i18n.Lang{i18n.English, i18n.Chinese}).Draw(t, "lang"),
			Copy:      rapid.SampledFrom([]receipt.Copy{receipt.Customer, receipt.Merchant}).Draw(t, "copy"),
			Duplicate: rapid.Bool().Draw(t, "duplicate"),
		}
		if x.Original != "" {
			original := draw(t, pan, cny)
			d.Original = &original
		}
		paper := receipt.Render(d, o)
		checkLines(t, paper, o.Width)
		checkCard(t, paper, pan)
		checkVerdict(t, paper, x, o)
	})
}

func checkLines(t *rapid.T, paper string, width int) {
	if !strings.HasSuffix(paper, "\n") {
		t.Fatalf("no newline at the end of\n%s", paper)
	}
	for line := range strings.Lines(paper) {
		line = strings.TrimSuffix(line, "\n")
		if cells.Width(line) > width || strings.HasSuffix(line, " ") || strings.ContainsFunc(line, unicode.IsControl) {
			t.Fatalf("line %q of %d cells, at most %d", line, cells.Width(line), width)
		}
	}
}

// checkCard looks for seven digits of the number in a row, on a line or over the break
// between two.
func checkCard(t *rapid.T, paper, pan string) {
	unbroken := strings.ReplaceAll(paper, "\n", "")
	for from := 0; from+7 <= len(pan); from++ {
		if strings.Contains(unbroken, pan[from:from+7]) {
			t.Fatalf("digits %d to %d of the card are on\n%s", from+1, from+7, paper)
		}
	}
}

// checkVerdict holds that APPROVED is said of what a host posted, and of nothing else.
func checkVerdict(t *rapid.T, paper string, x till.Txn, o receipt.Options) {
	said := strings.ReplaceAll(strings.ReplaceAll(paper, " ", ""), "*", "")
	for word, want := range map[string]bool{
		"APPROVED": x.Tender != till.Cash && x.Outcome() == till.OutcomeApproved,
		"DECLINED": x.Outcome() == till.OutcomeDeclined,
		"REVERSED": x.Outcome() == till.OutcomeReversed,
		"UNKNOWN":  x.Outcome() == till.OutcomeUnknown,
	} {
		if o.Lang == i18n.Chinese {
			word = map[string]string{"APPROVED": "交易成功", "DECLINED": "交易拒绝", "REVERSED": "已冲正", "UNKNOWN": "结果未知"}[word]
		}
		if got := slices.Contains(strings.Split(said, "\n"), word) || strings.Contains(said, "OUTCOME"+word); got != want {
			t.Fatalf("%s %s says %s: %v, want %v\n%s", x.Tender, x.State, word, got, want, paper)
		}
	}
	for _, word := range []string{"DUPLICATE", "重打印"} {
		if strings.Contains(said, word) != (o.Duplicate && (word == "DUPLICATE") == (o.Lang != i18n.Chinese)) {
			t.Fatalf("duplicate %v, but the paper says\n%s", o.Duplicate, paper)
		}
	}
}

// draw is any transaction. Its numbers have no digits but 2, 6 and 7, so that seven in
// a row that are the card's are the card's.
func draw(t *rapid.T, pan string, c money.Currency) till.Txn {
	digits := func(n int, label string) string {
		return string(rapid.SliceOfN(rapid.SampledFrom([]byte("267")), n, n).Draw(t, label))
	}
	number, err := card.ParsePAN(pan)
	if err != nil {
		t.Fatal(err)
	}
	data := till.CardData{PAN: number, Expiry: "3112", Brand: stranger(t, pan, "brand"), AID: "A0000000031010", Label: stranger(t, pan, "label")}
	x := till.Txn{
		ID: "7Q2MX4K9TB3C", Merchant: digits(15, "mid"), Terminal: digits(8, "tid"), RRN: digits(12, "rrn"),
		Kind:         rapid.SampledFrom([]till.Kind{till.Sale, till.Void, till.Refund, "tip"}).Draw(t, "kind"),
		Tender:       rapid.SampledFrom([]till.Tender{till.Card, till.Cash, till.QR}).Draw(t, "tender"),
		Entry:        rapid.SampledFrom([]till.Entry{till.NoEntry, till.Chip, till.Tap, till.Swipe, till.Fallback, till.Manual, till.Shown, till.Scanned}).Draw(t, "entry"),
		State:        rapid.SampledFrom([]till.State{till.New, till.Intent, till.Approved, till.Declined, till.Reversing, till.Reversed, till.Exception, till.Advice}).Draw(t, "state"),
		Reason:       rapid.SampledFrom([]till.Reason{"", till.ReasonTimeout, till.ReasonCard, till.ReasonLink, till.ReasonRestart, "other"}).Draw(t, "reason"),
		DeclinedBy:   rapid.SampledFrom([]till.Who{"", till.ByHost, till.ByCard, till.ByWallet}).Draw(t, "who"),
		ResponseCode: rapid.SampledFrom([]string{"", "00", "51", "N7", "\x1b["}).Draw(t, "code"),
		AuthCode:     rapid.SampledFrom([]string{"", "A1B2C3", "\x1b[2J", "\xff\xfe"}).Draw(t, "auth"),
		Amount:       money.New(rapid.SampledFrom([]int64{0, 1, 267, -72, 72677267, 1<<63 - 1}).Draw(t, "minor"), c),
		At:           time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0),
		Batch:        rapid.IntRange(0, 99).Draw(t, "batch"), STAN: till.STAN(rapid.IntRange(0, 99).Draw(t, "stan")),
		Original: rapid.SampledFrom([]till.TxnID{"", "ABCDEFGHJKMN"}).Draw(t, "original"),
	}
	if rapid.Bool().Draw(t, "card") {
		x.Card = data.Summary([]byte("key"))
		if rapid.Bool().Draw(t, "unmasked") { // a store gone wrong
			x.Card.Masked = pan
		}
	}
	if rapid.Bool().Draw(t, "chip") {
		x.Chip = &till.ChipEvidence{CVM: rapid.SampledFrom([]string{"", "1E0300", "420300", "010002", "xx"}).Draw(t, "cvm"), TVR: digits(10, "tvr"), IAD: digits(64, "iad")}
	}
	if rapid.Bool().Draw(t, "wallet") {
		x.Wallet = &till.Order{
			Number: digits(32, "order"), State: rapid.SampledFrom([]till.OrderState{till.OrderUnknown, till.OrderClosed}).Draw(t, "order state"),
			Provider: stranger(t, pan, "provider"), TradeNo: digits(28, "trade"),
			RefusedCode: "NO_MONEY", RefusedWords: stranger(t, pan, "words"),
		}
	}
	return x
}

// stranger is text from outside: of a card, of a file.
func stranger(t *rapid.T, pan, label string) string {
	pieces := []string{"VISA", " ", "银联", "，", "\n", "\x1b[31m", "\x00", "\xe4", "e\u0301", "😀", "\u202e", "longlonglonglonglonglongword"}
	if label != "name" {
		pieces = append(pieces, pan, pan[:8])
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, label), "")
}

// A receipt cannot print what it is never given: neither Doc nor Options reaches a card
// number, an expiry date, a track or another secret.
func TestDocHoldsNoCardData(t *testing.T) {
	forbidden := []reflect.Type{
		reflect.TypeFor[card.PAN](), reflect.TypeFor[card.Secret](), reflect.TypeFor[card.Track2](),
		reflect.TypeFor[card.Expiry](), reflect.TypeFor[card.ServiceCode](), reflect.TypeFor[till.CardData](),
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type, string)
	walk = func(typ reflect.Type, path string) {
		if slices.Contains(forbidden, typ) {
			t.Errorf("%s is a %s", path, typ)
		}
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			walk(typ.Elem(), path)
		case reflect.Struct:
			for i := range typ.NumField() {
				walk(typ.Field(i).Type, path+"."+typ.Field(i).Name)
			}
		}
	}
	walk(reflect.TypeFor[receipt.Doc](), "Doc")
	walk(reflect.TypeFor[receipt.Options](), "Options")
	if !seen[reflect.TypeFor[till.CardSummary]()] {
		t.Error("the walk did not reach the card summary: this test sees nothing")
	}
}

func BenchmarkRender(b *testing.B) {
	d, o := doc(chipSale(b)), receipt.Options{Width: 48, Lang: i18n.Chinese}
	b.ReportAllocs()
	for b.Loop() {
		receipt.Render(d, o)
	}
}

func ExampleResponseText() {
	text := receipt.ResponseText("51")
	fmt.Println(text.In(i18n.English))
	fmt.Println(text.In(i18n.Chinese))
	// Output:
	// Insufficient funds
	// 余额不足
}

// chipSale is an approved sale of 12.50 CNY by a chip card with an online PIN.
func chipSale(t testing.TB) till.Txn {
	return till.Txn{
		ID: "7Q2MX4K9TB3C", Key: "key", Kind: till.Sale, Tender: till.Card, Entry: till.Chip, State: till.Approved,
		Amount: yuan(t, 1250), Terminal: "TILL0001", Merchant: "104110058120001", Batch: 12, STAN: 345,
		At:  time.Date(2026, 11, 23, 6, 5, 9, 0, time.UTC),
		RRN: "632706000345", AuthCode: "A1B2C3", ResponseCode: "00",
		Card: &till.CardSummary{Masked: "476173******0010", Brand: "VISA", AID: "A0000000031010", Label: "VISA CREDIT", PSN: "01"},
		Chip: &till.ChipEvidence{
			Cryptogram: "B1C2D3E4F5061728", CryptogramType: "TC", ARQC: "A1B2C3D4E5F60718", ATC: "0001",
			TVR: "0000048000", TSI: "E800", IAD: "06010A03A0B800", CVM: "420300", ARPCVerified: true,
		},
	}
}

func yuan(t testing.TB, minor int64) money.Amount {
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

func doc(x till.Txn) receipt.Doc {
	return receipt.Doc{
		MerchantName:    "Lucky Noodle Bar 好运面馆",
		MerchantAddress: "12 Harbour Road\nWan Chai, Hong Kong",
		Txn:             x,
	}
}

// with is a copy of a transaction after changes, its card and chip its own.
func with(x till.Txn, changes ...func(*till.Txn)) till.Txn {
	if x.Card != nil {
		summary := *x.Card
		x.Card = &summary
	}
	if x.Chip != nil {
		evidence := *x.Chip
		x.Chip = &evidence
	}
	for _, change := range changes {
		change(&x)
	}
	return x
}

// undo is the void or refund of a sale, with the sale as its original.
func undo(sale till.Txn, kind till.Kind, changes ...func(*till.Txn)) receipt.Doc {
	x := with(sale, func(x *till.Txn) {
		x.ID, x.Kind, x.Entry, x.STAN, x.Original = "R3FVND000002", kind, till.NoEntry, 346, sale.ID
		x.At, x.Card, x.Chip = sale.At.Add(90*time.Minute), nil, nil
		if x.RRN != "" {
			x.RRN, x.AuthCode = "632707000346", "D4E5F6"
		}
		if kind == till.Refund {
			x.Amount = money.New(500, x.Amount.Currency())
		}
	})
	d := doc(with(x, changes...))
	d.Original = &sale
	return d
}

func cash(x *till.Txn) {
	x.Tender, x.Entry, x.RRN, x.AuthCode, x.ResponseCode, x.Card, x.Chip = till.Cash, till.NoEntry, "", "", "", nil, nil
}

// wallet makes a paid order of a sale.
func wallet(e till.Entry) func(*till.Txn) {
	return func(x *till.Txn) {
		cash(x)
		x.Tender, x.Entry = till.QR, e
		x.Wallet = &till.Order{
			Number: "20261123060509B3C4D5E6F7A8B9C0", Flow: till.FlowShown, State: till.OrderPaid, Amount: x.Amount,
			TradeNo: "4200002026112306050900000345", Provider: "wechat",
		}
	}
}

func order(s till.OrderState, r till.Reason) func(*till.Txn) {
	return func(x *till.Txn) {
		x.State, x.Reason, x.Wallet.State, x.Wallet.Reason, x.Wallet.TradeNo, x.Wallet.Provider = s.Txn(), r, s, r, "", ""
	}
}

func refusedByWallet(x *till.Txn) {
	order(till.OrderFailed, "")(x)
	x.DeclinedBy, x.ResponseCode = till.ByWallet, "NOTENOUGH"
	x.Wallet.RefusedCode, x.Wallet.RefusedWords = "NOTENOUGH", "insufficient balance 余额不足"
}

func paidBack(x *till.Txn) {
	o := *x.Wallet
	o.Flow, o.RefundNumber, o.TradeNo = till.FlowRefund, "20261123073509R1S2T3U4V5W6X7Y8", "5000002026112307350900000346"
	x.Wallet = &o
}

func stripe(e till.Entry) func(*till.Txn) {
	return func(x *till.Txn) { x.Entry, x.Chip, x.Card.AID, x.Card.Label, x.Card.PSN = e, nil, "", "", "" }
}

func offline(x *till.Txn) {
	x.State, x.RRN, x.AuthCode, x.ResponseCode, x.Chip.ARQC, x.Chip.CVM = till.Advice, "", "", "Y1", "", "410302"
}

func declined(code string) func(*till.Txn) {
	return func(x *till.Txn) {
		x.State, x.DeclinedBy, x.ResponseCode, x.AuthCode, x.Chip.CryptogramType = till.Declined, till.ByHost, code, "", "AAC"
	}
}

func declinedByCard(x *till.Txn) {
	declined("Z1")(x)
	x.DeclinedBy, x.RRN, x.Chip.ARQC, x.Chip.CVM = till.ByCard, "", "", "410301"
}

func open(s till.State, r till.Reason) func(*till.Txn) {
	return func(x *till.Txn) {
		x.State, x.Reason, x.RRN, x.AuthCode, x.ResponseCode = s, r, "", "", ""
		if x.Chip != nil {
			x.Chip.Cryptogram, x.Chip.CryptogramType = x.Chip.ARQC, "ARQC"
		}
	}
}

func trimmed(paper string) []string {
	var lines []string
	for line := range strings.Lines(paper) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

func widest(paper string) int {
	width := 0
	for line := range strings.Lines(paper) {
		width = max(width, cells.Width(line))
	}
	return width
}

func ascii(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 }) }
