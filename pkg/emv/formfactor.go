package emv

import (
	"encoding/binary"
	"fmt"

	"github.com/tillworks/till/pkg/isocode"
)

// formFactor says tag 9F6E where its bit table does not: the third party data of
// Mastercard and, where no application is named, what the form of the value tells.
func (x explainer) formFactor(v []byte) []string {
	switch {
	case x.scheme == schemeMastercard || x.scheme == schemeMaestro:
		return x.thirdParty(v)
	case x.scheme != "" || len(v) < 4:
		return nil
	case len(v) > 4:
		return append([]string{x.takenAs(schemeMastercard)}, x.thirdParty(v)...)
	case v[0]>>5 == 1 && v[2] == 0:
		return append([]string{x.takenAs(schemeVisa)}, bitsIn(flagsVisaForm, v, x.lang)...)
	case v[0]&3 == 0 && v[1]&0x0F == 0 && v[2]&0x3F == 0 && v[3]&0x18 == 0:
		return append([]string{x.takenAs(schemeAmex)}, bitsIn(flagsAmexReader, v, x.lang)...)
	}
	return nil
}

// takenAs says whose meaning of a tag was guessed.
func (x explainer) takenAs(scheme string) string {
	return fmt.Sprintf(pick(x.lang, "Read as that of %s, by its form", "按形式视为 %s 的数据"), scheme)
}

// thirdParty says the third party data of Mastercard (EMV Book C-2, annex A): a country, an
// identifier, a device unless the identifier leaves it out, and data of a product.
func (x explainer) thirdParty(v []byte) []string {
	if len(v) < 5 {
		return nil
	}
	said := []string{pick(x.lang, "Country: ", "国家：") + x.orUnknown(isocode.Country, upperHex(v[:2])[1:])}
	id, rest := binary.BigEndian.Uint16(v[2:]), v[4:]
	said = append(said, x.thirdPartyName(id))
	if id&0x8000 == 0 {
		if len(rest) < 2 {
			return said
		}
		said = append(said, pick(x.lang, "Device: ", "设备：")+x.device(rest[:2]))
		rest = rest[2:]
	}
	if id&0x7FFF == productExtension {
		return append(said, x.product(rest)...)
	}
	return said
}

// device is a type of device, two digits in ASCII. Anything else is shown as bytes.
func (x explainer) device(v []byte) string {
	if name := x.said(sayDeviceType, string(v)); name != "" {
		return string(v) + " " + name
	}
	return upperHex(v) + pick(x.lang, " (not known)", "（未知）")
}

// productExtension is the identifier of Mastercard's own data.
const productExtension = 3

func (x explainer) thirdPartyName(id uint16) string {
	switch id & 0x7FFF {
	case 0:
		return pick(x.lang, "No proprietary data", "无专有数据")
	case productExtension:
		return pick(x.lang, "Product extension of Mastercard", "Mastercard 产品扩展")
	}
	return fmt.Sprintf(pick(x.lang, "Identifier %04X, not known", "标识 %04X，未知"), id)
}

// product says the data of a fleet card or of a transit card.
func (x explainer) product(v []byte) []string {
	switch {
	case len(v) == 8 && binary.BigEndian.Uint16(v) == 1:
		return append([]string{pick(x.lang, "Fleet card", "车队卡")}, x.fleet(v[2:])...)
	case len(v) == 5 && binary.BigEndian.Uint16(v) == 2:
		return append([]string{pick(x.lang, "Transit card", "公交卡")}, x.transit(v[2:])...)
	case len(v) > 0:
		return []string{pick(x.lang, "Product: ", "产品：") + upperHex(v)}
	}
	return nil
}

func (x explainer) fleet(v []byte) []string {
	var said []string
	switch v[0] {
	case 1:
		said = append(said, pick(x.lang, "Good for fuel and other products", "可用于燃油和其他商品"))
	case 2:
		said = append(said, pick(x.lang, "Good for fuel only", "仅限燃油"))
	}
	said = append(said, flagsSaid(flagsFleetPrompts, v[1:], x.lang)...)
	switch v[2] {
	case 0x80:
		said = append(said, pick(x.lang, "Driver card", "司机卡"))
	case 0x40:
		said = append(said, pick(x.lang, "Vehicle card", "车辆卡"))
	}
	return said
}

func (x explainer) transit(v []byte) []string {
	var said []string
	if v[0]&0x80 != 0 {
		said = append(said, pick(x.lang, "Deferred authorisation not supported", "不支持延迟授权"))
	}
	if v[1] == 0 {
		return said
	}
	return append(said, pick(x.lang, "Travels for less: ", "优惠资格：")+coded(sayConcession, fmt.Sprintf("%02d", v[1]), x.lang))
}

// isUDOL reports that tag 9F69 holds a list of objects, as Mastercard means it.
func (x explainer) isUDOL(v []byte) bool {
	if x.scheme != "" || len(v) == 0 || v[0] == fastVersion {
		return false
	}
	_, err := ParseDOL(v)
	return err == nil
}

// fastVersion is the version of fast DDA that card authentication related data begins with.
const fastVersion = 1

// fastAuthentication says card authentication related data (EMV Book C-3, annex A): the
// version of fast DDA, an unpredictable number of the card and its transaction qualifiers.
func (x explainer) fastAuthentication(v []byte) []string {
	if v[0] != fastVersion || len(v) < 5 {
		return nil
	}
	said := []string{
		fmt.Sprintf(pick(x.lang, "Fast DDA version %d", "fDDA 版本 %d"), v[0]),
		pick(x.lang, "Unpredictable number of the card: ", "卡片不可预知数：") + upperHex(v[1:5]),
	}
	if len(v) < 7 {
		return said
	}
	return append(said, bitsIn(flags9F6C, v[5:7], x.lang)...)
}
