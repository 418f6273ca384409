package bulk_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tillworks/till/pkg/iso8583/bulk"
)

// Two messages, one a line, and a third that is cut.
func ExampleExplain() {
	input := bulk.Input{Reader: strings.NewReader(
		"30383030383232303030303030303030303030303034303030303030303030303030303031313233303233303030303030303031333031\n" +
			"30383130383232303030303030323030303030303034303030303030303030303030303031313233303233303030303030303031303033303100\n")}
	totals, err := bulk.Explain(context.Background(), os.Stdout, bulk.Options{Compact: true, Repairs: -1}, input)
	fmt.Println(totals.Sound, "sound of", totals.Messages, err)
	// Output:
	// {"n":1,"line":1,"offset":0,"confidence":"sure","dialect":"iso87-ascii","mti":"0800","fields":{"7":"1123023000","11":"000001","70":"301"},"meanings":{"70":"echo test"}}
	// {"n":2,"line":2,"offset":0,"confidence":"likely","dialect":"iso87-ascii","mti":"0810","fields":{"7":"1123023000","11":"000001","39":"00","70":"301"},"meanings":{"39":"approved","70":"echo test"},"trailing":1,"error":{"offset":57,"text":"bytes left over after the last field: 1 byte"}}
	// 1 sound of 2 <nil>
}

// What a host answered, and what it did not.
func ExampleMeasure() {
	lines := strings.Join([]string{
		"30383030383232303030303030303030303030303034303030303030303030303030303031313233303233303030303030303031333031",
		"3038313038323230303030303032303030303030303430303030303030303030303030303131323330323330303030303030303130303330 31",
		"30383030383232303030303030303030303030303034303030303030303030303030303031313233303233303031303030303032333031",
	}, "\n")
	stats, err := bulk.Measure(context.Background(), bulk.Options{}, bulk.Input{Reader: strings.NewReader(lines)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stats.Answered, "answered,", stats.Unanswered, "not: trace number", stats.Missing[0].Trace)
	fmt.Println(stats.Responses[0].Count, "times", stats.Responses[0].Code, stats.Responses[0].Meaning)
	// Output:
	// 1 answered, 1 not: trace number 000002
	// 1 times 00 approved
}
