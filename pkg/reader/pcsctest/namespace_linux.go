package pcsctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tillworks/till/pkg/reader/pcsc"
)

// insideVariable holds, in the second run of the binary, the name of the test that it
// is there for.
const insideVariable = "TILL_PCSCTEST"

// timeLimit is how long a test may take in its namespace.
const timeLimit = 2 * time.Minute

// parallel is how many of a test's subtests run at once, if they are parallel: they wait
// for pcscd more than they work.
const parallel = 16

// Run runs the test over a pcscd of its own. readers are the names of its readers, one
// to eight that differ; none stands for "Till Virtual". See the package for where it
// skips. The test is run by another process: what it sets outside itself, nobody sees.
func Run(t *testing.T, test func(t *testing.T, stack *Stack), readers ...string) {
	t.Helper()
	if stack := inside(t, readers); stack != nil {
		test(t, stack)
		return
	}
	said := again(t, "-test.run="+pattern(t.Name()), "-test.v", fmt.Sprint("-test.parallel=", parallel))
	if !strings.Contains(said, "--- PASS: "+t.Name()) {
		t.Fatalf("the test did not run in the namespace:\n%s", said)
	}
	t.Logf("in the namespace:\n%s", said)
}

// inside is the stack, in the process that is there for the test; anywhere else nil,
// unless the test is skipped.
func inside(t testing.TB, readers []string) *Stack {
	t.Helper()
	if os.Getenv(insideVariable) != t.Name() {
		if why := missing(); why != "" {
			skip(t, why)
		}
		return nil
	}
	if err := furnish(); err != nil {
		t.Fatalf("set up the namespace: %v", err)
	}
	if len(readers) == 0 {
		readers = []string{friendlyName}
	}
	return start(t, readers)
}

// missing says what the machine lacks.
func missing() string {
	switch {
	case !pcsc.Available():
		return "this test binary was built without PC/SC (cgo and -tags pcsc)"
	case findDaemon() == "":
		return "pcscd is not installed"
	case findDriver() == "":
		return "libifdvpcd.so is not installed (vsmartcard-vpcd)"
	}
	return ""
}

// again runs this one test or benchmark once more, in namespaces, and gives what was
// said there.
func again(t testing.TB, flags ...string) string {
	t.Helper()
	runtime.LockOSThread() // the second process is killed when the thread that made it ends
	defer runtime.UnlockOSThread()
	limit := timeLimit
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := limited.Deadline(); ok {
			limit = min(limit, time.Until(deadline)-time.Second)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	said, err := runInside(ctx, t.Name(), append(flags, "-test.count=1", "-test.timeout="+limit.String()))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENOSPC) {
		skip(t, fmt.Sprintf("the system permits no namespaces (%v)", err))
	}
	if err != nil {
		t.Fatalf("in the namespace: %v\n%s", err, said)
	}
	return said
}

// runInside starts the binary in namespaces of its own, with those of users only where
// it cannot do without.
func runInside(ctx context.Context, name string, flags []string) (said string, err error) {
	for _, users := range []bool{os.Geteuid() != 0, true} {
		var out bytes.Buffer
		cmd := exec.CommandContext(ctx, "/proc/self/exe", flags...)
		cmd.Env = append(os.Environ(), insideVariable+"="+name)
		cmd.Stdout, cmd.Stderr = &out, &out
		cmd.WaitDelay = time.Second
		cmd.SysProcAttr = namespaces(users)
		if err = cmd.Start(); errors.Is(err, syscall.EPERM) {
			continue
		}
		if err != nil {
			return "", err
		}
		return wait(cmd, &out)
	}
	return "", err
}

func wait(cmd *exec.Cmd, out *bytes.Buffer) (string, error) {
	err := cmd.Wait()
	return out.String(), err
}

// namespaces gives a process its own network, so that the port of the driver is its
// own, its own mounts, so that /run is, and its own processes, so that all of them end
// with it.
func namespaces(users bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if users {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// pattern is the flag that picks one test: a pattern for each level of its name.
func pattern(name string) string {
	levels := strings.Split(name, "/")
	for i, level := range levels {
		levels[i] = "^" + regexp.QuoteMeta(level) + "$"
	}
	return strings.Join(levels, "/")
}

// furnish makes an empty /run with pcscd's folder in it, and brings the loopback up.
func furnish() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := unix.Mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, ""); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	if err := os.Mkdir("/run/pcscd", 0o700); err != nil {
		return err
	}
	return raiseLoopback()
}

func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bring the loopback up: %w", err)
	}
	defer func() { _ = unix.Close(socket) }() // nothing was written to it
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("bring the loopback up: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("bring the loopback up: %w", err)
	}
	return nil
}
