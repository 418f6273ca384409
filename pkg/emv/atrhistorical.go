package emv

import (
	"bytes"
	"fmt"
	"strconv"
)

// historical reads the n historical bytes: a category, and objects of it (ISO/IEC
// 7816-4:2005, 8.1.1).
func (r *atrReader) historical(n int) bool {
	if n == 0 {
		return true
	}
	if r.pos+n > len(r.b) {
		r.err = &ATRError{Offset: r.pos, Got: len(r.b), Want: r.pos + n, Err: ErrATRTruncated}
		return false
	}
	h := r.b[r.pos : r.pos+n]
	r.atr.Historical = h
	switch category, _ := r.take(); category {
	case 0x00:
		r.part("T1", h[:1], r.say("objects, then a status", "COMPACT-TLV 对象，其后为状态指示"))
		r.compact(h[1:max(1, n-3)])
		r.status(h[max(1, n-3):])
	case 0x80:
		r.part("T1", h[:1], r.say("objects, a status may be among them", "COMPACT-TLV 对象，其中可含状态指示"))
		if !r.storageCard(h[1:]) {
			r.compact(h[1:])
		}
	case 0x10:
		r.part("T1", h[:1], r.say("a reference to the directory follows", "其后为目录引用"))
		r.rest(h[1:])
	default:
		r.pos--
		r.rest(h)
	}
	return true
}

// rest adds historical bytes of no known form, with the text that they may be.
func (r *atrReader) rest(b []byte) {
	if len(b) == 0 {
		return
	}
	r.pos += len(b)
	said := r.say("proprietary", "专有格式")
	if isPrintable(b) {
		said += " " + strconv.Quote(latin1(b))
	}
	r.part(r.say("Historical bytes", "历史字节"), b, said)
}

// compact reads COMPACT-TLV: four bits of tag and four of length before each value.
func (r *atrReader) compact(b []byte) {
	for len(b) > 0 {
		tag, n := b[0]>>4, int(b[0]&0x0F)
		if 1+n > len(b) {
			r.rest(b)
			return
		}
		r.pos += 1 + n
		name, said := r.compactObject(tag, b[1:1+n])
		r.part(name, b[:1+n], said...)
		b = b[1+n:]
	}
}

func (r *atrReader) compactObject(tag byte, v []byte) (name string, said []string) {
	switch tag {
	case 0x1:
		name = r.say("Country code", "国家代码")
	case 0x2:
		name = r.say("Issuer identification", "发卡行标识")
	case 0x3:
		name = r.say("Card service data", "卡服务数据")
		if len(v) == 1 {
			said = r.services(v[0])
		}
	case 0x4:
		name = r.say("Initial access data", "初始访问数据")
	case 0x5:
		name = r.say("Card issuer's data", "发卡方数据")
	case 0x6:
		name = r.say("Pre-issuing data", "预发行数据")
	case 0x7:
		name = r.say("Card capabilities", "卡能力")
		said = r.capabilities(v)
	case 0x8:
		name = r.say("Status", "状态指示")
		said = r.statusWords(v)
	case 0xF:
		name = r.say("Application identifier", "应用标识符")
		said = append(said, SchemeOf(v))
	default:
		name = r.sayf("Object %X", "对象 %X", tag)
	}
	if len(said) == 0 && len(v) > 0 && isPrintable(v) {
		said = []string{strconv.Quote(latin1(v))}
	}
	return name, said
}

// status reads the last three historical bytes of category 00.
func (r *atrReader) status(b []byte) {
	r.pos += len(b)
	r.part(r.say("Status", "状态指示"), b, r.statusWords(b)...)
}

// statusWords says a life cycle status, a status word, or both.
func (r *atrReader) statusWords(b []byte) []string {
	var said []string
	if len(b) == 1 || len(b) == 3 {
		said = append(said, r.lifeCycle(b[0]))
		b = b[1:]
	}
	if len(b) == 2 {
		sw := uint16(b[0])<<8 | uint16(b[1])
		said = append(said, fmt.Sprintf("%04X ", sw)+StatusWord(sw, r.lang))
	}
	return said
}

// lifeCycle says the life cycle status byte (ISO/IEC 7816-4:2005, table 13).
func (r *atrReader) lifeCycle(b byte) string {
	switch {
	case b == 0:
		return r.say("life cycle not told", "未提供生命周期信息")
	case b == 1:
		return r.say("life cycle: being created", "生命周期：创建中")
	case b == 3:
		return r.say("life cycle: being initialised", "生命周期：初始化中")
	case b == 5 || b == 7:
		return r.say("life cycle: in use", "生命周期：已激活")
	case b == 4 || b == 6:
		return r.say("life cycle: deactivated", "生命周期：已停用")
	case b >= 0x0C && b <= 0x0F:
		return r.say("life cycle: terminated", "生命周期：已终止")
	case b >= 0x10:
		return r.say("life cycle: proprietary", "生命周期：专有")
	}
	return r.say("life cycle: reserved", "生命周期：保留")
}

// services says the card service data (ISO/IEC 7816-4:2005, table 85).
func (r *atrReader) services(b byte) []string {
	said := flagsSaid(flagsAtrServices, []byte{b}, r.lang)
	return append(said, r.say("that is read by ", "读取方式：")+r.accessService(b>>1&7))
}

func (r *atrReader) accessService(code byte) string {
	switch code {
	case 4:
		return "READ BINARY"
	case 0:
		return "READ RECORD"
	case 2:
		return "GET DATA"
	}
	return r.say("a service that is reserved", "保留的服务")
}

// capabilities says up to three bytes of card capabilities (ISO/IEC 7816-4:2005, tables 86
// to 88): how files are selected, how data is coded, how commands may look.
func (r *atrReader) capabilities(v []byte) []string {
	said := flagsSaid(flagsAtrCapabilities, v, r.lang)
	if len(v) > 1 {
		said = append(said, r.unitSize(v[1]&0x0F))
	}
	if len(v) > 2 {
		said = append(said, r.channels(v[2]))
	}
	return said
}

// unitSize says the size of a data unit, a power of two in half bytes.
func (r *atrReader) unitSize(power byte) string {
	if power == 0 {
		return r.say("data unit of half a byte", "数据单元为半字节")
	}
	return r.sayf("data unit of %d bytes", "数据单元为 %d 字节", 1<<(power-1))
}

func (r *atrReader) channels(b byte) string {
	n := int(b&7) + 1
	if n == 8 {
		return r.say("8 or more logical channels", "8 个或更多逻辑通道")
	}
	return r.sayf("logical channels: %d", "逻辑通道数：%d", n)
}

// storageRID is the registered identifier of the PC/SC workgroup, with the bytes that a
// reader puts before it for a memory card.
const storageRID = "\x4F\x0C\xA0\x00\x00\x03\x06"

// storageCard says what a reader makes of a contactless memory card (PC/SC part 3,
// 3.1.3.2.3.2 and its supplement): the standard that it follows, and its name.
func (r *atrReader) storageCard(b []byte) bool {
	if !bytes.HasPrefix(b, []byte(storageRID)) || len(b) < len(storageRID)+3 {
		return false
	}
	standard, name := b[7], uint16(b[8])<<8|uint16(b[9])
	r.pos += len(b)
	r.part(r.say("Memory card", "存储卡"), b, r.storageStandard(standard), r.storageName(name))
	return true
}

func (r *atrReader) storageStandard(b byte) string {
	switch {
	case b >= 1 && b <= 3:
		return fmt.Sprintf("ISO/IEC 14443 A-%d", b)
	case b >= 5 && b <= 7:
		return fmt.Sprintf("ISO/IEC 14443 B-%d", b-4)
	case b >= 9 && b <= 12:
		return fmt.Sprintf("ISO/IEC 15693-%d", b-8)
	case b == 0x11:
		return "FeliCa"
	}
	return r.sayf("standard %02X", "标准 %02X", b)
}

func (r *atrReader) storageName(name uint16) string {
	switch name {
	case 0x0001:
		return "MIFARE Classic 1K"
	case 0x0002:
		return "MIFARE Classic 4K"
	case 0x0003:
		return "MIFARE Ultralight"
	case 0x0026:
		return "MIFARE Mini"
	case 0x003A:
		return "MIFARE Ultralight C"
	case 0x003B:
		return "FeliCa"
	}
	return r.sayf("card %04X", "卡 %04X", name)
}
