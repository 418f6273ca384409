package dukpt_test

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/dukpt"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

// The samples of ANSI X9.24-1:2009, A.4: base key, number, PIN and data.
const (
	tdesBDK  = "0123456789ABCDEFFEDCBA9876543210"
	pan      = "4012345678909"
	pin      = "1234"
	dataText = "4012345678909D987"
)

// tdesSample is a row of ANSI X9.24-1:2009, A.4.2.
type tdesSample struct{ ksn, current, pin, data, dataBack, mac, macBack string }

func tdesSamples() []tdesSample {
	return []tdesSample{
		{
			"FFFF9876543210E00001", "042666B49184CFA368DE9628D0397BC9", "1B9C1845EB993A7A",
			"FC0D53B7EA1FDA9EE68AAF2E70D9B9506229BE2AA993F04F", "1FCC89AF66222F27B903898BB2BC8589CDBFDE5EC6AFCC25",
			"9CCC78173FC4FB64", "20364223C1FF00FA",
		},
		{
			"FFFF9876543210E00002", "C46551CEF9FD24B0AA9AD834130D3BC7", "10A01C8D02C69107",
			"A2B4E70F846E63D68775B7215EB4563DFD3037244C61CC13", "5B692A6B1FDD5E25B0DEFAFDE1672E402F8011360CFF3508",
			"F608A9BCA6FFC311", "D1FCA6BEF05D24D2",
		},
		{
			"FFFF9876543210E00003", "0DF3D9422ACA56E547676D07AD6BADFA", "18DC07B94797B466",
			"BD751E65F10E75B6C1D5B1D283496A36C2DE21D993C387A7", "345992D4163E4926C927BFD8ABD5D76F087A9CE81D5A27B8",
			"20B59A4FEAC937E3", "BAD4CC9CC2AE326C",
		},
	}
}

func TestTDESSamples(t *testing.T) {
	for _, c := range tdesSamples() {
		t.Run(c.ksn, func(t *testing.T) {
			ksn := tdesKSN(t, c.ksn)
			initial := must(dukpt.TDESInitialKey(parse(t, key.TDES, tdesBDK), ksn))(t)
			same(t, "initial key", initial, "6AC292FAA1315B4D858AB3A3D7D5933A")
			same(t, "transaction key", must(dukpt.TDESTransactionKey(initial, ksn))(t), c.current)
			working := func(u dukpt.Use) key.Key { return must(dukpt.TDESWorkingKey(initial, ksn, u))(t) }
			block, err := pinblock.Encipher(pinblock.ISO0, working(dukpt.PIN), card.NewSecret(pin), number(t), nil)
			equal(t, "PIN block", block, err, c.pin)
			equal(t, "data to the host", cbc(t, working(dukpt.DataRequest), dataText), nil, c.data)
			equal(t, "data from the host", cbc(t, working(dukpt.DataResponse), dataText), nil, c.dataBack)
			code, err := mac.X919(working(dukpt.MACRequest).Reveal(), []byte(dataText))
			equal(t, "MAC to the host", code[:], err, c.mac)
			code, err = mac.X919(working(dukpt.MACResponse).Reveal(), []byte(dataText))
			equal(t, "MAC from the host", code[:], err, c.macBack)
		})
	}
}

// aesSample is the first rows of the test vectors that ASC X9 publishes with X9.24-3:2017,
// table 4, with codes and data over the text above.
type aesSample struct{ ksn, cmac, cmacBack, hmac, data string }

func TestAESSamples(t *testing.T) {
	bdk := parse(t, key.AES, "FEDCBA9876543210F1F1F1F1F1F1F1F1")
	for _, c := range []aesSample{
		{
			"123456789012345600000001", "A2EB5C1C35809E58404E873C3C411E31", "DD4E1895FD9BF53D8DAF25568ABF551D",
			"B6F8B3159CD4E140159DA87A68C0FB7AF2F123D222662E98988C76386E8E8A02", "E5AFA5B408A3310E3D779C8A9A2AE29448BD5B4232582090DB703AF647205A79",
		},
		{
			"123456789012345600000002", "4D104704C53491A60944193DCAF6B411", "008CEAAE2B913BEEE76209EE9406DAC1",
			"A884FD458692820E8458AD9FF4FCE58D6B809AB3AE617AE1FC6B70E9E9C12B08", "A17A9658EE0F451D6CA11B65B592EF9C5F90BB175D926F1457B63B3273042476",
		},
		{
			"123456789012345600000007", "37FA54258AAF805A44AA1273C0DF928C", "52D6C1D3A95B1D21761E20870D9A7E8C",
			"E0A41D52B44C96D5D730BB0DC2F747E7FE5970CE58C0043C42CD3769F6CA3925", "0710C8F0EB136629E30ADFB148562F6F80B786EC1074428B7C7511B7301EAAF0",
		},
	} {
		t.Run(c.ksn, func(t *testing.T) {
			ksn := aesKSN(t, c.ksn)
			initial := must(dukpt.AESInitialKey(bdk, ksn))(t)
			same(t, "initial key", initial, "1273671EA26AC29AFA4D1084127652A1")
			working := func(u dukpt.Use, k dukpt.Kind) key.Key { return must(dukpt.AESWorkingKey(initial, ksn, u, k))(t) }
			code, err := mac.CMACAES(working(dukpt.MACRequest, dukpt.AES128).Reveal(), []byte(dataText))
			equal(t, "CMAC to the host", code[:], err, c.cmac)
			code, err = mac.CMACAES(working(dukpt.MACResponse, dukpt.AES128).Reveal(), []byte(dataText))
			equal(t, "CMAC from the host", code[:], err, c.cmacBack)
			sum := hmac.New(sha256.New, working(dukpt.MACRequest, dukpt.HMAC128).Reveal())
			sum.Write([]byte(dataText))
			equal(t, "HMAC to the host", sum.Sum(nil), nil, c.hmac)
			equal(t, "data to the host", cbc(t, working(dukpt.DataRequest, dukpt.AES128), dataText), nil, c.data)
		})
	}
}

// The transaction keys are those of the test vectors that ASC X9 publishes with
// X9.24-3:2017: the first, some about the count 1FFFF, which is skipped, and the last.
func TestAESTransactionKeys(t *testing.T) {
	const id = "1234567890123456"
	short := parse(t, key.AES, "FEDCBA9876543210F1F1F1F1F1F1F1F1")
	long := parse(t, key.AES, "FEDCBA9876543210F1F1F1F1F1F1F1F1FEDCBA9876543210F1F1F1F1F1F1F1F1")
	ksn := aesKSN(t, id+"00000000")
	initial128, initial256 := must(dukpt.AESInitialKey(short, ksn))(t), must(dukpt.AESInitialKey(long, ksn))(t)
	same(t, "AES-256 initial key", initial256, "CE9CE0C101D1138F97FB6CAD4DF045A7083D4EAE2D35A31789D01CCF0949550F")
	for _, c := range []struct{ counter, aes128, aes256 string }{
		{"00000001", "4F21B565BAD9835E112B6465635EAE44", "54AC2B32B145EA4A554CB8BC44B17467063A799856B1CCC2A138D36E8DBF78B3"},
		{"00000007", "A8253CEED9AC042C54F75D35C8352278", "88D0ACA287B3066F5DE0C93396337D4C2DA8D92C1F720A576D62CEB4C979E01E"},
		{"0001FFFE", "E21E8C8D347F8561A2BE752DAA85A111", "A289508CBF1228452CD86AB77B15CB35577AC828C18BB66681E5A16D6C9CCED3"},
		{"00020000", "F7AE9025468A25D37B7249CFFED224C8", "D62DDA94A47D7DA5D763443B4ECB15EA8DD62E0E4F915958BA459591F8312E37"},
		{"00020001", "692C8EA4013645135B36497131DF9D2C", "44110A1102748D4A3AC326F53D8CAC650212590CA7126D54546DDE0F20E89CEE"},
		{"FFFE8000", "0387625F189B58AE03EF0E8CCA41105E", "630535C9C53E1EC6524016930B56F6728909C45403536B419AEBCB25B7351C07"},
		{"FFFF0000", "F6BA59389BD14A9855BE9727E7C52E3C", "6D6DB7AAAE8B3EA90E57A39E4BBA71E173B21B446B30A78D64BFC6A8806C55EE"},
	} {
		at := aesKSN(t, id+c.counter)
		same(t, c.counter+" AES-128", must(dukpt.AESTransactionKey(initial128, at))(t), c.aes128)
		same(t, c.counter+" AES-256", must(dukpt.AESTransactionKey(initial256, at))(t), c.aes256)
	}
}

// Working keys of every use and kind differ from one another, have their algorithm and
// length, and are no longer than what they come from.
func TestAESWorkingKeysAreApart(t *testing.T) {
	ksn := aesKSN(t, "123456789012345600000005")
	seen := map[string]string{}
	for _, bdk := range []key.Key{parse(t, key.AES, strings.Repeat("F1", 16)), parse(t, key.AES, strings.Repeat("F1", 24)), parse(t, key.AES, strings.Repeat("F1", 32))} {
		initial := must(dukpt.AESInitialKey(bdk, ksn))(t)
		if initial.Len() != bdk.Len() {
			t.Errorf("an initial key of %d bytes from a base key of %d", initial.Len(), bdk.Len())
		}
		for _, kind := range dukpt.Kinds() {
			for _, use := range dukpt.Uses() {
				name := fmt.Sprintf("%v %v of %d", use, kind, bdk.Bits())
				k, err := dukpt.AESWorkingKey(initial, ksn, use, kind)
				long := strings.HasSuffix(kind.String(), "256") && bdk.Bits() < 256 || (strings.HasSuffix(kind.String(), "192") || kind == dukpt.TDES3) && bdk.Bits() < 192
				if long {
					if !errors.Is(err, dukpt.ErrKey) {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				if err != nil {
					t.Fatal(name, err)
				}
				bytes := string(k.Reveal())
				if other, ok := seen[bytes]; ok {
					t.Errorf("%s is the key of %s", name, other)
				}
				seen[bytes] = name
			}
		}
	}
	if len(seen) != 8*(3+6+8) {
		t.Errorf("%d keys", len(seen))
	}
}

// The register of a terminal and the host, who know nothing of one another but the serial
// number, come to the same keys, past the first count that is skipped.
func TestRegisterAgreesWithHost(t *testing.T) {
	start := tdesKSN(t, "FFFF9876543210E00000")
	initial := must(dukpt.TDESInitialKey(parse(t, key.TDES, tdesBDK), start))(t)
	register := must(dukpt.NewTDESRegister(initial, start))(t)
	want := start
	for range 2100 {
		txn := must(register.Next())(t)
		want = must(want.Next())(t)
		if txn.KSN() != want {
			t.Fatalf("serial number %v, want %v", txn.KSN(), want)
		}
		if bits.OnesCount32(want.Counter()) > 10 {
			t.Fatalf("%v has too many ones", want)
		}
		terminal := must(txn.Key(dukpt.PIN))(t)
		host := must(dukpt.TDESWorkingKey(initial, want, dukpt.PIN))(t)
		if !terminal.Equal(host) {
			t.Fatalf("%v: the two differ", want)
		}
	}
	if got := register.KSN().Counter(); got != 2102 {
		t.Errorf("the counter stands at %d, want 2102: 2047 has 11 ones", got)
	}
}

// What a thief finds in the terminal leads to no key that was used.
func TestRegisterForgets(t *testing.T) {
	start := tdesKSN(t, "FFFF9876543210E00000")
	initial := must(dukpt.TDESInitialKey(parse(t, key.TDES, tdesBDK), start))(t)
	register := must(dukpt.NewTDESRegister(initial, start))(t)
	used := map[string]bool{string(initial.Reveal()): true}
	for range 70 {
		txn := must(register.Next())(t)
		used[string(must(dukpt.TDESTransactionKey(initial, txn.KSN()))(t).Reveal())] = true
		for _, k := range register.Future() {
			if used[string(k.Reveal())] {
				t.Fatalf("%v: a used key is still there", txn.KSN())
			}
		}
	}
	if _, err := dukpt.NewTDESRegister(parse(t, key.TDES, tdesBDK[:16]), start); !errors.Is(err, dukpt.ErrKey) {
		t.Errorf("a key of 8 bytes: %v", err)
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		ksn, want string // "" is the end
	}{
		{"FFFF9876543210E00001", "FFFF9876543210E00002"},
		{"FFFF9876543210E007FE", "FFFF9876543210E00800"}, // 7FF has 11 ones
		{"FFFF9876543210FFF800", ""},
	} {
		got, err := tdesKSN(t, c.ksn).Next()
		if c.want == "" {
			if !errors.Is(err, dukpt.ErrCounter) || got.String() != c.ksn {
				t.Errorf("after %s: %v, %v", c.ksn, got, err)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("after %s: %v, %v, want %s", c.ksn, got, err, c.want)
		}
	}
	for _, c := range []struct{ ksn, want string }{
		{"123456789012345600000000", "123456789012345600000001"},
		{"12345678901234560001FFFE", "123456789012345600020000"},
		{"1234567890123456FFFE8000", "1234567890123456FFFF0000"},
		{"1234567890123456FFFF0000", ""},
	} {
		got, err := aesKSN(t, c.ksn).Next()
		if (c.want == "") != errors.Is(err, dukpt.ErrCounter) || c.want != "" && got.String() != c.want {
			t.Errorf("after %s: %v, %v, want %s", c.ksn, got, err, c.want)
		}
	}
}

func TestParseKSN(t *testing.T) {
	for text, want := range map[string]string{
		"FFFF9876543210E00001": "FFFF9876543210E00001", "ffff 9876 5432 10e0 0001\n": "FFFF9876543210E00001",
		"9876543210E00001": "FFFF9876543210E00001", "9876543210E0000": "", "9876543210E0000X": "", "": "",
		"FFFFFF9876543210E00001": "",
	} {
		got, err := dukpt.ParseTDESKSN(text)
		if want == "" && !errors.Is(err, dukpt.ErrKSN) || want != "" && got.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	for text, fits := range map[string]bool{"123456789012345600000001": true, "12345678901234560000001": false, "1234567890123456": false, "": false} {
		if _, err := dukpt.ParseAESKSN(text); (err == nil) != fits {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	ksn10, ksn12 := tdesKSN(t, "FFFF9876543210E00001"), aesKSN(t, "123456789012345600000001")
	tdes, aes := parse(t, key.TDES, tdesBDK), parse(t, key.AES, tdesBDK)
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"TDES base key of AES":     {second(dukpt.TDESInitialKey(aes, ksn10)), dukpt.ErrKey},
		"TDES base key of 8 bytes": {second(dukpt.TDESInitialKey(parse(t, key.TDES, tdesBDK[:16]), ksn10)), dukpt.ErrKey},
		"no TDES base key":         {second(dukpt.TDESInitialKey(key.Key{}, ksn10)), dukpt.ErrKey},
		"AES base key of TDES":     {second(dukpt.AESInitialKey(tdes, ksn12)), dukpt.ErrKey},
		"no AES base key":          {second(dukpt.AESInitialKey(key.Key{}, ksn12)), dukpt.ErrKey},
		"TDES count 0":             {second(dukpt.TDESWorkingKey(tdes, ksn10.WithCounter(0), dukpt.PIN)), dukpt.ErrCounter},
		"TDES count of 11 ones":    {second(dukpt.TDESWorkingKey(tdes, ksn10.WithCounter(0x7FF), dukpt.PIN)), dukpt.ErrCounter},
		"AES count 0":              {second(dukpt.AESWorkingKey(aes, ksn12.WithCounter(0), dukpt.PIN, dukpt.AES128)), dukpt.ErrCounter},
		"AES count of 17 ones":     {second(dukpt.AESWorkingKey(aes, ksn12.WithCounter(0x1FFFF), dukpt.PIN, dukpt.AES128)), dukpt.ErrCounter},
		"TDES key encryption":      {second(dukpt.TDESWorkingKey(tdes, ksn10, dukpt.KeyEncryption)), dukpt.ErrKey},
		"TDES no use":              {second(dukpt.TDESWorkingKey(tdes, ksn10, 0)), dukpt.ErrKey},
		"AES no use":               {second(dukpt.AESWorkingKey(aes, ksn12, 0, dukpt.AES128)), dukpt.ErrKey},
		"AES no kind":              {second(dukpt.AESWorkingKey(aes, ksn12, dukpt.PIN, 0)), dukpt.ErrKey},
		"AES working key of TDES":  {second(dukpt.AESWorkingKey(tdes, ksn12, dukpt.PIN, dukpt.AES128)), dukpt.ErrKey},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, u := range dukpt.Uses() {
		if got, err := dukpt.ParseUse(u.String()); err != nil || got != u {
			t.Errorf("%v: %v, %v", u, got, err)
		}
	}
	for _, k := range dukpt.Kinds() {
		if got, err := dukpt.ParseKind(k.String()); err != nil || got != k {
			t.Errorf("%v: %v, %v", k, got, err)
		}
	}
	if _, err := dukpt.ParseUse("pins"); !errors.Is(err, dukpt.ErrKey) {
		t.Error(err)
	}
	if _, err := dukpt.ParseKind("aes"); !errors.Is(err, dukpt.ErrKey) {
		t.Error(err)
	}
}

// Whatever a serial number says, there is a key or a typed error.
func FuzzKSN(f *testing.F) {
	f.Add("FFFF9876543210E00001")
	f.Add("123456789012345600000001")
	initial, err := key.Parse(key.TDES, tdesBDK)
	if err != nil {
		f.Fatal(err)
	}
	aes, err := key.Parse(key.AES, tdesBDK)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ksn, err := dukpt.ParseTDESKSN(text); err == nil {
			_, err = dukpt.TDESWorkingKey(initial, ksn, dukpt.DataRequest)
			if (err == nil) != (ksn.Check() == nil) {
				t.Fatal(ksn, err)
			}
			if next, err := ksn.Next(); err == nil && next.Check() != nil {
				t.Fatal(ksn, next)
			}
		}
		if ksn, err := dukpt.ParseAESKSN(text); err == nil {
			_, err = dukpt.AESWorkingKey(aes, ksn, dukpt.DataRequest, dukpt.AES128)
			if (err == nil) != (ksn.Check() == nil) {
				t.Fatal(ksn, err)
			}
			if next, err := ksn.Next(); err == nil && next.Check() != nil {
				t.Fatal(ksn, next)
			}
		}
	})
}

func ExampleTDESWorkingKey() {
	bdk, _ := key.Parse(key.TDES, "0123456789ABCDEFFEDCBA9876543210")
	ksn, _ := dukpt.ParseTDESKSN("FFFF9876543210E00001")
	initial, _ := dukpt.TDESInitialKey(bdk, ksn)
	pek, err := dukpt.TDESWorkingKey(initial, ksn, dukpt.PIN)
	pan, _ := card.ParsePAN("4012345678909")
	block, _ := pinblock.Encipher(pinblock.ISO0, pek, card.NewSecret("1234"), pan, nil)
	fmt.Printf("%v %X %v\n", pek, block, err)
	// Output: [key] 1B9C1845EB993A7A <nil>
}

func ExampleAESWorkingKey() {
	bdk, _ := key.Parse(key.AES, "FEDCBA9876543210F1F1F1F1F1F1F1F1")
	ksn, _ := dukpt.ParseAESKSN("123456789012345600000001")
	initial, _ := dukpt.AESInitialKey(bdk, ksn)
	mk, err := dukpt.AESWorkingKey(initial, ksn, dukpt.MACRequest, dukpt.AES128)
	code, _ := mac.CMACAES(mk.Reveal(), []byte("4012345678909D987"))
	fmt.Printf("%X %v\n", code, err)
	// Output: A2EB5C1C35809E58404E873C3C411E31 <nil>
}

func BenchmarkTDESWorkingKey(b *testing.B) {
	initial, _ := key.Parse(key.TDES, "6AC292FAA1315B4D858AB3A3D7D5933A")
	ksn, _ := dukpt.ParseTDESKSN("FFFF9876543210E003FF")
	for b.Loop() {
		if _, err := dukpt.TDESWorkingKey(initial, ksn, dukpt.PIN); err != nil {
			b.Fatal(err)
		}
	}
}

// cbc enciphers text filled with zeros from a zero start.
func cbc(t *testing.T, k key.Key, text string) []byte {
	t.Helper()
	block := must(k.Block())(t)
	size := block.BlockSize()
	b := make([]byte, (len(text)+size-1)/size*size)
	copy(b, text)
	cipher.NewCBCEncrypter(block, make([]byte, size)).CryptBlocks(b, b)
	return b
}

func same(t *testing.T, what string, got key.Key, want string) {
	t.Helper()
	if !got.Equal(parse(t, got.Algorithm(), want)) {
		t.Errorf("%s: got one of check value %s, want that of %s", what, got.CheckValue(), want)
	}
}

func equal(t *testing.T, what string, got []byte, err error, want string) {
	t.Helper()
	if text := strings.ToUpper(hex.EncodeToString(got)); err != nil || text != want {
		t.Errorf("%s: got %s, %v, want %s", what, text, err, want)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func parse(t *testing.T, a key.Algorithm, text string) key.Key {
	t.Helper()
	return must(key.Parse(a, text))(t)
}

func number(t *testing.T) card.PAN { t.Helper(); return must(card.ParsePAN(pan))(t) }

func tdesKSN(t *testing.T, text string) dukpt.TDESKSN {
	t.Helper()
	return must(dukpt.ParseTDESKSN(text))(t)
}

func aesKSN(t *testing.T, text string) dukpt.AESKSN {
	t.Helper()
	return must(dukpt.ParseAESKSN(text))(t)
}

func second[T any](_ T, err error) error { return err }
