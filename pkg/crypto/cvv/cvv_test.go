package cvv_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/cvv"
	"github.com/tillworks/till/pkg/crypto/key"
)

const cvk = "0123456789ABCDEFFEDCBA9876543210"

// The first is the example of the manuals of IBM's ICSF and Thales's payShield, the second
// that of the Python library psec.
func TestCompute(t *testing.T) {
	for _, c := range []struct{ key, pan, expiry, service, want string }{
		{cvk, "4123456789012345", "8701", "101", "561"},
		{cvk, "1234567890123456", "9912", "220", "170"},
	} {
		got, err := cvv.Compute(parse(t, c.key), number(t, c.pan), c.expiry, c.service)
		if err != nil || got.Reveal() != c.want {
			t.Errorf("%s %s: got %s, %v, want %s", c.expiry, c.service, got.Reveal(), err, c.want)
		}
	}
}

// Each of key, number, expiry and service code changes the value: over many cards no two
// kinds of value are the same thing.
func TestEveryInputCounts(t *testing.T) {
	base := value(t, cvk, testPAN, "3112", "201")
	differing := 0
	for _, other := range []string{
		value(t, "FEDCBA98765432100123456789ABCDEF", testPAN, "3112", "201"), value(t, cvk, "4012888888881881", "3112", "201"),
		value(t, cvk, testPAN, "1231", "201"), value(t, cvk, testPAN, "3112", cvv.ServiceChip), value(t, cvk, testPAN, "3112", cvv.ServicePrint),
	} {
		if len(other) != 3 || strings.Trim(other, "0123456789") != "" {
			t.Errorf("a value of %d characters", len(other))
		}
		if other != base {
			differing++
		}
	}
	if differing != 5 {
		t.Errorf("%d of 5 changed inputs change the value", differing)
	}
}

func TestVerify(t *testing.T) {
	k, pan := parse(t, cvk), number(t, testPAN)
	right := value(t, cvk, testPAN, "3112", "201")
	if err := cvv.Verify(k, pan, "3112", "201", card.NewSecret(right)); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"", right[:2], right + "0", "x" + right[1:]} {
		if err := cvv.Verify(k, pan, "3112", "201", card.NewSecret(wrong)); !errors.Is(err, cvv.ErrMismatch) {
			t.Errorf("a value of %d characters: %v", len(wrong), err)
		}
	}
	if err := cvv.Verify(k, pan, "311", "201", card.NewSecret(right)); !errors.Is(err, cvv.ErrInput) {
		t.Error(err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	k, pan := parse(t, cvk), number(t, testPAN)
	for name, c := range map[string]struct {
		key             key.Key
		pan             card.PAN
		expiry, service string
		want            error
	}{
		"no key":          {key.Key{}, pan, "3112", "201", cvv.ErrKey},
		"single key":      {parse(t, cvk[:16]), pan, "3112", "201", cvv.ErrKey},
		"three keys":      {parse(t, cvk+cvk[:16]), pan, "3112", "201", cvv.ErrKey},
		"no number":       {k, card.PAN{}, "3112", "201", cvv.ErrInput},
		"short expiry":    {k, pan, "312", "201", cvv.ErrInput},
		"letters":         {k, pan, "31a2", "201", cvv.ErrInput},
		"wide digits":     {k, pan, "３1", "201", cvv.ErrInput},
		"long service":    {k, pan, "3112", "2010", cvv.ErrInput},
		"service of text": {k, pan, "3112", "abc", cvv.ErrInput},
	} {
		if _, err := cvv.Compute(c.key, c.pan, c.expiry, c.service); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The value is hidden by its type.
func ExampleCompute() {
	cvk, _ := key.Parse(key.TDES, "0123456789ABCDEFFEDCBA9876543210")
	pan, _ := card.ParsePAN("4111111111111111")
	v, err := cvv.Compute(cvk, pan, "3112", cvv.ServiceChip)
	fmt.Println(v, v.Len(), err)
	// Output: [hidden] 3 <nil>
}

const testPAN = "4111111111111111"

func value(t *testing.T, k, pan, expiry, service string) string {
	t.Helper()
	v, err := cvv.Compute(parse(t, k), number(t, pan), expiry, service)
	if err != nil {
		t.Fatal(err)
	}
	return v.Reveal()
}

func number(t *testing.T, digits string) card.PAN {
	t.Helper()
	pan, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return pan
}

func parse(t *testing.T, text string) key.Key {
	t.Helper()
	k, err := key.Parse(key.TDES, text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
