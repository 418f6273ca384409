package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// A program in a namespace of its own may mount a disk that nobody else sees, or be a
// user without privileges though the tests run as root.

func diskParts() map[string]func(ctx context.Context, dir string) error {
	return map[string]func(ctx context.Context, dir string) error{
		"full disk": onFullDisk, "read-only disk": onReadOnlyDisk, "no rights": withoutRights,
	}
}

func TestFullDisk(t *testing.T) {
	inNamespace(t, command(t, "full disk", t.TempDir()), 0)
}

func TestReadOnlyDisk(t *testing.T) {
	inNamespace(t, command(t, "read-only disk", t.TempDir()), 0)
}

func TestWithoutRights(t *testing.T) {
	inNamespace(t, command(t, "no rights", used(t)), 1000)
}

// inNamespace runs a program as the given user of a user namespace in which that user
// is whoever runs this test.
func inNamespace(t *testing.T, cmd *exec.Cmd, user int) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getgid(), Size: 1}},
	}
	cmd.Stderr = nil
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		t.Errorf("%v\n%s", err, out)
	case err != nil:
		t.Skipf("this system gives no user namespace: %v", err)
	}
}

// mountDisk mounts a small disk over a folder.
func mountDisk(dir string) error { return unix.Mount("none", dir, "tmpfs", 0, "size=24m,mode=700") }

// makeReadOnly makes that disk read-only.
func makeReadOnly(dir string) error {
	return unix.Mount("none", dir, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

// onFullDisk runs on a disk of 24 MiB that is its own.
func onFullDisk(ctx context.Context, dir string) error {
	if err := mountDisk(dir); err != nil {
		return err
	}
	plenty := sqlite.Options{DiskFree: func(string) (int64, error) { return 1 << 40, nil }} // to get past the first guard
	s, err := sqlite.Open(ctx, dir, plenty)
	if err != nil {
		return err
	}
	defer s.Close()
	held, err := s.Begin(ctx, till.NewTxn{Txn: sale("A"), Image: []byte("sealed")})
	if err != nil {
		return err
	}
	if err := fillDisk(filepath.Join(dir, "filling")); err != nil {
		return err
	}
	guarded, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("opening on a full disk: %w", err)
	}
	defer guarded.Close()
	if _, err := guarded.Begin(ctx, till.NewTxn{Txn: sale("B")}); !isStoreProblem(err) {
		return fmt.Errorf("begin behind the guard: got %w, want a problem", err)
	}
	for i := 0; err == nil && i < 1000; i++ {
		_, err = s.Begin(ctx, till.NewTxn{Txn: sale(name("C", i))})
	}
	if !isStoreProblem(err) {
		return fmt.Errorf("begin: got %w, want a problem", err)
	}
	held.State = till.Approved
	if _, err := s.Record(ctx, held); err != nil {
		return fmt.Errorf("an outcome was not recorded: %w", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "reserve")); err != nil || info.Size() != 0 {
		return fmt.Errorf("the reserve was not given up: %v, %w", info.Size(), err)
	}
	if _, err := s.Verify(ctx); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, "filling")); err != nil {
		return err
	}
	_, err = guarded.Begin(ctx, till.NewTxn{Txn: sale("D")})
	return err
}

// fillDisk leaves no byte.
func fillDisk(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, size := range []int{mib, 4096, 1} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	return nil
}

// withoutRights runs as a user without privileges, in a folder of its own.
func withoutRights(ctx context.Context, dir string) error {
	for _, tc := range []struct {
		path   string
		rights os.FileMode
	}{
		{"", 0o500}, {"", 0o000}, {"till.db", 0o400}, {"till.db", 0o000},
	} {
		path := filepath.Join(dir, tc.path)
		if err := os.Chmod(path, tc.rights); err != nil {
			return err
		}
		err := openAndBegin(ctx, dir)
		if !isStoreProblem(err) {
			return fmt.Errorf("%q with %04o: got %w, want a problem", tc.path, tc.rights, err)
		}
		if err := os.Chmod(path, 0o700); err != nil {
			return err
		}
	}
	return openAndBegin(ctx, dir)
}

// onReadOnlyDisk runs on a disk that was made read-only after a store was made on it.
func onReadOnlyDisk(ctx context.Context, dir string) error {
	if err := mountDisk(dir); err != nil {
		return err
	}
	if err := openAndBegin(ctx, dir); err != nil {
		return err
	}
	if err := makeReadOnly(dir); err != nil {
		return err
	}
	for _, folder := range []string{dir, filepath.Join(dir, "new")} {
		if err := openAndBegin(ctx, folder); !isStoreProblem(err) {
			return fmt.Errorf("%s: got %w, want a problem", folder, err)
		}
	}
	return nil
}

func openAndBegin(ctx context.Context, dir string) error {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	_, err = s.Begin(ctx, till.NewTxn{Txn: sale("Z")})
	return errors.Join(err, s.Close())
}

func isStoreProblem(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeStore && !p.Hint.IsZero()
}
