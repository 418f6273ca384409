// Package specfile reads the ISO 8583 spec files of others: the JSON and YAML of
// github.com/moov-io/iso8583 and the XML of jPOS's GenericPackager. It says what is
// wrong with a file and where, and writes specs as files that moov's readers load.
//
// [Load] tells the format by the first characters and compiles what it reads; [Read]
// adds options and a report; [ImportJPOS] gives the definition of a packager, to be
// looked at and changed. [Lint] finds more than the compiler refuses, each thing with
// its line, column and path, in English and Chinese. A finding is an error exactly if
// the file does not load.
//
// # moov's files
//
// What moov's specs.ExportJSON and specs.ExportYAML write loads unchanged, and so does
// every spec file of its repository. The keys that [iso8583.Definition] adds ("zh",
// "class", "content" and others) work in both formats. This package is stricter where a
// file says two things: a key or a field that stands twice is an error, and so is a file
// without the fields 0 and 1. [JSON] and [YAML] write what moov can express so that moov
// loads it; it takes no HexToEBCDIC and no prefix of more than four digits.
//
// # jPOS's packagers
//
// A packager names a Java class for each field. What a class does to the bytes decides
// what it becomes: IFA_ classes are characters in ASCII with a length in ASCII digits,
// IFB_ packed digits or bytes with a packed length (LLH: a binary one of one byte, LLLH
// of two), IFE_ EBCDIC of code page 1047. An odd number of packed digits has its pad
// nibble in front where pad is "true", else behind. NUM classes hold digits, or a track
// in field 35 and wherever the name says so. A bitmap of 16 bytes is one of 8 and
// another where its first bit is set; one of 8 or fewer stands alone. Nothing is stripped
// when a value is read, as in jPOS.
//
//	GenericPackager, GenericSubFieldPackager   subfields in order, or announced by the bitmap in bitmapField
//	Base1SubFieldPackager                      the same, with the bitmap in subfield 0
//	CTCSubFieldPackager                        subfields in order, from 0
//	EuroSubFieldPackager                       subfields with the tag that IFMC_, IFEPE_ or IFIPM_ classes have in front
//	GenericTaggedFieldsPackager                the same of IFA_TT classes, by the decimal mappers of jPOS
//	ICCDataPackager, BERTLVBinaryPackager      BER-TLV
//	DatasetPackager                            datasets of ISO 8583:2003, those with a bitmap from 71 to 7F
//
// A headerLength is told in the report: those bytes come off before a message is read.
// Inside a field it becomes subfield 0, and what follows it subfield 1. Validators are
// left out. Field 55, which programs on jPOS take apart themselves, is read as BER-TLV
// where it is that, else as the bytes that it is.
//
// What has no counterpart is an error that names field, class, reason and remedy:
// fields that end at a character of their own or keep their full length whatever their
// prefix says, lengths in front of tags or that count themselves, packagers whose rule
// stands in Java code, ANSI X9.2. With [Options.Lenient] such a field is left undefined,
// or read as a whole if only its parts cannot be told apart, and the report says so.
//
// Nothing that a packager names is opened: no DTD, no entity, no class.
//
// # Bounds
//
// A file has at most 4 MiB, 100,000 values (YAML aliases are counted as often as they
// are used) nested 64 deep, in YAML 1,000 entries an object and 150,000 marks; a report
// has at most 200 findings. The worst of files takes a second or two and under 256 MiB.
package specfile
