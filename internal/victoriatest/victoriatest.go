// Package victoriatest runs real VictoriaMetrics, so that tests send to, and read from,
// the real thing: the old one of Debian's package victoria-metrics, and the current one
// that tools/engines pins. A test that misses one is skipped, and says so.
package victoriatest

import (
	"net/http"
	"os/exec"
	"testing"

	"picotop/internal/servertest"
)

// An Age says which VictoriaMetrics.
type Age string

// The ages.
const (
	Old     Age = "old VictoriaMetrics" // Debian's
	Current Age = "VictoriaMetrics"     // the one that is pinned
)

// Ages are all of them.
var Ages = []Age{Old, Current}

func (a Age) path(t *testing.T) string {
	t.Helper()
	if a == Old {
		return servertest.Installed(t, "victoria-metrics", "victoria-metrics")
	}
	return servertest.Pinned(t, "victoria-metrics")
}

// Start runs a VictoriaMetrics on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234.
func (a Age) Start(t *testing.T) string {
	t.Helper()
	addr := servertest.FreeAddr(t)
	run := exec.Command(a.path(t), "-storageDataPath="+t.TempDir(), "-httpListenAddr="+addr, "-retentionPeriod=5y")
	servertest.Start(t, run, "http://"+addr+"/health")
	return "http://" + addr
}

// Flush has the VictoriaMetrics at an address show what it was sent. By itself it does so
// within seconds.
func Flush(t *testing.T, address string) {
	t.Helper()
	resp, err := http.Get(address + "/internal/force_flush")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
