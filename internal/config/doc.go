// Package config reads the shop's settings from every place that they may stand in and
// tells of each where it came from.
//
// From the weakest to the strongest: the defaults, the machine's file
// (/etc/till/config.toml), the user's ($XDG_CONFIG_HOME/till/config.toml), the
// project's (./till.toml), the environment (TILL_HOST_ADDRESS for host.address) and
// the flags of the command. [Read] gathers them, [Layers.Config] makes the typed
// [Config] of them and refuses what is wrong: a key that does not exist, a value that
// makes no sense, a secret, which has no place in any of these. The problem names the
// key, the place, what stands there and what may.
//
// With no file and no variable the defaults are a shop in the lab: the embedded host,
// the virtual card, test card numbers only.
package config
