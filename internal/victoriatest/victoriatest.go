// Package victoriatest runs a VictoriaMetrics, of Debian's package victoria-metrics, so
// that tests send to the real thing. A test that misses it is skipped, and says so.
package victoriatest

import (
	"os/exec"
	"testing"

	"picotop/internal/servertest"
)

// Start runs a VictoriaMetrics on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234.
func Start(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("victoria-metrics"); err != nil {
		t.Skip("no victoria-metrics here; it is in Debian's package of that name")
	}
	addr := servertest.FreeAddr(t)
	run := exec.Command("victoria-metrics", "-storageDataPath="+t.TempDir(), "-httpListenAddr="+addr, "-retentionPeriod=5y")
	servertest.Start(t, run, "http://"+addr+"/health")
	return "http://" + addr
}
