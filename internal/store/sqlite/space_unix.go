//go:build unix

package sqlite

import "golang.org/x/sys/unix"

// diskFree is the number of bytes that this user may still write under dir.
func diskFree(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}
