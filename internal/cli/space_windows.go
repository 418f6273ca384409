package cli

import "golang.org/x/sys/windows"

// freeBytes is the space that this user may still fill on the disk of a folder.
func freeBytes(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return free, err
}

// hasPermissions reports that files say who may read them; access lists are another
// matter.
func hasPermissions() bool { return false }
