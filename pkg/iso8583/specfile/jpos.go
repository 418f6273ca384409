package specfile

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// readJPOS makes the definition of a packager.
func (d *draft) readJPOS(r io.Reader, o Options) {
	root, err := parseXML(r)
	if err != nil {
		d.add(asFinding(err))
		return
	}
	if root.name != "isopackager" {
		d.errorf("", root.at, "want the element isopackager, got %s", "根元素应为 isopackager，实为 %s", shown(root.name))
		return
	}
	d.def.Name, d.start = o.Name, root.at
	i := &importer{draft: d, lenient: o.Lenient}
	i.message(root)
}

// importer turns the elements of a packager into fields.
type importer struct {
	*draft

	lenient bool
}

// message reads the attributes and the fields of the whole packager.
func (i *importer) message(root *element) {
	d := i.draft
	if n, ok := root.number("headerLength"); ok && n > 0 {
		d.report.Header = n
		d.warnf("", root.at, "%d bytes of header come in front of the message type: take them off before a message is read", "报文类型之前有 %d 字节的报文头:解析前请先去掉", n)
	}
	if root.attrs["emitBitmap"] == "false" {
		d.errorf("", root.at, "emitBitmap is false: a message without a bitmap is not ISO 8583", "emitBitmap 为 false:没有位图的报文不是 ISO 8583")
	}
	if n, ok := root.number("bitmapField"); ok && n != 1 {
		d.errorf("", root.at, "bitmapField is %d: the bitmap of a message is field 1", "bitmapField 为 %d:报文的位图是域 1", n)
	}
	if n, ok := root.number("thirdBitmapField"); ok && n > 0 && n != 65 {
		d.warnf("", root.at, "thirdBitmapField is %d: a third bitmap is read behind the second, not in field %d", "thirdBitmapField 为 %d:第三位图按紧随第二位图读取，而非在域 %d 中", n, n)
	}
	d.def.Fields = i.fields("", root)
	if bits := d.def.Fields["1"]; bits == nil || bits.Type != "Bitmap" {
		d.errorf("1", d.at("1", ""), "field 1 is no bitmap: packagers of ANSI X9.2, whose bitmap is no field, have no counterpart", "域 1 不是位图:ANSI X9.2 的 packager(位图不是域)没有对应形式")
	}
}

// number is an attribute that holds a number.
func (e *element) number(name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(e.attrs[name]))
	return n, err == nil
}

// fields reads the elements of a packager or of a field with subfields.
func (i *importer) fields(path string, parent *element) iso8583.Fields {
	fields := iso8583.Fields{}
	for _, e := range parent.kids {
		if e.name != "isofield" && e.name != "isofieldpackager" {
			i.other(path, e)
			continue
		}
		id, ok := e.number("id")
		if !ok || id < 0 || path == "" && id > 192 {
			i.errorf(path, e.at, "%s without an id that is a field number", "%s 没有作为域号的 id", e.name)
			continue
		}
		key := strconv.Itoa(id)
		inner := join(path, key)
		if fields[key] != nil {
			i.warnf(inner, e.at, "defined twice, first in line %d: the last one counts, as in jPOS", "重复定义，首次在第 %d 行:以最后一个为准，与 jPOS 相同", i.at(inner, "").line)
		}
		i.places[spot(inner, "")] = e.at
		if f := i.field(inner, e); f != nil {
			f.Description = strings.TrimSpace(e.attrs["name"])
			fields[key] = f
		} else {
			delete(fields, key)
		}
	}
	return fields
}

// other is an element that is no field.
func (i *importer) other(path string, e *element) {
	switch e.name {
	case "isofieldvalidator", "isovalidator", "isopackagervalidator", "property":
		i.warnf(path, e.at, "%s is left out: what a value must satisfy is not read from packagers", "忽略 %s:不从 packager 读取校验规则", e.name)
	default:
		i.warnf(path, e.at, "unknown element %s: it is not read", "未知的元素 %s:不会被读取", shown(e.name))
	}
}

// field reads one isofield or isofieldpackager. It answers nil for a field that is
// left undefined.
func (i *importer) field(path string, e *element) *iso8583.Field {
	i.strangers(path, e)
	class, ok := i.class(path, e)
	if !ok {
		return nil
	}
	length, ok := e.number("length")
	switch {
	case !ok || length < 0 || length > lengthMost:
		i.refuse(path, e, class.name, "length %s is no length", "长度 %s 无效", shown(e.attrs["length"]))
		return nil
	case class.most > 0 && length > class.most:
		i.warnf(path, e.at, "length %d: %s can tell at most %d", "长度 %d:%s 最多表示 %d", length, class.name, class.most)
		length = class.most
	}
	if e.attrs["inclusive"] == "true" {
		i.refuse(path, e, class.name, "inclusive: the length prefix counts itself", "inclusive:长度前缀计入自身")
		return nil
	}
	kind := class.kind
	if _, _, inner, tagged := class.tagOf(); tagged {
		kind = inner
	}
	pad := e.attrs["pad"] == "true"
	f, ok := class.field(kind, length, pad)
	if !ok {
		i.refuse(path, e, class.name, "a length of %d: an odd number of digits has no place for its pad nibble", "长度 %d:奇数位数字没有填充半字节的位置", length)
		return nil
	}
	if class.en != "" {
		i.add(Finding{Severity: SeverityWarning, Path: path, Line: e.at.line, Column: e.at.column, Class: class.name, En: class.en, Zh: class.zh})
	}
	i.content(path, e, f)
	switch {
	case e.name == "isofieldpackager":
		return i.inside(path, e, f)
	case path == "55" && carriesBytes(f) && strings.HasSuffix(f.Prefix, "L"):
		// Programs on jPOS take field 55 apart themselves; what is no TLV stays bytes.
		f = &iso8583.Field{Type: "Composite", Length: f.Length, Prefix: f.Prefix}
		berTLV(f)
		f.Tag.Bytes = true
	}
	return f
}

// carriesBytes reports a field that takes any byte as it is: the binary classes, and those
// of characters in ASCII, which are ISO 8859-1 to jPOS.
func carriesBytes(f *iso8583.Field) bool {
	return f.Type == "Binary" && f.Enc == "Binary" || f.Type == "String" && f.Enc == "ASCII" && f.Content != "n"
}

// content settles what "n?" is: digits, or a track where its separator may stand.
func (i *importer) content(path string, e *element, f *iso8583.Field) {
	if f.Content != "n?" {
		return
	}
	f.Content = "n"
	if path != "35" && !strings.Contains(strings.ToLower(e.attrs["name"]), "track") {
		return
	}
	f.Content = "z"
}

// class finds the class of an element.
func (i *importer) class(path string, e *element) (jposClass, bool) {
	name := e.attrs["class"]
	class, known := findJPOS(name)
	short, ours := shortClass(name)
	switch {
	case name == "":
		i.refuse(path, e, "", "no class", "缺少 class")
		return class, false
	case !known && ours:
		near := nearest(short, jposNames())
		if near != "" {
			i.refuse(path, e, short, "no class of jPOS: did you mean %s?", "不是 jPOS 的类:是否想写 %s?", near)
		} else {
			i.refuse(path, e, short, "no field class of jPOS", "不是 jPOS 的域类")
		}
		return class, false
	case !known:
		i.refuse(path, e, short, "a class of somebody else's: what it does stands in its Java code", "第三方类:其行为写在 Java 代码中")
		return class, false
	case short == "IF_UNUSED":
		return class, false // what is not defined must not come
	case !class.supported():
		i.refusal(path, e, short, class.en, class.zh)
		return class, false
	}
	return class, true
}

// jposNames are the classes of the table that have a counterpart.
func jposNames() []string {
	var names []string
	for line := range strings.Lines(jposTSV) {
		if name, rest, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") && !strings.HasPrefix(rest, "-") {
			names = append(names, name)
		}
	}
	return names
}

// strangers finds attributes that nobody reads.
func (i *importer) strangers(path string, e *element) {
	known := []string{"id", "length", "name", "class", "pad", "token", "trim", "params", "encoding", "inclusive", "validator", "boundary"}
	if e.name == "isofieldpackager" {
		known = append(known, "packager", "emitBitmap", "maxValidField", "bitmapField", "firstField", "headerLength", "thirdBitmapField", "tagMapper", "tagSize", "lenSize", "swapTagAndLen", "type", "tag")
	}
	for name := range e.attrs {
		if near := nearest(name, known); near != "" && near != name {
			i.warnf(path, e.at, "unknown attribute %s: did you mean %q?", "未知的属性 %s:是否想写 %q?", shown(name), near)
		}
	}
}

// refuse is refusal with two texts of the same arguments.
func (i *importer) refuse(path string, e *element, class, en, zh string, args ...any) {
	i.refusal(path, e, class, fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...))
}

// refusal names a field that has no counterpart, and what to do: an error, or of a
// lenient import a warning that the field is left out.
func (i *importer) refusal(path string, e *element, class, en, zh string) {
	f := Finding{Severity: SeverityError, Path: path, Line: e.at.line, Column: e.at.column, Class: class}
	label := ""
	if class != "" {
		label = class + ": "
	}
	if i.lenient {
		f.Severity = SeverityWarning
		f.En, f.Zh = label+en+"; the field is left undefined", label+zh+"；该域未定义"
	} else {
		f.En = label + en + "; define the field in JSON by hand, or import leniently without it"
		f.Zh = label + zh + "；请在 JSON 中手工定义该域，或以宽松方式导入(忽略该域)"
	}
	i.add(f)
}
