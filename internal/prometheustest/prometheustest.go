// Package prometheustest runs the programs of Debian's package prometheus, so that
// tests compare picotop with the real thing. A test that misses them is skipped, and
// says so.
package prometheustest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"picotop/internal/servertest"
)

// Need skips the test unless Prometheus and promtool are there.
func Need(t *testing.T) {
	t.Helper()
	for _, name := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s here; it is in Debian's package prometheus", name)
		}
	}
}

// Promtool runs promtool in a directory, and fails the test with what it says if it
// does not succeed.
func Promtool(t *testing.T, dir string, args ...string) {
	t.Helper()
	Need(t)
	run := exec.Command("promtool", args...)
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Start runs a Prometheus on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234. The directory holds prometheus.yml, and data, where
// it keeps its samples. args are further flags.
func Start(t *testing.T, dir string, args ...string) string {
	t.Helper()
	Need(t)
	addr := servertest.FreeAddr(t)
	run := exec.Command("prometheus", append([]string{
		"--config.file=" + filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path=" + filepath.Join(dir, "data"), "--storage.tsdb.retention.time=50y", "--web.listen-address=" + addr,
	}, args...)...)
	servertest.Start(t, run, "http://"+addr+"/-/ready")
	return "http://" + addr
}
