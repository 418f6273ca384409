// Package dump turns what people have of messages into bytes: what a terminal printed, a
// log, a capture, a file. It finds out the form, says where in the input each run of
// bytes stood, and knows nothing of what the bytes mean.
//
//	r := dump.NewReader(os.Stdin, dump.Options{})
//	for {
//		rec, err := r.Next()
//		if err == io.EOF {
//			break
//		}
//		…
//	}
//
// An input of any size is read in bounded memory, a few megabytes with the zero
// [Options]. A fault costs what it is in, one line or one record, and the next call goes
// on behind it; an [Error] says the place and the figures and never what stands there,
// since that may be the number of a card.
//
// # Formats
//
// The first 64 KiB tell the format, if [Options] do not; an input that trickles is then
// not read before they are there, or its end. What one line looks like:
//
//	hex         0200F238…   02 00 F2   02:00:F2   0x02, 0x00   \x02\x00   … DEBUG > 0200F238…
//	xxd         00000000: 3032 3030 b238 0480  0200.8..
//	hexdump     00000000  30 32 30 30 b2 38 04 80  28 c0 80 00 30 30 30 30  |0200.8..(...0000|
//	            0000000 3230 3030 38b2 8004                 (words of 16 bits, the low byte first)
//	od          000000 30 32 30 30 b2 38 04 80  >0200.8..<  (offsets in any base, the text or not)
//	tcpdump     0x0000:  4500 00b7 9f49 4000  E....I@.      (below lines that begin with a time)
//	wireshark   0000   30 32 30 30 b2 38 04 80   0200.8..
//	jpos        0000  30 32 30 30 B2 38 04 80  28 C0 80 00 30 30 30 30  0200.8..(...0000
//	format-hex  00000000   30 32 30 30 B2 38 04 80  0200²8..
//	rows        any of these rows, where none of the names fits
//	base64      MDIwMLI4BIA…    (or in the alphabet for URLs, or within a line of a log)
//	text        0200B238…TERM0001…
//	raw         bytes that are no text
//	pcap        libpcap, with times in micro- or nanoseconds, of either byte order
//	pcapng      Wireshark's
//
// All formats of rows are read alike, whichever was named or found, so that a paste may
// mix them. Lines end in "\n", "\r\n" or "\r", mixed as they come. A byte order mark is
// passed over and UTF-16, which PowerShell writes, is read, with or without a mark; of
// its characters those beyond ASCII are lost. Raw and captures are taken as they are.
//
// # Lines of hex
//
// A line of digits and what separates them is a record. So is the longest run of digits
// in a line that holds other things, if it has ten bytes or more; [HexInLine] has the
// rules. Lines with no such run are passed over, unless they were meant to be hex (eight
// digits, and seven in ten characters) or hex was asked for: then they are a fault with
// its column. A time at the beginning of such a line is the time of the record.
//
// Lines belong together when they look like what xxd -p, fold or a C source makes:
// within lines that follow one another all but the last are of one length that such
// tools use, the last is no longer, and they do not all begin with the same byte, as
// messages of one channel do. (At the 30 bytes of xxd -p two or three lines must have
// the first two bytes in common to be messages of their own.) A line cut in half a byte
// tells the same. A record then ends with a line that is shorter than its first, before
// one that is longer, and at anything else. A line that ends in a comma is continued in
// any case. [Options].Wrap decides where this is wrong. Wrapped base64 is known by lines
// of 64 or 76 characters.
//
// A message in characters that are all digits looks like hex; [Record].Text has the line
// as it stood. A line of an odd number of digits alone is taken for characters.
//
// # Rows
//
// Rows whose offsets go on are a record; one begins where they start anew. Lines between
// them, such as another thread's, do not part them. "*" repeats the row before it, an
// offset alone ends a dump. Where rows are missing the record is Partial, and the next
// says how many bytes it Lost. The text at the end of a row may look like bytes: it is
// told by the gap before it, and by the offset of the next row.
//
// Dumps that are packets of IPv4 or IPv6, with a link layer before them or not, are taken
// apart and put together as those of a capture are. Under a line of tcpdump each dump is
// one; elsewhere, and for a line of hex, lengths and checksum must be right.
//
// In a log of jPOS the dumps of an entry get its time, and the peer of its channel as
// Source or Destination. A message that is there as an isomsg with fields and not as a
// dump has no bytes: that is an error, [ErrNoBytes], with its line.
//
// # Captures
//
// Read are Ethernet with VLAN tags, Linux cooked (both versions), loopback and raw IP;
// IPv4 and IPv6; TCP and UDP. Fragments of IP are not put together.
//
// Each direction of a TCP connection is a stream of its own and is put in order. A record
// is a run of it up to where the sender pushed (the PSH flag, which marks the end of what
// a program wrote), or where the other side began to speak, the connection ended, 64 KiB
// were there or nothing came for Options.Idle. So a record most often is a message or
// several; one that is split over two records is joined by whoever knows where messages
// end: records with the same Stream adjoin, except for what Lost says. Records come in
// the order in which they became complete, each with the time of the packet that made it
// so.
//
// What is sent again is dropped. What is missing is waited for until the other side has
// acknowledged it (and 200 ms more, as packets may be captured out of order), the
// connection is idle or reset, MaxPending is reached, or the capture ends; then the
// record before is Partial if it had begun, and the next has Lost. Bytes that a snap
// length cut off are lost in the same way. A capture that ends within a packet gives
// what it has, and [ErrCut].
//
// A stream is named by its addresses; where they are used for another connection, or
// were forgotten above MaxConnections, a number is added. A datagram of UDP is a record
// without a stream.
//
// # Raw
//
// A raw input is one record, or if it is longer than MaxRecord, several that adjoin,
// with the Stream "raw".
//
// # Speed
//
// [Reader.Blocks] cuts lines of hex into blocks for several workers, and
// [Block.Records] decodes them without allocating.
package dump
