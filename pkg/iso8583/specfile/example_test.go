package specfile_test

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/iso8583/specfile"
)

func ExampleLint() {
	for _, f := range specfile.Lint([]byte("name: mine\nfields:\n  0: {type: String, length: 4, enc: ASCII, prefix: ASCII.Fixed}\n"+
		"  1: {type: Bitmap, length: 8, enc: Binary, prefix: Binary.Fixed}\n  4: {type: Sting, length: 12, enc: ASCII, prefix: ASCII.Fixed, zh: 交易金额, description: Amount}\n"), "mine.yaml") {
		if f.Severity == specfile.SeverityError {
			fmt.Println(f)
		}
	}
	// Output: 5:13: error: field 4: unknown type "Sting": did you mean "String"?
}

func ExampleImportJPOS() {
	const packager = `<isopackager>
  <isofield id="0" length="4" name="Message type" class="org.jpos.iso.IFA_NUMERIC"/>
  <isofield id="1" length="16" name="Bitmap" class="org.jpos.iso.IFA_BITMAP"/>
  <isofield id="11" length="6" name="Trace number" class="org.jpos.iso.IFA_NUMERIC"/>
  <isofield id="63" length="99" name="Private" class="com.acme.Token"/>
</isopackager>`
	_, _, err := specfile.ImportJPOS(strings.NewReader(packager), specfile.Options{})
	fmt.Println(err)

	def, _, err := specfile.ImportJPOS(strings.NewReader(packager), specfile.Options{Lenient: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	f := def.Fields["11"]
	fmt.Println(f.Description, f.Length, f.Enc, f.Prefix)
	// Output:
	// spec not usable: line 5, column 3: field 63: Token: a class of somebody else's: what it does stands in its Java code; define the field in JSON by hand, or import leniently without it
	// Trace number 6 ASCII ASCII.Fixed
}
