package components

import tea "charm.land/bubbletea/v2"

// Keypad gives a key of the number block the text that is printed on it. Terminals in
// application mode send such keys without.
func Keypad(k tea.KeyPressMsg) tea.KeyPressMsg {
	if k.Text != "" || k.Mod != 0 {
		return k
	}
	switch {
	case tea.KeyKp0 <= k.Code && k.Code <= tea.KeyKp9:
		k.Text = string('0' + k.Code - tea.KeyKp0)
	case k.Code == tea.KeyKpMultiply:
		k.Text = "*"
	case k.Code == tea.KeyKpDecimal:
		k.Text = "."
	}
	return k
}
