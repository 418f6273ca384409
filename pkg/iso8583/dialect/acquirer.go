package dialect

import _ "embed"

// nacTable is what terminals behind a TPDU do otherwise.
//
//go:embed nac.tsv
var nacTable string

// unionPayTable is what UnionPay's terminals do otherwise.
//
//go:embed unionpay.tsv
var unionPayTable string

// base24Table is what BASE24 does otherwise.
//
//go:embed base24.tsv
var base24Table string

// postilionTable is what Postilion does otherwise.
//
//go:embed postilion.tsv
var postilionTable string

func nacPOS() shipped {
	d := iso87BCD()
	d.info.Name, d.info.Title = "nac-pos", Text{"Card terminals behind a TPDU, packed digits", "TPDU后的刷卡终端，压缩BCD"}
	d.info.Framings = []string{"binary2", "tpdu"}
	d.info.Sources = append(d.info.Sources, "github.com/jpos/jPOS NACChannel.java")
	d.info.Missing = Text{
		"how an acquirer divides fields 48 and 60 to 63, which differs from one to the next",
		"各收单机构对48域和60至63域的划分各不相同",
	}
	d.tables, d.terminal = append(d.tables, nacTable), true
	return d
}

func unionPayPOS() shipped {
	d := iso87BCD()
	d.info.Name, d.info.Title = "unionpay-pos", Text{"UnionPay terminals, packed digits", "银联直联POS终端，压缩BCD"}
	d.info.Framings = []string{"binary2", "tpdu", "unionpay6"}
	d.info.Sources = []string{"JR/T 0025", "csdndocs.com/article/7712474", "m.31ppt.com/p-2398641.html"}
	d.info.Missing = Text{
		"the parts of 48 in batch upload, of 58 and 59, and of 62 by message type",
		"批上送时48域、58域和59域的内容，以及62域按报文类型的划分",
	}
	d.tables, d.terminal = append(d.tables, unionPayTable), true
	return d
}

func base24() shipped {
	d := iso87ASCII()
	d.info.Name, d.info.Title = "base24", Text{"BASE24 in ASCII, with tokens", "BASE24，ASCII，含令牌"}
	d.info.Framings = []string{"ascii4", "binary2", "base24"}
	d.info.Sources = []string{"ISO 8583:1987, clause 4", "github.com/jpos/jPOS base24.xml, BASE24Packager.java", "iso8583.info, BASE24 message structure"}
	d.info.Missing = Text{
		"what the tokens hold, and how 44, 48, 54, 60, 61 and 120 to 127 are divided, which ACI's documents say",
		"令牌的内容，以及44、48、54、60、61和120至127域的划分，见ACI文档",
	}
	d.tables = append(d.tables, base24Table)
	return d
}

func postilion() shipped {
	d := iso87ASCIIBinary()
	d.info.Name, d.info.Title = "postilion", Text{"Postilion in ASCII, binary bitmap, parts of 127 behind a bitmap of their own", "Postilion，ASCII，二进制位图，127域内含位图"}
	d.info.Framings = []string{"binary2"}
	d.info.Sources = []string{"ISO 8583:1987, clause 4", "github.com/jpos/jPOS postpack.xml"}
	d.info.Missing = Text{
		"what 127.3, 127.4, 127.22 and 127.25 hold: their layouts are not public",
		"127.3、127.4、127.22和127.25的内容，其格式未公开",
	}
	d.tables = append(d.tables, postilionTable)
	return d
}
