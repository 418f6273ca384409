package link

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
)

// Whatever happens in whatever order, each flight has one outcome or is forgotten, and
// each answer has one taker or none. The model knows who waits under which key.
func TestFlights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var (
			flown   flights
			waiting = map[key]flight{}
			all     []flight
			ended   = map[flight]bool{}
			ground  error
		)
		anyKey := func(t *rapid.T) key {
			return key{version: '0', class: '2', terminal: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "terminal"), stan: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "stan")}
		}
		t.Repeat(map[string]func(*rapid.T){
			"start": func(t *rapid.T) {
				k := anyKey(t)
				fl, err := flown.start(k)
				switch {
				case ground != nil && !errors.Is(err, ground), ground == nil && waiting[k] != nil && !errors.Is(err, ErrInFlight):
					t.Fatalf("start gave %v", err)
				case err != nil && (fl != nil || !errors.Is(err, ErrNotSent)):
					t.Fatalf("a refusal gave %v, %v", fl, err)
				case err == nil:
					waiting[k] = fl
					all = append(all, fl)
				}
			},
			"land": func(t *rapid.T) {
				k, answer := anyKey(t), new(iso8583.Message)
				taken := flown.land(k, answer)
				if taken != (waiting[k] != nil) {
					t.Fatalf("landed %v with %v waiting", taken, waiting[k])
				}
				if taken {
					expect(t, waiting[k], answer, nil)
					ended[waiting[k]] = true
					delete(waiting, k)
				}
			},
			"forget": func(t *rapid.T) {
				k := anyKey(t)
				if len(all) == 0 {
					return
				}
				fl := rapid.SampledFrom(all).Draw(t, "flight")
				if flown.forget(k, fl) != (waiting[k] == fl) {
					t.Fatalf("forgot wrongly")
				}
				if waiting[k] == fl {
					ended[fl] = true
					delete(waiting, k)
				}
			},
			"ground": func(t *rapid.T) {
				cause := fmt.Errorf("cut %d", len(all))
				if flown.ground(cause) != (ground == nil) {
					t.Fatalf("grounded with %v before", ground)
				}
				if ground == nil {
					ground = cause
				}
				for k, fl := range waiting {
					expect(t, fl, nil, cause)
					ended[fl] = true
					delete(waiting, k)
				}
			},
			"": func(t *rapid.T) {
				if !errors.Is(flown.cause(), ground) {
					t.Fatalf("cause %v, want %v", flown.cause(), ground)
				}
				for _, fl := range all {
					if len(fl) != 0 {
						t.Fatalf("a flight has a second outcome, or one too early (ended: %v)", ended[fl])
					}
				}
			},
		})
	})
}

// expect takes the outcome out of a flight.
func expect(t *rapid.T, fl flight, answer *iso8583.Message, cause error) {
	select {
	case out := <-fl:
		if out.answer != answer || !errors.Is(out.err, cause) || cause != nil && !errors.Is(out.err, ErrLinkLost) {
			t.Fatalf("outcome %v, %v, want %v, %v", out.answer, out.err, answer, cause)
		}
	default:
		t.Fatalf("no outcome")
	}
}
