package doctor

import (
	"os"
	"os/exec"
)

// installed reports whether a program is in PATH, or in /usr/sbin, where only
// root looks.
func installed(name string) bool {
	if _, err := exec.LookPath(name); err == nil {
		return true
	}
	_, err := os.Stat("/usr/sbin/" + name)
	return err == nil
}
