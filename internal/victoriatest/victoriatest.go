// Package victoriatest runs VictoriaMetrics, of Debian's package victoria-metrics, so that
// tests try picotop with the real thing. A test that misses it is skipped, and says so.
package victoriatest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Start runs a VictoriaMetrics on loopback until the test ends, and returns its address,
// such as http://127.0.0.1:41234. What it keeps is gone then.
func Start(t *testing.T) string {
	t.Helper()
	program := ""
	for _, name := range []string{"victoria-metrics", "victoria-metrics-prod"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("no victoria-metrics here; it is in Debian's package victoria-metrics")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, "-storageDataPath="+t.TempDir(), "-httpListenAddr="+addr, "-retentionPeriod=50y")
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
			t.Logf("victoria-metrics: %v: %s", err, log.String())
		}
		http.DefaultClient.CloseIdleConnections()
	})
	for range 300 {
		if get("http://"+addr+"/health") == nil {
			return "http://" + addr
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatal("victoria-metrics was not ready in 30 s")
	return ""
}

// Import has it take in lines of the text format of Prometheus with times in milliseconds,
// and returns when they can be read.
func Import(t *testing.T, address, lines string) {
	t.Helper()
	resp, err := http.Post(address+"/api/v1/import/prometheus", "text/plain", strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatal(resp.Status)
	}
	if err := get(address + "/internal/force_flush"); err != nil {
		t.Fatal(err)
	}
}

func get(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, resp.Status)
	}
	return nil
}
