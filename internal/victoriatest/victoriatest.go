// Package victoriatest runs a VictoriaMetrics, of Debian's package victoria-metrics, so
// that tests send to the real thing. A test that misses it is skipped, and says so.
package victoriatest

import (
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// Start runs a VictoriaMetrics on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234.
func Start(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("victoria-metrics"); err != nil {
		t.Skip("no victoria-metrics here; it is in Debian's package of that name")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("victoria-metrics", "-storageDataPath="+t.TempDir(), "-httpListenAddr="+addr, "-retentionPeriod=5y")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
		http.DefaultClient.CloseIdleConnections()
	})
	for range 300 {
		resp, err := http.Get("http://" + addr + "/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return "http://" + addr
			}
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatal("victoria-metrics was not ready in 30 s")
	return ""
}
