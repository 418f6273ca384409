package cli

import (
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// policyOf is what a host of the profile expects of a terminal, and the setting above it.
func policyOf(profile host.Profile, cfg config.Config) register.Policy {
	e := profile.Expects
	p := register.Policy{
		Batch: terminal.BatchPolicy{Confirm: e.Confirm, Upload: e.Upload}, BatchLimit: e.BatchLimit,
		Keys: e.Keys, PIN: e.PIN, Scripts: e.Scripts, Notices: e.Notices, WhileReversing: e.WhileReversing,
	}
	if w := cfg.Host.WhileReversing; w != "profile" {
		p.WhileReversing = w == "allow"
	}
	return p
}

// limitsOf are the shop's own limits.
func limitsOf(cfg config.Config) till.Limits {
	l := cfg.Limits
	return till.Limits{Batch: l.Batch, OfflineCount: l.OfflineCount, OfflineSum: l.OfflineSum, Completion: l.Completion, Tip: l.Tip}
}
