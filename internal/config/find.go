package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// System is the file for all users of a machine.
const System = "/etc/picotop/config.toml"

// Candidates are the files that are looked for where none was named, in order.
func Candidates(getenv func(string) string) []string {
	var all []string
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		all = append(all, filepath.Join(dir, "picotop", "config.toml"))
	} else if home := getenv("HOME"); filepath.IsAbs(home) {
		all = append(all, filepath.Join(home, ".config", "picotop", "config.toml"))
	}
	return append(all, System)
}

// Find returns the file that was named, else the first of the candidates that is
// there, else nothing.
func Find(named string, getenv func(string) string) string {
	if named != "" {
		return named
	}
	for _, path := range Candidates(getenv) {
		// What is in a directory that may not be entered is somebody else's.
		if _, err := os.Lstat(path); err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return path
		}
	}
	return ""
}
