package servertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// PinnedDir is the variable of the environment that names the directory into which the
// programs of tools/engines were built. .ci/run sets it.
const PinnedDir = "PICOTOP_TEST_ENGINES"

// Installed returns the path of a program that the system has installed. It skips the
// test where there is none, and names Debian's package that has it.
func Installed(t *testing.T, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("no %s here; it is in Debian's package %s", program, debian)
	}
	return path
}

// Pinned returns the path of a program that tools/engines pins. It skips the test where
// none was built, and fails it where a directory was named that lacks it.
func Pinned(t *testing.T, program string) string {
	t.Helper()
	dir := os.Getenv(PinnedDir)
	if dir == "" {
		t.Skipf("no pinned %s here; CONTRIBUTING.md says how to build it for %s", program, PinnedDir)
	}
	path, err := filepath.Abs(filepath.Join(dir, program))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v", PinnedDir, err)
	}
	return path
}
