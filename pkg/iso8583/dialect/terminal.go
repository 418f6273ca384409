package dialect

import "github.com/tillworks/till/pkg/iso8583"

// terminalPresence is what the messages of card terminals have. Terminals leave field 7 to
// the host, which the standard requires between hosts, and say who they are in 41 and 42.
// Re-derived from JR/T 0025 and from the public tables that nac-pos and unionpay-pos name.
func terminalPresence() map[string]iso8583.Presence {
	asked := iso8583.Presence{Required: []int{3, 4, 11, 41}, Recommended: []int{22, 25, 42, 49}, Forbidden: []int{39}}
	told := iso8583.Presence{Required: []int{3, 4, 11, 41}, Recommended: []int{22, 25, 42, 49}}
	answer := iso8583.Presence{Required: []int{11, 39, 41}, Recommended: []int{3, 12, 13, 37}, Forbidden: []int{35, 36, 52}}
	network := iso8583.Presence{Required: []int{11, 41}, Forbidden: []int{2, 35, 36, 52}}
	networkAnswer := iso8583.Presence{Required: []int{11, 39}, Forbidden: []int{2, 35, 36, 52}}
	return map[string]iso8583.Presence{
		"0100": asked, "0110": answer, "0120": told, "0130": answer,
		"0200": asked, "0210": answer, "0220": told, "0230": answer, "0320": told, "0330": answer,
		"0400": told, "0410": answer, "0420": told, "0430": answer,
		"0500": network, "0510": networkAnswer,
		"0800": network, "0810": networkAnswer, "0820": network, "0830": networkAnswer,
	}
}
