package dialect

import _ "embed"

// iso2003Table is the table of ISO 8583:2003.
//
//go:embed iso2003.tsv
var iso2003Table string

func iso2003() shipped {
	d := shipped{
		info: Info{
			Name: "iso2003", Title: Text{"ISO 8583:2003 in packed digits, with datasets", "ISO 8583:2003，压缩BCD，含数据集"},
			Edition: "2003", MTICoding: "bcd", Bitmap: "binary", Versions: []string{"2"}, Framings: []string{"binary2"},
			Sources: []string{"ISO 8583:2003, clause 4", "github.com/jpos/jPOS iso2003binary.xml, cmfv3.xml, DatasetPackager.java"},
			Missing: Text{
				"what a host puts into the datasets that the standard leaves to it, and into 47, 48, 60 to 63, 72, 111 to 127",
				"标准未规定的数据集，以及47、48、60至63、72、111至127域的内容",
			},
		},
		tables: []string{iso2003Table}, style: bcdStyle(),
	}
	d.style.track, d.style.digits = "ASCII", "LBCD"
	return d
}
