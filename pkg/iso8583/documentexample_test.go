package iso8583_test

import (
	"fmt"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// A message becomes JSON, the JSON is changed, and a message comes back.
func ExampleSpec_Assemble() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := iso8583.ParseDocument([]byte(`{"mti":"0800","fields":{"11":"000042","70":"301"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := spec.Assemble(doc)
	fmt.Printf("%s %v\n", raw, err)
	// Output: 080080200000000000000400000000000000000042301 <nil>
}
