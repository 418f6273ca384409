package iso8583

// appendOriginal appends what message this one is about: type, trace number, time and
// institutions. In the 1987 edition (field 90) they have a fixed length, in that of 1993
// (field 56) the time has a year and the one institution a length before it.
func (x *explainer) appendOriginal(dst, text []byte) []byte {
	if !isDigits(text) {
		return dst
	}
	switch {
	case len(text) == 42 && string(text[10:20]) != "0000000000":
		return x.appendOriginalParts(dst, text, 7, text[10:20], text[20:31], text[31:])
	case len(text) >= 24 && len(text) <= 35 && int(text[22]-'0')*10+int(text[23]-'0') == len(text)-24:
		return x.appendOriginalParts(dst, text, 12, text[10:22], text[24:], nil)
	}
	return dst
}

func (x *explainer) appendOriginalParts(dst, text []byte, num int, when, acquirer, forwarder []byte) []byte {
	from := len(dst)
	dst = append(append(dst, x.t.pick("original ", "原交易")...), text[:4]...)
	dst = append(append(x.t.separate(dst, from), x.t.pick("trace number ", "跟踪号")...), text[4:10]...)
	dst = append(x.t.separate(dst, from), x.t.pick("sent ", "发送于")...)
	sent := len(dst)
	if dst = appendMoment(dst, num, when); len(dst) == sent {
		return dst[:from]
	}
	if id := short(acquirer); len(id) > 0 && string(id) != "0" {
		dst = append(append(x.t.separate(dst, from), x.t.pick("acquirer ", "受理机构")...), id...)
	}
	if id := short(forwarder); len(id) > 0 && string(id) != "0" {
		dst = append(append(x.t.separate(dst, from), x.t.pick("forwarder ", "转发机构")...), id...)
	}
	return dst
}
