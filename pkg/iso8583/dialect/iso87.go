package dialect

import _ "embed"

// iso87 is the table of ISO 8583:1987.
//
//go:embed iso87.tsv
var iso87 string

// iso87Info is what the dialects of the 1987 edition share.
func iso87Info(name, coding, bitmap string, title Text, framings ...string) Info {
	return Info{
		Name: name, Title: title, Edition: "1987", MTICoding: coding, Bitmap: bitmap, Versions: []string{"0"}, Framings: framings,
		Sources: []string{
			"ISO 8583:1987, clause 4", "github.com/moov-io/iso8583 spec87.go", "github.com/knovichikhin/pyiso8583 specs.py",
			"github.com/jpos/jPOS iso87ascii.xml, iso87ascii-binary-bitmap.xml, iso87binary.xml",
		},
		Missing: privateFields(),
	}
}

// privateFields is what every dialect of the plain standard leaves to its users.
func privateFields() Text {
	return Text{
		"what a host puts into the reserved and private fields: 46 to 48, 56 to 63, 105 to 127",
		"各主机在保留域和私有域（46至48、56至63、105至127）中放置的内容",
	}
}

func iso87ASCII() shipped {
	return shipped{
		info:   iso87Info("iso87-ascii", "ascii", "hex", Text{"ISO 8583:1987 in ASCII, bitmap in hex characters", "ISO 8583:1987，ASCII，位图为十六进制字符"}, "ascii4", "binary2"),
		tables: []string{iso87}, style: asciiStyle(),
	}
}

func iso87ASCII128() shipped {
	d := shipped{
		info:   iso87Info("iso87-ascii-128", "ascii", "hex", Text{"ISO 8583:1987 in ASCII, always 128 bits of bitmap in hex characters", "ISO 8583:1987，ASCII，位图固定128位，十六进制字符"}, "ascii4", "binary2"),
		tables: []string{iso87}, style: asciiStyle(),
	}
	d.info.Sources = append(d.info.Sources, "github.com/moov-io/iso8583 specs/spec87ascii.go, github.com/nao1215/iso8583tool")
	d.tables = append(d.tables, "65\t-\t-\t-\t-") // its bit would announce a third bitmap, and is one of the 128
	d.style.always = true
	return d
}

func iso87ASCIIBinary() shipped {
	d := shipped{
		info:   iso87Info("iso87-ascii-binbmp", "ascii", "binary", Text{"ISO 8583:1987 in ASCII, binary bitmap", "ISO 8583:1987，ASCII，二进制位图"}, "binary2", "ascii4"),
		tables: []string{iso87}, style: asciiStyle(),
	}
	d.style.bitmap, d.style.bytes = "Binary", "Binary"
	return d
}

func iso87BCD() shipped {
	return shipped{
		info:   iso87Info("iso87-bcd", "bcd", "binary", Text{"ISO 8583:1987 in packed digits, binary bitmap", "ISO 8583:1987，压缩BCD，二进制位图"}, "binary2", "tpdu"),
		tables: []string{iso87}, style: bcdStyle(),
	}
}

func iso87EBCDIC() shipped {
	d := shipped{
		info:   iso87Info("iso87-ebcdic", "ebcdic", "binary", Text{"ISO 8583:1987 in EBCDIC, binary bitmap", "ISO 8583:1987，EBCDIC，二进制位图"}, "binary2"),
		tables: []string{iso87}, style: ebcdicStyle(),
	}
	d.info.Sources = append(d.info.Sources, "github.com/tomasdemarco/iso8583 iso87EMasterPackager.json")
	return d
}

func iso87EBCDICHex() shipped {
	d := iso87EBCDIC()
	d.info.Name, d.info.Bitmap = "iso87-ebcdic-hexbmp", "hex"
	d.info.Title = Text{"ISO 8583:1987 in EBCDIC, bitmap in ASCII hex characters", "ISO 8583:1987，EBCDIC，位图为ASCII十六进制字符"}
	d.style.bitmap = "HexToASCII"
	return d
}
