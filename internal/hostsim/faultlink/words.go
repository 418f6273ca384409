package faultlink

import (
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/i18n"
)

// Line is what was done, in one line without anything of a card.
func (d Done) Line() i18n.Message {
	m, what := d.Message, d.Fate.Words()
	if d.NoMAC {
		what = i18n.T("%s; it has no MAC, and stays as it is", "%s；应答没有 MAC，保持不变").With(what)
	}
	if d.Fate.Rule == "" {
		return i18n.T("fault: %s", "故障：%s").With(d.about(m, what))
	}
	return i18n.T("fault %q: %s", "故障 %q：%s").With(d.Fate.Rule, d.about(m, what))
}

func (d Done) about(m faultscript.Message, what i18n.Message) i18n.Message {
	return i18n.T("%s %s, terminal %s, trace number %s: %s", "%s %s，终端 %s，流水号 %s：%s").With(m.Kind.Words(), m.MTI, m.Terminal, m.STAN, what)
}
