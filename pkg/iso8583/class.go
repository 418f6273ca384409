package iso8583

// class is what data is, where it must not be shown (PCI DSS 4, 3.3 and 3.4).
type class uint8

const (
	classOpen    class = iota
	classPAN           // first six and last four are shown
	classAccount       // as PAN
	classTrack         // first six and last four of the number in it are shown
	classPIN
	classCVV
	classExpiry
	className
	classHidden
)

func parseClass(s string) (class, bool) {
	switch s {
	case "open":
		return classOpen, true
	case "pan":
		return classPAN, true
	case "account":
		return classAccount, true
	case "track":
		return classTrack, true
	case "pin":
		return classPIN, true
	case "cvv":
		return classCVV, true
	case "expiry":
		return classExpiry, true
	case "name":
		return className, true
	case "hidden":
		return classHidden, true
	}
	return classOpen, false
}

// classOfField is what the standard puts in a field of the message.
func classOfField(num int) class {
	switch num {
	case 2, 34:
		return classPAN
	case 14:
		return classExpiry
	case 35, 36, 45:
		return classTrack
	case 52:
		return classPIN
	case 102, 103:
		return classAccount
	}
	return classOpen
}

// classOfType is what a type of moov's says of its data.
func classOfType(t string) class {
	switch t {
	case "Track1", "Track2", "Track3":
		return classTrack
	}
	return classOpen
}

// classOfTag is what EMV 4.4 Book 3, annex A, and the contactless kernels put in a
// data object.
func classOfTag(tag uint32) class {
	switch tag {
	case 0x5A: // application PAN
		return classPAN
	case 0x57, 0x9F6B: // track 2 equivalent data, and that of magnetic stripe mode
		return classTrack
	case 0x56, 0x9F1F, 0x9F20: // track 1 data, discretionary data of tracks 1 and 2
		return classHidden
	case 0x5F20, 0x9F0B: // cardholder name, extended
		return className
	case 0x5F24: // expiration date
		return classExpiry
	case 0x99: // transaction PIN data
		return classPIN
	}
	return classOpen
}

// classOfKid is the class that a subfield starts with.
func (n *node) classOfKid(id string) class {
	if n.class != classOpen || n.layout != layoutBER {
		return n.class
	}
	tag, _ := parseTag(id)
	return classOfTag(tag)
}

// class is the class of what a span holds.
func (sp *Span) class() class {
	if sp.opaque() {
		if sp.node.class != classOpen {
			return sp.node.class
		}
		return classOfTag(sp.tag)
	}
	return sp.node.class
}
