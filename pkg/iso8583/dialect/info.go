package dialect

// Info is what is known of a dialect without compiling it.
type Info struct {
	Name      string   // what [Load] takes
	Title     Text     // one line
	Edition   string   // year of the edition of ISO 8583 whose fields it has: "1987", "1993", "2003"
	MTICoding string   // how the message type is coded: "ascii", "bcd", "ebcdic"
	Bitmap    string   // how the bitmap is coded: "hex" (ASCII characters) or "binary"
	Versions  []string // first digits that its message types have: "0", "1", "2"
	Framings  []string // what it usually comes behind, as package detect names it, outermost first: "binary2", "tpdu", "unionpay6", "visa22", "base24"
	Sources   []string // public sources that its facts were re-derived from
	Missing   Text     // what no public source shows, and a spec of one's own must add
}

// Text is a text in English and in Simplified Chinese.
type Text struct{ En, Zh string }

// In is the text in "en" or "zh"; English where the language is another.
func (t Text) In(lang string) string {
	if len(lang) >= 2 && lang[:2] == "zh" {
		return t.Zh
	}
	return t.En
}

// Infos are the dialects there are, by name. Nothing is compiled and no table is read.
func Infos() []Info {
	all := all()
	infos := make([]Info, 0, len(all))
	for _, d := range all {
		infos = append(infos, d.make().info)
	}
	return infos
}

// shipped is one dialect: an edition's table of data elements in a coding.
type shipped struct {
	info     Info
	tables   []string // of a later one the lines count
	style    style
	terminal bool // messages have the fields of terminals: see terminalPresence
}

// maker makes a dialect of a name.
type maker struct {
	name string
	make func() shipped
}

// all are the dialects that this package ships, by name.
func all() []maker {
	return []maker{
		{"amex-gcag", amexGCAG},
		{"base24", base24},
		{"iso2003", iso2003},
		{"iso87-ascii", iso87ASCII},
		{"iso87-ascii-128", iso87ASCII128},
		{"iso87-ascii-binbmp", iso87ASCIIBinary},
		{"iso87-bcd", iso87BCD},
		{"iso87-ebcdic", iso87EBCDIC},
		{"iso87-ebcdic-hexbmp", iso87EBCDICHex},
		{"iso93-ascii", iso93ASCII},
		{"iso93-bcd", iso93BCD},
		{"iso93-bcd-left", iso93BCDLeft},
		{"iso93-ebcdic", iso93EBCDIC},
		{"mastercard-ipm", mastercardIPM},
		{"mastercard-ipm-ascii", mastercardIPMASCII},
		{"mastercard-ipm-ascii-hexbmp", mastercardIPMASCIIHex},
		{"mastercard-ipm-hexbmp", mastercardIPMHex},
		{"nac-pos", nacPOS},
		{"postilion", postilion},
		{"unionpay-pos", unionPayPOS},
		{"visa-base1", visaBase1},
	}
}
