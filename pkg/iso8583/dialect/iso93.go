package dialect

import _ "embed"

// iso93 is the table of ISO 8583:1993.
//
//go:embed iso93.tsv
var iso93 string

// iso93Info is what the dialects of the 1993 edition share.
func iso93Info(name, coding, bitmap string, title Text, framings ...string) Info {
	return Info{
		Name: name, Title: title, Edition: "1993", MTICoding: coding, Bitmap: bitmap, Versions: []string{"1"}, Framings: framings,
		Sources: []string{"ISO 8583:1993, clause 4", "github.com/jpos/jPOS iso93ascii.xml, iso93binary.xml, iso93ebcdic-custom.xml"},
		Missing: Text{
			"what a host puts into the national and private fields: 47, 48, 60 to 63, 72, 111 to 127",
			"各主机在国家域和私有域（47、48、60至63、72、111至127）中放置的内容",
		},
	}
}

func iso93ASCII() shipped {
	return shipped{
		info:   iso93Info("iso93-ascii", "ascii", "hex", Text{"ISO 8583:1993 in ASCII, bitmap in hex characters", "ISO 8583:1993，ASCII，位图为十六进制字符"}, "ascii4", "binary2"),
		tables: []string{iso93}, style: asciiStyle(),
	}
}

func iso93BCD() shipped {
	d := shipped{
		info:   iso93Info("iso93-bcd", "bcd", "binary", Text{"ISO 8583:1993 in packed digits, binary bitmap", "ISO 8583:1993，压缩BCD，二进制位图"}, "binary2", "tpdu"),
		tables: []string{iso93}, style: bcdStyle(),
	}
	d.style.track = "ASCII"
	return d
}

func iso93BCDLeft() shipped {
	d := iso93BCD()
	d.info.Name, d.info.Title = "iso93-bcd-left", Text{"ISO 8583:1993 in packed digits, odd numbers of digits left-justified", "ISO 8583:1993，压缩BCD，奇数位左靠"}
	d.style.digits = "LBCD"
	return d
}

func iso93EBCDIC() shipped {
	return shipped{
		info:   iso93Info("iso93-ebcdic", "ebcdic", "binary", Text{"ISO 8583:1993 in EBCDIC, binary bitmap", "ISO 8583:1993，EBCDIC，二进制位图"}, "binary2"),
		tables: []string{iso93}, style: ebcdicStyle(),
	}
}
