package faultlink_test

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/hostsim/faultlink"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// A function decides: the second message gets no answer.
func Example() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	n := 0
	server := faultlink.New(faultlink.Config{
		Host: &approver{Handler: linktest.Approver(spec)},
		Fates: faultlink.FatesFunc(func(faultscript.Message) faultscript.Fate {
			n++
			return faultscript.Fate{Lose: n == 2}
		}),
		Told: func(d faultlink.Done) { fmt.Println(d.Line()) },
	})
	for range 2 {
		sale := spec.NewMessage("0200")
		_ = sale.Set("3", "000000")
		_ = sale.Set("11", "000017")
		_ = sale.Set("41", "TILLLAB1")
		answer, err := server.ServeISO(context.Background(), sale)
		fmt.Println("answered:", answer != nil, err)
	}
	// Output:
	// answered: true <nil>
	// fault: sale 0200, terminal TILLLAB1, trace number 000017: the request is processed, its answer is lost
	// answered: false <nil>
}
