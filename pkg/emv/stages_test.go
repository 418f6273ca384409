package emv_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
)

// The stages that the terminal works through by itself, each in a table: what card and
// terminal say, and what the verification results (tag 95) are in the end. Offline data
// authentication is not performed, so the first bit is always set.

type stage struct {
	name  string
	setup func(*emv.Config, *toy)
	tvr   string
}

func runStages(t *testing.T, stages []stage) {
	t.Helper()
	for _, s := range stages {
		t.Run(s.name, func(t *testing.T) {
			cfg, c := toyShop(), newToy()
			s.setup(&cfg, c)
			txn, err := pay(t, cfg, c)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%X", txn.Evidence().TVR); got != s.tvr {
				t.Errorf("TVR %s, want %s", got, s.tvr)
			}
		})
	}
}

// Book 3, 10.4.
func TestRestrictions(t *testing.T) {
	set := func(tag emv.Tag, v string) func(*emv.Config, *toy) {
		return func(_ *emv.Config, c *toy) { c.objects[tag] = v }
	}
	version := func(terminal uint16, cards string) func(*emv.Config, *toy) {
		return func(cfg *emv.Config, c *toy) {
			cfg.AIDs[0].Version = terminal
			if cards != "" {
				c.objects[emv.TagCardVersion] = cards
			}
		}
	}
	usage := func(auc, country string, kind byte, other int64) func(*emv.Config, *toy) {
		return func(cfg *emv.Config, c *toy) {
			c.objects[emv.TagAUC], c.objects[emv.TagIssuerCountry] = auc, country
			cfg.TransactionType, cfg.Other = kind, other
		}
	}
	runStages(t, []stage{
		{"nothing to object to", func(*emv.Config, *toy) {}, "8000000000"},

		{"versions agree", version(0x0096, "0096"), "8000000000"},
		{"versions differ", version(0x0096, "008C"), "8080000000"},
		{"card without a version", version(0x0096, ""), "8000000000"},
		{"terminal without a version", version(0, "008C"), "8000000000"},

		{"expires today", set(emv.TagExpiry, "261123"), "8000000000"},
		{"expired yesterday", set(emv.TagExpiry, "261122"), "8040000000"},
		{"expired last century", set(emv.TagExpiry, "991231"), "8040000000"},
		{"effective today", set(emv.TagEffective, "261123"), "8000000000"},
		{"effective tomorrow", set(emv.TagEffective, "261124"), "8020000000"},

		{"goods at home", usage("2100", "0156", 0x00, 0), "8000000000"},
		{"services at home", usage("0900", "0156", 0x00, 0), "8000000000"},
		{"goods abroad not allowed", usage("2900", "0840", 0x00, 0), "8010000000"},
		{"goods abroad", usage("1100", "0840", 0x00, 0), "8000000000"},
		{"services abroad", usage("0500", "0840", 0x00, 0), "8000000000"},
		{"cash at home not allowed", usage("7F00", "0156", 0x01, 0), "8010000000"},
		{"cash at home", usage("8100", "0156", 0x01, 0), "8000000000"},
		{"cash abroad", usage("4100", "0840", 0x01, 0), "8000000000"},
		{"cash abroad not allowed", usage("8100", "0840", 0x01, 0), "8010000000"},
		{"cashback at home", usage("2180", "0156", 0x09, 100), "8000000000"},
		{"cashback at home not allowed", usage("FF40", "0156", 0x09, 100), "8010000000"},
		{"cashback by amount not allowed", usage("FF00", "0156", 0x00, 100), "8010000000"},
		{"cashback abroad", usage("1140", "0840", 0x09, 100), "8000000000"},
		{"refund has no bit", usage("0100", "0840", 0x20, 0), "8000000000"},
		{"not at shops", usage("FE80", "0156", 0x00, 0), "8010000000"},
		{"no country: the kind is not looked at", func(_ *emv.Config, c *toy) { c.objects[emv.TagAUC] = "0100" }, "8000000000"},
		{"at an ATM", func(cfg *emv.Config, c *toy) {
			cfg.TerminalType, cfg.AdditionalCapabilities[0] = 0x14, 0x80
			c.objects[emv.TagAUC] = "0200"
		}, "8000000000"},
		{"not at ATMs", func(cfg *emv.Config, c *toy) {
			cfg.TerminalType, cfg.AdditionalCapabilities[0] = 0x15, 0x80
			c.objects[emv.TagAUC] = "FD00"
		}, "8010000000"},
	})
}

// Book 3, 10.5, and the results that Book 4, 6.3.4.5 wants.
func TestCardholderVerification(t *testing.T) {
	const all = "\xE0\x68\xC8" // capabilities: online PIN, signature, no method
	for _, c := range []struct {
		name    string
		rules   string // behind amounts X 10.00 and Y 20.00; "-" is no list
		caps    byte   // second byte of tag 9F33
		setup   func(*emv.Config, *toy)
		tvr     string
		results string
		tsi     byte // the bit for cardholder verification
	}{
		{"no method", "1F00", 0x08, nil, "8000000000", "1F0002", 0x40},
		{"signature", "1E03", 0x20, nil, "8000000000", "1E0300", 0x40},
		{"no list", "-", 0x28, nil, "A000000000", "3F0000", 0},
		{"list without rules", "", 0x28, nil, "8000000000", "3F0000", 0},
		{"fail", "0000", 0x28, nil, "8000800000", "000001", 0x40},
		{"fail goes before a next rule", "40001F00", 0x28, nil, "8000800000", "400001", 0x40},

		{"online PIN without the ability", "0200", 0x28, nil, "8000900000", "3F0001", 0x40},
		{"online PIN without the ability, then signature", "42005E03", 0x28, nil, "8000100000", "5E0300", 0x40},
		{"PIN by the card, if supported: passed over", "41035E031F00", 0x28, nil, "8000000000", "5E0300", 0x40},
		{"PIN by the card, always: not supported", "41001F00", 0x28, nil, "8000100000", "1F0002", 0x40},
		{"enciphered PIN by the card and signature", "0500", 0x28, nil, "8000900000", "3F0001", 0x40},
		{"plaintext PIN and signature, then none", "43001F00", 0x28, nil, "8000100000", "1F0002", 0x40},
		{"enciphered PIN, end", "0400", 0x28, nil, "8000900000", "3F0001", 0x40},

		{"unknown method", "2000", 0x28, nil, "8000C00000", "3F0001", 0x40},
		{"unknown method, then none", "60001F00", 0x28, nil, "8000400000", "1F0002", 0x40},
		{"unknown method, if supported: passed over", "20031F00", 0x28, nil, "8000000000", "1F0002", 0x40},
		{"unknown condition: passed over", "1E991F00", 0x28, nil, "8000000000", "1F0002", 0x40},
		{"signature not supported, no next", "1E001F00", 0x08, nil, "8000800000", "3F0001", 0x40},
		{"signature not supported, next", "5E001F00", 0x08, nil, "8000000000", "1F0002", 0x40},
		{"no method not supported", "1F00", 0x20, nil, "8000800000", "3F0001", 0x40},
		{"no condition holds", "1F01", 0x28, nil, "8000800000", "3F0001", 0x40},

		{"online PIN entered", "4200", 0x68, pin(emv.PINEntered), "8000040000", "420000", 0x40},
		{"online PIN bypassed", "0200", 0x68, pin(emv.PINBypassed), "8000880000", "020001", 0x40},
		{"online PIN bypassed, then signature", "42005E00", 0x68, pin(emv.PINBypassed), "8000080000", "5E0000", 0x40},
		{"PIN pad broken", "0200", 0x68, pin(emv.PINUnavailable), "8000900000", "020001", 0x40},
		{"nobody asks for the PIN", "0200", 0x68, nil, "8000900000", "020001", 0x40},
		{"last performed method shows", "42002000", 0x68, pin(emv.PINBypassed), "8000C80000", "420001", 0x40},

		{"unattended cash", "1F01", 0x28, kind(0x24, 0x01, 0), "8000000000", "1F0102", 0x40},
		{"unattended cash is not attended", "1F01", 0x28, kind(0x22, 0x01, 0), "8000800000", "3F0001", 0x40},
		{"manual cash", "1F04", 0x28, kind(0x22, 0x01, 0), "8000000000", "1F0402", 0x40},
		{"manual cash is not unattended", "1F04", 0x28, kind(0x24, 0x01, 0), "8000800000", "3F0001", 0x40},
		{"neither cash nor cashback", "1F02", 0x28, nil, "8000000000", "1F0202", 0x40},
		{"neither: cash", "1F02", 0x28, kind(0x22, 0x01, 0), "8000800000", "3F0001", 0x40},
		{"neither: cashback", "1F02", 0x28, kind(0x22, 0x09, 100), "8000800000", "3F0001", 0x40},
		{"cashback", "1F05", 0x28, kind(0x22, 0x09, 100), "8000000000", "1F0502", 0x40},

		{"under X, which the amount is not", "1E061F00", 0x28, currency("0156"), "8000000000", "1F0002", 0x40},
		{"over X", "1E071F00", 0x28, currency("0156"), "8000000000", "1E0700", 0x40},
		{"under Y", "1E081F00", 0x28, currency("0156"), "8000000000", "1E0800", 0x40},
		{"over Y, which the amount is not", "1E091F00", 0x28, currency("0156"), "8000000000", "1F0002", 0x40},
		{"over X in another currency", "1E071F00", 0x28, currency("0840"), "8000000000", "1F0002", 0x40},
		{"over X without a currency", "1E071F00", 0x28, nil, "8000000000", "1F0002", 0x40},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, chip := toyShop(), newToy()
			cfg.Capabilities = [3]byte{all[0], c.caps, all[2]}
			chip.aip = "1000"
			if c.rules != "-" {
				chip.objects[emv.TagCVMList] = "000003E8000007D0" + c.rules
			}
			if c.setup != nil {
				c.setup(&cfg, chip)
			}
			txn, err := pay(t, cfg, chip)
			if err != nil {
				t.Fatal(err)
			}
			e := txn.Evidence()
			if tvr, results := fmt.Sprintf("%X", e.TVR), fmt.Sprintf("%X", e.CVMResults); tvr != c.tvr || results != c.results || e.TSI[0]&0x40 != c.tsi {
				t.Errorf("TVR %s, results %s, TSI %X, want %s, %s, %02X", tvr, results, e.TSI, c.tvr, c.results, c.tsi)
			}
			if !strings.HasSuffix(chip.sent[len(chip.sent)-1], c.results+"00") {
				t.Errorf("the card is told %s, want results %s", chip.sent[len(chip.sent)-1], c.results)
			}
		})
	}
}

func pin(entry emv.PINEntry) func(*emv.Config, *toy) {
	return func(cfg *emv.Config, _ *toy) { cfg.OnlinePIN = func() emv.PINEntry { return entry } }
}

func kind(terminal, transaction byte, other int64) func(*emv.Config, *toy) {
	return func(cfg *emv.Config, _ *toy) {
		cfg.TerminalType, cfg.TransactionType, cfg.Other = terminal, transaction, other
	}
}

func currency(code string) func(*emv.Config, *toy) {
	return func(_ *emv.Config, c *toy) { c.objects[emv.TagApplicationCurrency] = code }
}

// Book 3, 10.6. The amount is 12.50.
func TestRiskManagement(t *testing.T) {
	limits := func(lower, upper, atc, last string) func(*emv.Config, *toy) {
		return func(_ *emv.Config, c *toy) {
			c.objects[emv.TagLowerOfflineLimit], c.objects[emv.TagUpperOfflineLimit] = lower, upper
			c.data = map[emv.Tag]string{}
			if atc != "" {
				c.data[emv.TagATC] = atc
			}
			if last != "" {
				c.data[emv.TagLastOnlineATC] = last
			}
		}
	}
	// draw makes the random selection's number: bytes 5 to 12 of the random source give
	// their remainder by 99, plus 1.
	draw := func(percent byte, s emv.RandomSelection) func(*emv.Config, *toy) {
		return func(cfg *emv.Config, _ *toy) {
			cfg.Random = strings.NewReader("UNPR" + "\x00\x00\x00\x00\x00\x00\x00" + string(rune(percent-1)))
			cfg.Selection = s
		}
	}
	stages := []stage{
		{"under the floor limit", func(*emv.Config, *toy) {}, "8000000000"},
		{"at the floor limit", func(cfg *emv.Config, _ *toy) { cfg.FloorLimit = 1250 }, "8000008000"},
		{"no floor limit", func(cfg *emv.Config, _ *toy) { cfg.FloorLimit = 0 }, "8000008000"},

		{"below the threshold, drawn", draw(20, emv.RandomSelection{Target: 20, Threshold: 2000}), "8000001000"},
		{"below the threshold, not drawn", draw(21, emv.RandomSelection{Target: 20, Threshold: 2000}), "8000000000"},
		{"halfway up, drawn", func(cfg *emv.Config, c *toy) {
			draw(50, emv.RandomSelection{Target: 20, Maximum: 80, Threshold: 500})(cfg, c)
			cfg.FloorLimit = 2000 // 750 of 1500 above the threshold: 50 percent
		}, "8000001000"},
		{"halfway up, not drawn", func(cfg *emv.Config, c *toy) {
			draw(51, emv.RandomSelection{Target: 20, Maximum: 80, Threshold: 500})(cfg, c)
			cfg.FloorLimit = 2000
		}, "8000000000"},
		{"never drawn", draw(1, emv.RandomSelection{}), "8000000000"},

		{"velocity within limits", limits("02", "05", "0042", "0040"), "8000000000"},
		{"lower limit exceeded", limits("01", "05", "0042", "0040"), "8000004000"},
		{"both limits exceeded", limits("01", "01", "0042", "0040"), "8000006000"},
		{"new card", limits("FF", "FF", "0042", "0000"), "8008000000"},
		{"counter went back", limits("FF", "FF", "0040", "0042"), "8000006000"},
		{"no counter", limits("FF", "FF", "", "0040"), "8000006000"},
		{"no last counter", limits("FF", "FF", "0042", ""), "8000006000"},
		{"one limit alone is none", func(_ *emv.Config, c *toy) { c.objects[emv.TagLowerOfflineLimit] = "00" }, "8000000000"},

		{"exception file", func(cfg *emv.Config, _ *toy) {
			cfg.Excepted = func(pan card.PAN, psn string) bool { return pan.Masked() == "476173******0010" && psn == "01" }
		}, "9000000000"},
		{"merchant forces it online", func(cfg *emv.Config, _ *toy) { cfg.ForceOnline = true }, "8000000800"},
	}
	for i := range stages {
		setup := stages[i].setup
		stages[i].setup = func(cfg *emv.Config, c *toy) { c.aip = "0800"; setup(cfg, c) }
	}
	stages = append(stages, stage{"not wanted by the card", func(cfg *emv.Config, _ *toy) { cfg.FloorLimit = 0 }, "8000000000"})
	runStages(t, stages)
}

// Book 3, 10.7: what is asked of the card, by the high bits of P1.
func TestActionAnalysis(t *testing.T) {
	const none, oda, all = "0000000000", "8000000000", "FFFFFFFFFF"
	for _, c := range []struct {
		name                    string
		terminal                byte
		denial, online, defawlt string // "" is absent
		tac                     emv.ActionCodes
		force                   bool
		asked                   string
	}{
		{name: "nothing speaks against it", terminal: 0x22, denial: none, online: none, defawlt: none, asked: "40"},
		{name: "issuer denies", terminal: 0x22, denial: oda, online: all, defawlt: none, asked: "00"},
		{name: "acquirer denies", terminal: 0x22, denial: none, online: none, defawlt: none, tac: emv.ActionCodes{Denial: [5]byte{0x80}}, asked: "00"},
		{name: "issuer wants it online", terminal: 0x22, denial: none, online: oda, defawlt: none, asked: "80"},
		{name: "acquirer wants it online", terminal: 0x22, denial: none, online: none, defawlt: none, tac: emv.ActionCodes{Online: [5]byte{0x80}}, asked: "80"},
		{name: "absent online code wants all online", terminal: 0x22, denial: none, defawlt: none, asked: "80"},
		{name: "absent denial code denies nothing", terminal: 0x22, online: none, defawlt: none, asked: "40"},
		{name: "online only", terminal: 0x21, denial: none, online: none, defawlt: none, asked: "80"},
		{name: "online only, denied", terminal: 0x21, denial: oda, online: none, defawlt: none, asked: "00"},
		{name: "offline only", terminal: 0x23, denial: none, online: all, defawlt: none, asked: "40"},
		{name: "offline only, default code", terminal: 0x23, denial: none, online: none, defawlt: oda, asked: "00"},
		{name: "offline only, acquirer's default code", terminal: 0x26, denial: none, online: none, defawlt: none, tac: emv.ActionCodes{Default: [5]byte{0x80}}, asked: "00"},
		{name: "offline only, absent default code", terminal: 0x23, denial: none, online: none, asked: "00"},
		{name: "forced", terminal: 0x22, denial: none, online: none, defawlt: none, force: true, asked: "80"},
		{name: "forced and denied", terminal: 0x22, denial: oda, online: none, defawlt: none, force: true, asked: "00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, chip := toyShop(), newToy()
			cfg.TerminalType, cfg.TAC, cfg.ForceOnline = c.terminal, c.tac, c.force
			for tag, v := range map[emv.Tag]string{emv.TagIACDenial: c.denial, emv.TagIACOnline: c.online, emv.TagIACDefault: c.defawlt} {
				if delete(chip.objects, tag); v != "" {
					chip.objects[tag] = v
				}
			}
			txn, err := pay(t, cfg, chip)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]emv.Decision{"00": emv.DeclinedOffline, "40": emv.ApprovedOffline, "80": emv.GoOnline}[c.asked]
			if last := chip.sent[len(chip.sent)-1]; last[4:6] != c.asked || txn.Decision() != want {
				t.Errorf("asked %s and got %v, want %s and %v", last[4:6], txn.Decision(), c.asked, want)
			}
			arc := map[string]string{"00": "Z1", "40": "Y1", "80": ""}[c.asked]
			if got := txn.Evidence().ARC; got != arc {
				t.Errorf("response code %q, want %q", got, arc)
			}
			if (txn.ICC() != nil) != (c.asked == "80") || txn.FinalICC() == nil {
				t.Errorf("chip data %X, final %X", txn.ICC(), txn.FinalICC())
			}
		})
	}
}

// What a terminal may not be is refused before the first command, with a word on what
// is wrong.
func TestConfigRefusals(t *testing.T) {
	for name, spoil := range map[string]func(*emv.Config){
		"amount":                 func(c *emv.Config) { c.Amount = -1 },
		"12 digits":              func(c *emv.Config) { c.Amount = 1_000_000_000_000 },
		"other amount":           func(c *emv.Config) { c.Other = 1251 },
		"currency":               func(c *emv.Config) { c.Currency = 0 },
		"country":                func(c *emv.Config) { c.Country = 1000 },
		"exponent":               func(c *emv.Config) { c.CurrencyExponent = 10 },
		"terminal type":          func(c *emv.Config) { c.TerminalType = 0x20 },
		"date":                   func(c *emv.Config) { c.Date = time.Time{} },
		"transaction type":       func(c *emv.Config) { c.TransactionType = 0x0A },
		"no application":         func(c *emv.Config) { c.AIDs = nil },
		"short application":      func(c *emv.Config) { c.AIDs = []emv.AID{{ID: make([]byte, 4)}} },
		"long application":       func(c *emv.Config) { c.AIDs = []emv.AID{{ID: make([]byte, 17)}} },
		"terminal id":            func(c *emv.Config) { c.TerminalID = "TILL00001" },
		"unprintable id":         func(c *emv.Config) { c.MerchantID = "SHOP\x00" },
		"merchant category":      func(c *emv.Config) { c.MCC = "54A1" },
		"floor limit":            func(c *emv.Config) { c.FloorLimit = -1 },
		"selection":              func(c *emv.Config) { c.Selection.Target = 100 },
		"selection order":        func(c *emv.Config) { c.Selection = emv.RandomSelection{Target: 50, Maximum: 40} },
		"selection threshold":    func(c *emv.Config) { c.Selection.Threshold = 1 },
		"random numbers run out": func(c *emv.Config) { c.Random = io.LimitReader(c.Random, 11) },
	} {
		cfg := shop()
		spoil(&cfg)
		txn, err := emv.NewTransaction(cfg)
		if !errors.Is(err, emv.ErrConfig) || txn != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The terminal's objects, as lists of the card get them.
func TestTerminalObjects(t *testing.T) {
	cfg, chip := toyShop(), newToy()
	cfg.Sequence, cfg.SerialNumber, cfg.Acquirer, cfg.MerchantName = 7, "IFD00001", "123456", "A SHOP"
	cfg.AIDs[0].Version = 0x0096
	chip.objects[emv.TagCDOL1] = "9F0106" + "8104" + "9F0404" + "5F3601" + "9F0607" + "9F0902" + "9F1502" + "9F160F" + "9F1A02" + "9F1B04" +
		"9F1C08" + "9F1E08" + "9F2103" + "9F3303" + "9F3501" + "9F3901" + "9F4005" + "9F4104" + "9F4E08" + "9B02" + "9F3602"
	txn, err := pay(t, cfg, chip)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"000000123456", "000004E2", "00000000", "02", "A0000000031010", "0096", "5411", "53484F5020202020202020202020" + "20", "0156", "000186A0",
		"54494C4C30303031", "4946443030303031", "093000", "E028C8", "22", "05", "6000F0A001", "00000007", "412053484F500000", "0000", "0000",
	}
	last := chip.sent[len(chip.sent)-1]
	if got := last[10 : len(last)-2]; got != strings.Join(want, "") {
		t.Errorf("got  %s\nwant %s", got, strings.Join(want, ""))
	}
	if v := txn.Value(emv.TagTerminalType); !slices.Equal(v, []byte{0x22}) {
		t.Errorf("Value: %X", v)
	}
	if v := txn.Value(emv.TagPAN); v != nil {
		t.Errorf("Value gives the number: %X", v)
	}
}
