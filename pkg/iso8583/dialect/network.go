package dialect

import _ "embed"

// visaTable is what Visa does otherwise.
//
//go:embed visa.tsv
var visaTable string

// ipmTable is what Mastercard's clearing messages do otherwise.
//
//go:embed ipm.tsv
var ipmTable string

// amexTable is what American Express does otherwise.
//
//go:embed amex.tsv
var amexTable string

func visaBase1() shipped {
	return shipped{
		info: Info{
			Name: "visa-base1", Title: Text{"Visa BASE I and SMS: packed digits and EBCDIC", "Visa BASE I 和 SMS：压缩BCD和EBCDIC"},
			Edition: "1987", MTICoding: "bcd", Bitmap: "binary", Versions: []string{"0"}, Framings: []string{"binary2", "visa22"},
			Sources: []string{
				"github.com/jpos/jPOS base1.xml, visapack.xml, vapvip.xml, Base1Packager.java",
				"github.com/tomasdemarco/iso8583 iso87BVisaBase1Packager.json, subFieldsVisaDe62, De63 and De126.json", "iso8583.info",
			},
			Missing: Text{
				"the parts of 44, 48, 60, 62, 63, 116 to 127 that no public source shows, and fields over 128: Visa's documents are confidential",
				"44、48、60、62、63、116至127中未公开的部分，以及128以上的域：Visa文档保密",
			},
		},
		tables: []string{iso87, visaTable},
		style: style{
			text: "EBCDIC", digits: "BCD", variable: "BCD", track: "BCD", lengths: "Binary", oneByte: true,
			bytes: "Binary", bitmap: "Binary", signed: true,
		},
	}
}

func mastercardIPM() shipped {
	d := shipped{
		info: Info{
			Name: "mastercard-ipm", Title: Text{"Mastercard clearing messages (IPM) in EBCDIC, binary bitmap", "万事达清算报文(IPM)，EBCDIC，二进制位图"},
			Edition: "1993", MTICoding: "ebcdic", Bitmap: "binary", Versions: []string{"1"}, Framings: []string{"binary4"},
			Sources: []string{"github.com/adelosa/cardutil config.py, iso8583.py, mciipm.py"},
			Missing: Text{
				"the names and parts of the private data subelements, and which of them a message must have: Mastercard's documents are confidential",
				"私有数据子元素的名称和组成，以及各报文必须包含哪些：万事达文档保密",
			},
		},
		tables: []string{iso93, ipmTable}, style: ebcdicStyle(),
	}
	return d
}

func mastercardIPMHex() shipped {
	d := mastercardIPM()
	d.info.Name, d.info.Bitmap = "mastercard-ipm-hexbmp", "hex"
	d.info.Title = Text{"Mastercard clearing messages (IPM) in EBCDIC, bitmap in ASCII hex characters", "万事达清算报文(IPM)，EBCDIC，位图为ASCII十六进制字符"}
	d.style.bitmap = "HexToASCII"
	return d
}

func mastercardIPMASCII() shipped {
	d := mastercardIPM()
	d.info.Name, d.info.MTICoding = "mastercard-ipm-ascii", "ascii"
	d.info.Title = Text{"Mastercard clearing messages (IPM) in ASCII, binary bitmap", "万事达清算报文(IPM)，ASCII，二进制位图"}
	d.style = asciiStyle()
	d.style.bitmap, d.style.bytes = "Binary", "Binary"
	return d
}

func mastercardIPMASCIIHex() shipped {
	d := mastercardIPMASCII()
	d.info.Name, d.info.Bitmap = "mastercard-ipm-ascii-hexbmp", "hex"
	d.info.Title = Text{"Mastercard clearing messages (IPM) in ASCII, bitmap in hex characters", "万事达清算报文(IPM)，ASCII，位图为十六进制字符"}
	d.style.bitmap = "HexToASCII"
	return d
}

func amexGCAG() shipped {
	return shipped{
		info: Info{
			Name: "amex-gcag", Title: Text{"American Express authorization (GCAG) in EBCDIC", "美国运通授权(GCAG)，EBCDIC"},
			Edition: "1993", MTICoding: "ebcdic", Bitmap: "binary", Versions: []string{"1"}, Framings: []string{"binary2"},
			Sources: []string{
				"github.com/Dumitru-Condrea/iso8583-amex-message-decoder Amex1100Definition.java and its like",
				"github.com/tomasdemarco/iso8583 iso93EAmexPackager.json",
			},
			Missing: Text{
				"the parts of 47, 48, 55, 62, 96 and 111, and codes of its own: American Express's documents are confidential",
				"47、48、55、62、96和111域的组成及其自有代码：美国运通文档保密",
			},
		},
		tables: []string{iso93, amexTable}, style: ebcdicStyle(),
	}
}
