//go:build !linux

package pcsctest

import "net"

// acknowledgeQuickly does nothing where the driver does not run.
func acknowledgeQuickly(net.Conn) {}
