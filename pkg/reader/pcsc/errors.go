package pcsc

import "errors"

// ErrNoService says that the smart card service of the system does not run: pcscd, or
// "Smart Card" among the services of Windows. It comes with [reader.ErrNoReader].
var ErrNoService = errors.New("the smart card service is not running")

// ErrDenied says that the smart card service runs and does not let this user in, as pcscd
// does by the rules of polkit. It comes with [reader.ErrNoReader].
var ErrDenied = errors.New("the smart card service refuses this user")

// ErrNotBuilt says that this program was built without PC/SC. It comes with
// [reader.ErrNotSupported].
var ErrNotBuilt = errors.New("this program was built without PC/SC; build it with cgo and -tags pcsc, where libpcsclite and its header files are installed")
