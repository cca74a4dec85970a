package cli

import (
	"errors"
	"path/filepath"
)

// findDataDir returns the directory for the history: systemd's for a service,
// else the user's for state.
func findDataDir(getenv func(string) string) (string, error) {
	if dir := getenv("STATE_DIRECTORY"); dir != "" {
		// systemd gives several, separated by colons, if the unit asks for
		// several.
		return filepath.SplitList(dir)[0], nil
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "picotop"), nil
	}
	home := getenv("HOME")
	if home == "" {
		return "", &usageError{
			err: errors.New("no place for the history: HOME is not set"),
			try: "name one with --data DIR, or keep nothing with --no-history",
		}
	}
	return filepath.Join(home, ".local", "state", "picotop"), nil
}
