// Package faultlink stands between a simulated host and its terminals and does to
// messages, answers and connections what a fate says: see package faultscript, whose
// scripts decide fates and whose Fate tells what there is.
//
// [New] takes a host and whoever decides, a script's player or a function ([FatesFunc]);
// [Server.Serve] answers terminals by TCP or any other listener, [Server.Play] has one
// request meet one fate over any [Wire].
package faultlink
