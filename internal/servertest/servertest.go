// Package servertest runs other programs that serve HTTP, for tests that compare picotop
// with the real thing.
package servertest

import (
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// FreeAddr is an address on loopback that nobody has at the moment, such as
// 127.0.0.1:41234.
func FreeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// Start runs a program until the test ends, and returns once the URL answers with 200.
func Start(t *testing.T, run *exec.Cmd, ready string) {
	t.Helper()
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
			t.Logf("%s: %v: %s", run.Path, err, log.String())
		}
		http.DefaultClient.CloseIdleConnections()
	})
	for range 300 {
		resp, err := http.Get(ready)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatalf("%s was not ready in 30 s", run.Path)
}
