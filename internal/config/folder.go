package config

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// The folders follow the XDG Base Directory Specification 0.8 and, where XDG says
// nothing, the habits of macOS and Windows. They are worked out here and not by a
// library, because the libraries read the process's environment when they are
// initialised: a test could not give one run a home of its own, and every start would
// pay for folders that most commands never use.

// Environ is an environment: "NAME=value" entries, the last of a name wins.
type Environ []string

// Get is the value of a variable, "" where it is not set.
func (e Environ) Get(name string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if v, found := strings.CutPrefix(e[i], name+"="); found {
			return v
		}
	}
	return ""
}

// DataDir is the folder that the shop's data lives in: what the flag says, TILL_DATA,
// $XDG_DATA_HOME/till, or the system's own place. The result is absolute where the
// environment lets it be.
func DataDir(flag string, env Environ) (string, error) {
	for _, dir := range []string{flag, env.Get("TILL_DATA")} {
		if dir != "" {
			return filepath.Abs(dir)
		}
	}
	return userFolder(env, "XDG_DATA_HOME", ".local/share")
}

// userFile is the user's configuration file; "" where the user has no home.
func userFile(env Environ) string {
	dir, err := userFolder(env, "XDG_CONFIG_HOME", ".config")
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "config.toml")
}

// userFolder is the program's folder below one of the user's. A relative path in an
// XDG variable is ignored, as the specification wants.
func userFolder(env Environ, variable, underHome string) (string, error) {
	if dir := env.Get(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "till"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := env.Get("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "till"), nil
		}
	}
	home := env.Get("HOME")
	if runtime.GOOS == "windows" {
		home = env.Get("USERPROFILE")
	}
	if home == "" {
		return "", &till.Problem{
			Code: till.CodeFailure, What: i18n.T("there is no home folder to keep data in", "没有可存放数据的主目录").With(),
			Hint: i18n.T("name a folder with --data DIR or TILL_DATA", "请用 --data DIR 或 TILL_DATA 指定文件夹").With(),
		}
	}
	if runtime.GOOS == "darwin" {
		underHome = "Library/Application Support"
	}
	return filepath.Join(home, filepath.FromSlash(underHome), "till"), nil
}

// systemFolder is where the machine's configuration file stands.
func systemFolder(env Environ) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(env.Get("ProgramData"), "till")
	}
	return "/etc/till"
}
