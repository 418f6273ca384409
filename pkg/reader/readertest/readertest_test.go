package readertest_test

import (
	"testing"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

func TestVirtual(t *testing.T) {
	for name, protocol := range map[string]reader.Protocol{"T=1": reader.T1, "T=0": reader.T0} {
		t.Run(name, func(t *testing.T) {
			readertest.Run(t, func(*testing.T) readertest.Bench {
				profile := virtual.Visa()
				profile.Protocol = protocol
				card, device := virtual.NewCard(profile), virtual.NewReader(nil)
				return readertest.Bench{Reader: device, Insert: func() { device.Insert(card) }, Remove: device.Remove}
			})
		})
	}
}
