// Package prometheustest runs the programs of Debian's package prometheus, so that
// tests compare picotop with the real thing. A test that misses them is skipped, and
// says so.
package prometheustest

import (
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("prometheus", append([]string{
		"--config.file=" + filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path=" + filepath.Join(dir, "data"), "--storage.tsdb.retention.time=50y", "--web.listen-address=" + addr,
	}, args...)...)
	var log strings.Builder
	run.Stderr = &log
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	t.Cleanup(func() {
		_ = run.Process.Signal(syscall.SIGTERM)
		giveUp := time.AfterFunc(20*time.Second, func() { _ = run.Process.Kill() })
		defer giveUp.Stop()
		if err := <-ended; err != nil {
			t.Logf("prometheus: %v: %s", err, log.String())
		}
		http.DefaultClient.CloseIdleConnections()
	})
	for range 300 {
		resp, err := http.Get("http://" + addr + "/-/ready")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return "http://" + addr
			}
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatal("prometheus was not ready in 30 s")
	return ""
}
