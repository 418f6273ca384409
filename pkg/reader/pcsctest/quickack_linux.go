package pcsctest

import (
	"net"
	"syscall"
)

// acknowledgeQuickly asks the kernel not to delay acknowledgements. What is no TCP
// connection has none; a refusal costs time and nothing else.
func acknowledgeQuickly(conn net.Conn) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
