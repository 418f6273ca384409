package emv

import "fmt"

// interfaces reads the groups TAi, TBi, TCi, TDi as far as each says that there is one
// more (ISO/IEC 7816-3:2006, 8.2.3).
func (r *atrReader) interfaces(t0 byte) bool {
	present, protocol := t0>>4, 0
	for group := 1; ; group++ {
		for i, letter := range "ABCD" {
			name := fmt.Sprintf("T%c%d", letter, group)
			if present>>i&1 == 0 {
				r.absent(name)
				continue
			}
			b, ok := r.take()
			if !ok {
				return false
			}
			r.part(name, []byte{b}, r.interfaceByte(byte(letter), group, protocol, b)...)
		}
		if present&8 == 0 {
			r.defaultProtocol(group)
			return true
		}
		td := r.b[r.pos-1]
		present, protocol = td>>4, int(td&0x0F)
		if protocol == 15 {
			r.shared = true
		} else if !r.offers(protocol) {
			r.atr.Protocols = append(r.atr.Protocols, protocol)
		}
	}
}

func (r *atrReader) offers(protocol int) bool {
	for _, p := range r.atr.Protocols {
		if p == protocol {
			return true
		}
	}
	return false
}

// defaultProtocol is T=0 for a card that names none.
func (r *atrReader) defaultProtocol(group int) {
	if group == 1 {
		r.atr.Protocols = append(r.atr.Protocols, 0)
	}
}

// absent says what holds where an interface byte of the first two groups is absent.
func (r *atrReader) absent(name string) {
	said := ""
	switch name {
	case "TA1":
		said = r.clock(0x11)
	case "TC1":
		said = r.say("no extra guard time", "无额外保护时间")
	case "TD1":
		said = r.say("protocol T=0 alone", "仅支持协议 T=0")
	case "TA2":
		if len(r.atr.Protocols) > 0 {
			said = r.say("negotiable mode", "可协商模式")
		}
	case "TC2":
		if r.offers(0) {
			said = r.waiting(10)
		}
	}
	if said != "" {
		r.parts = append(r.parts, ATRPart{Offset: r.pos, Name: name, Meaning: []string{r.say("absent: ", "缺省：") + said}})
	}
}

// interfaceByte says one interface byte. From the third group on, its meaning is that of
// the protocol which the TD before it named.
func (r *atrReader) interfaceByte(letter byte, group, protocol int, b byte) []string {
	switch {
	case letter == 'D':
		return []string{r.nextProtocol(b), r.presence(b, group+1)}
	case group == 1:
		return r.firstGroup(letter, b)
	case group == 2 && letter == 'A':
		return r.specific(b)
	case group == 2 && letter == 'B':
		return []string{r.say("programming voltage, no longer used", "编程电压，已不再使用")}
	case group == 2 && protocol == 0:
		return []string{r.waiting(int(b))}
	case protocol == 15:
		return r.globalByte(letter, b)
	case protocol == 1 && group > 2:
		return r.blockByte(letter, b)
	}
	return []string{r.sayf("for protocol T=%d", "用于协议 T=%d", protocol)}
}

func (r *atrReader) nextProtocol(b byte) string {
	if b&0x0F == 15 {
		return r.say("interface bytes for all protocols (T=15) follow", "其后为全局接口字节（T=15）")
	}
	return r.sayf("protocol T=%d", "协议 T=%d", b&0x0F)
}

// presence says which interface bytes of a group follow.
func (r *atrReader) presence(b byte, group int) string {
	said := ""
	for i, letter := range "ABCD" {
		if b>>(4+i)&1 == 1 {
			said += fmt.Sprintf(" T%c%d", letter, group)
		}
	}
	if said == "" {
		return r.say("no more interface bytes", "无后续接口字节")
	}
	return r.say("followed by", "其后为") + said
}

func (r *atrReader) firstGroup(letter, b byte) []string {
	switch letter {
	case 'A':
		return []string{r.clock(b)}
	case 'B':
		return []string{r.say("programming voltage, no longer used", "编程电压，已不再使用")}
	}
	if b == 0xFF {
		return []string{r.say("the shortest guard time: 12 ETU for T=0, 11 ETU for T=1", "最短保护时间：T=0 为 12 ETU，T=1 为 11 ETU")}
	}
	return []string{r.sayf("extra guard time: %d ETU", "额外保护时间：%d ETU", b)}
}

// clock says TA1: clock cycles per elementary time unit and the speed that follows (ISO/IEC
// 7816-3:2006, tables 7 and 8). It keeps Fi and Di.
func (r *atrReader) clock(b byte) string {
	fi, khz := clockRate(b >> 4)
	di := baudRate(b & 0x0F)
	r.atr.Fi, r.atr.Di, r.atr.MaxKHz = fi, di, khz
	if fi == 0 || di == 0 {
		return r.say("reserved values of Fi or Di", "Fi 或 Di 为保留值")
	}
	cycles := fmt.Sprint(fi / di)
	if fi%di != 0 {
		cycles = fmt.Sprintf("%d.%d", fi/di, fi*10/di%10)
	}
	return r.sayf("Fi=%d, Di=%d: %s clock cycles per ETU, at most %d.%d MHz and %d bit/s", "Fi=%d，Di=%d：每 ETU %s 个时钟周期，最高 %d.%d MHz、%d bit/s",
		fi, di, cycles, khz/1000, khz%1000/100, int64(khz)*1000*int64(di)/int64(fi))
}

// clockRate is the clock rate conversion integer Fi of its code, with the highest clock
// frequency in kHz, 0 where the code is reserved.
func clockRate(code byte) (fi, khz int) {
	switch code {
	case 0x0:
		return 372, 4000
	case 0x1:
		return 372, 5000
	case 0x2:
		return 558, 6000
	case 0x3:
		return 744, 8000
	case 0x4:
		return 1116, 12000
	case 0x5:
		return 1488, 16000
	case 0x6:
		return 1860, 20000
	case 0x9:
		return 512, 5000
	case 0xA:
		return 768, 7500
	case 0xB:
		return 1024, 10000
	case 0xC:
		return 1536, 15000
	case 0xD:
		return 2048, 20000
	}
	return 0, 0
}

// baudRate is the baud rate adjustment integer Di of its code, 0 where it is reserved.
func baudRate(code byte) int {
	switch code {
	case 8:
		return 12
	case 9:
		return 20
	case 1, 2, 3, 4, 5, 6, 7:
		return 1 << (code - 1)
	}
	return 0
}

// specific says TA2.
func (r *atrReader) specific(b byte) []string {
	r.atr.Specific = true
	said := []string{r.sayf("specific mode: T=%d at once", "专用模式：直接使用 T=%d", b&0x0F)}
	if b&0x80 != 0 {
		said = append(said, r.say("the card cannot change its mode", "卡片不能更改模式"))
	}
	if b&0x10 != 0 {
		said = append(said, r.say("speed by agreement, not of TA1", "速率由约定决定，不取自 TA1"))
	}
	return said
}

// waiting says the waiting time of T=0: WI x 960 x Di ETU (ISO/IEC 7816-3:2006, 10.2).
func (r *atrReader) waiting(wi int) string {
	if wi == 0 {
		return r.say("WI=0 is reserved", "WI=0 为保留值")
	}
	return r.sayf("WI=%d: the reader waits %d ETU for a byte", "WI=%d：读卡器等待一个字节 %d ETU", wi, wi*960*max(r.atr.Di, 1))
}

// blockByte says what TA, TB and TC say of T=1 (ISO/IEC 7816-3:2006, 11.4).
func (r *atrReader) blockByte(letter, b byte) []string {
	switch letter {
	case 'A':
		if b == 0 || b == 0xFF {
			return []string{r.say("a block size that is reserved", "信息域长度为保留值")}
		}
		return []string{r.sayf("the card takes blocks of up to %d bytes (IFSC)", "卡片每块最多接收 %d 字节（IFSC）", b)}
	case 'B':
		return r.blockWaiting(int(b&0x0F), int(b>>4))
	}
	if b&1 == 1 {
		return []string{r.say("blocks end in a CRC", "块校验为 CRC")}
	}
	return []string{r.say("blocks end in an LRC", "块校验为 LRC")}
}

// blockWaiting says the waiting times of T=1: CWT is 11 + 2^CWI ETU, BWT is 11 ETU and
// 2^BWI x 960 x 372 clock cycles.
func (r *atrReader) blockWaiting(cwi, bwi int) []string {
	said := []string{r.sayf("CWI=%d: the reader waits %d ETU for a byte", "CWI=%d：读卡器等待一个字节 %d ETU", cwi, 11+1<<cwi)}
	if bwi > 9 {
		return append(said, r.sayf("BWI=%d is reserved", "BWI=%d 为保留值", bwi))
	}
	fi, di := r.atr.Fi, r.atr.Di
	if fi == 0 || di == 0 {
		fi, di = defaultFi, 1
	}
	return append(said, r.sayf("BWI=%d: and %d ETU for a block", "BWI=%d：等待一个块 %d ETU", bwi, 11+(1<<bwi)*960*defaultFi*di/fi))
}

// globalByte says the bytes behind T=15: clock stop and the classes of voltage, and the
// use of contact C6 (ISO/IEC 7816-3:2006, 8.3).
func (r *atrReader) globalByte(letter, b byte) []string {
	switch letter {
	case 'A':
		return []string{r.clockStop(b >> 6), r.voltages(b & 0x3F)}
	case 'B':
		if b == 0 {
			return []string{r.say("contact C6 is not used", "不使用触点 C6")}
		}
		return []string{r.say("contact C6 is used", "使用触点 C6")}
	}
	return []string{r.say("reserved", "保留")}
}

func (r *atrReader) clockStop(x byte) string {
	switch x {
	case 1:
		return r.say("the clock may stop low", "时钟可停止于低电平")
	case 2:
		return r.say("the clock may stop high", "时钟可停止于高电平")
	case 3:
		return r.say("the clock may stop high or low", "时钟可停止于高或低电平")
	}
	return r.say("the clock may not stop", "时钟不可停止")
}

func (r *atrReader) voltages(y byte) string {
	said := ""
	for i, class := range []string{"A (5 V)", "B (3 V)", "C (1.8 V)"} {
		if y>>i&1 == 1 {
			said += " " + class
		}
	}
	if said == "" || y > 7 {
		return r.say("voltage classes reserved", "电压类别为保留值")
	}
	return r.say("voltage classes", "电压类别") + said
}
