package symbol_test

import (
	"encoding/binary"
	"hash/crc32"
)

// fixHeader puts the right check sum behind the first chunk of a PNG.
func fixHeader(raw []byte) []byte {
	binary.BigEndian.PutUint32(raw[29:33], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}
