package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunServesUntilTold(t *testing.T) {
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(Config{Source: winter()}).Run(ctx, ln) }()

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://" + ln.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), "picotop_build_info{") {
		t.Errorf("reading /metrics: %v\n%s", err, body)
	}

	cancel()
	if err := <-ended; err != nil {
		t.Errorf("told to stop, Run says %v", err)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

func TestRunEndsAtOnceIfAlreadyTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ln := newPipes()
	if err := New(Config{Source: winter()}).Run(ctx, ln); err != nil {
		t.Error(err)
	}
	if _, err := ln.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

func TestRunReportsABrokenListener(t *testing.T) {
	ln := newPipes()
	ln.close()
	if err := New(Config{Source: winter()}).Run(t.Context(), ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run says %v", err)
	}
}

func TestSlowClientIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ln := newPipes()
		ended := make(chan error, 1)
		go func() { ended <- New(Config{Source: winter()}).Run(ctx, ln) }()

		began := time.Now()
		client := ln.dial()
		fmt.Fprint(client, "GET /metrics HTTP/1.1\r\nHost: ")
		if _, err := io.Copy(io.Discard, client); err != nil { // until the server hangs up
			t.Error(err)
		}
		if took := time.Since(began); took != headerTimeout {
			t.Errorf("cut off after %v, want %v", took, headerTimeout)
		}

		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestStoppingWaitsOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := winter()
		source.asked, source.release = make(chan struct{}), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		ln := newPipes()
		ended := make(chan error, 1)
		go func() { ended <- New(Config{Source: source}).Run(ctx, ln) }()

		client := ln.dial()
		fmt.Fprint(client, "GET / HTTP/1.1\r\nHost: picotop\r\n\r\n")
		<-source.asked

		began := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != stopTimeout {
			t.Errorf("stopped after %v, want %v", took, stopTimeout)
		}
		close(source.release)
	})
}

// Pipes are a listener without a network, for tests with a clock of their own.
type pipes struct {
	conns  chan net.Conn
	closed context.Context
	close  context.CancelFunc
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn)}
	p.closed, p.close = context.WithCancel(context.Background())
	return p
}

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }
