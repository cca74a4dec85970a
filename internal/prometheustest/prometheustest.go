// Package prometheustest runs real Prometheuses, so that tests compare picotop with the
// real thing: the one of Debian's package prometheus, which is a Prometheus 2, and the
// current Prometheus 3 that tools/engines pins. A test that misses one is skipped, and
// says so.
package prometheustest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"picotop/internal/servertest"
)

// A Major is one of the major versions of Prometheus that picotop is compared with.
type Major int

// Majors are all of them.
var Majors = []Major{2, 3}

func (m Major) String() string { return fmt.Sprintf("Prometheus %d", int(m)) }

// Each runs a test with each Prometheus, as a subtest.
func Each(t *testing.T, test func(*testing.T, Major)) {
	t.Helper()
	for _, m := range Majors {
		t.Run(m.String(), func(t *testing.T) { test(t, m) })
	}
}

// Need skips the test unless Prometheus and promtool are there.
func (m Major) Need(t *testing.T) {
	t.Helper()
	m.path(t, "prometheus")
	m.path(t, "promtool")
}

func (m Major) path(t *testing.T, program string) string {
	t.Helper()
	if m == 2 {
		return servertest.Installed(t, program, "prometheus")
	}
	return servertest.Pinned(t, program)
}

// Promtool runs promtool in a directory, and fails the test with what it says if it
// does not succeed.
func (m Major) Promtool(t *testing.T, dir string, args ...string) {
	t.Helper()
	run := exec.Command(m.path(t, "promtool"), args...)
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Start runs a Prometheus on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234. The directory holds prometheus.yml, and data, where
// it keeps its samples. args are further flags.
func (m Major) Start(t *testing.T, dir string, args ...string) string {
	t.Helper()
	addr := servertest.FreeAddr(t)
	run := exec.Command(m.path(t, "prometheus"), append([]string{
		"--config.file=" + filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path=" + filepath.Join(dir, "data"), "--storage.tsdb.retention.time=50y", "--web.listen-address=" + addr,
	}, args...)...)
	servertest.Start(t, run, "http://"+addr+"/-/ready")
	return "http://" + addr
}
