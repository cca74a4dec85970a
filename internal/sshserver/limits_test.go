package sshserver

import (
	"net"
	"testing"
	"time"
)

// A fakeConn has an address, and nothing else.
type fakeConn struct {
	net.Conn
	from net.Addr
}

func (c fakeConn) RemoteAddr() net.Addr { return c.from }
func (c fakeConn) Close() error         { return nil }

func from(host byte) fakeConn {
	return fakeConn{from: &net.TCPAddr{IP: net.IPv4(192, 168, 1, host), Port: 40000}}
}

func TestTries(t *testing.T) {
	now := time.Date(2026, 1, 5, 21, 0, 0, 0, time.UTC)
	l := newLimits(func() time.Time { return now })
	admitted := func(host byte) bool {
		c, _, _ := l.admit(from(host))
		if c != nil {
			_ = c.Close()
		}
		return c != nil
	}
	for n := range failuresAtOnce {
		if !admitted(5) {
			t.Fatalf("refused after %d failures", n)
		}
		l.failed(from(5).from)
	}
	if _, why, log := l.admit(from(5)); why == "" || !log {
		t.Error("it is not said why it is refused")
	}
	if admitted(5) {
		t.Error("it may try without end")
	}
	if _, why, log := l.admit(from(5)); why == "" || log {
		t.Error("each refusal is logged, or it is not told")
	}
	if !admitted(6) {
		t.Error("another address is refused too")
	}
	now = now.Add(failureEvery)
	if !admitted(5) {
		t.Error("a minute later it is still refused")
	}
	for n := range 3 * maxAddresses {
		l.failed(&net.TCPAddr{IP: net.IPv4(10, 0, byte(n>>8), byte(n)), Port: 1})
	}
	if len(l.addresses) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(l.addresses))
	}
}

// An address that shows no key cannot take the places of others by coming often at once.
func TestTriesAtOnce(t *testing.T) {
	l := newLimits(time.Now)
	var open []*connection
	for n := range triesAtOnce {
		c, why, _ := l.admit(from(5))
		if c == nil {
			t.Fatalf("refused with %d open: %s", n, why)
		}
		open = append(open, c)
	}
	if c, _, _ := l.admit(from(5)); c != nil {
		t.Error("it may try more at once")
	}
	if c, why, _ := l.admit(from(6)); c == nil {
		t.Errorf("another address is refused: %s", why)
	}
	for n := range 3 * maxAddresses {
		l.failed(&net.TCPAddr{IP: net.IPv4(10, 0, byte(n>>8), byte(n)), Port: 1})
	}
	if c, _, _ := l.admit(from(5)); c != nil {
		t.Error("it is forgotten while it tries")
	}
	open[0].accept(time.Hour, func() {})
	_ = open[1].Close()
	for n := range 2 {
		if c, why, _ := l.admit(from(5)); c == nil {
			t.Errorf("%d are refused after one has shown a key and one is gone: %s", 2-n, why)
		}
	}
	if c, _, _ := l.admit(from(5)); c != nil {
		t.Error("more places are given back than were taken")
	}
	_ = open[0].Close()
}

func TestConnections(t *testing.T) {
	l := newLimits(time.Now)
	var open []*connection
	for range maxConnections {
		c, why, _ := l.admit(from(5))
		if c == nil {
			t.Fatal(why)
		}
		c.accept(time.Hour, func() {})
		defer func() { _ = c.Close() }()
		open = append(open, c)
	}
	if c, _, _ := l.admit(from(6)); c != nil {
		t.Error("there are too many")
	}
	_ = open[0].Close()
	_ = open[0].Close() // gives one place back, not two
	if c, why, _ := l.admit(from(6)); c == nil {
		t.Error(why)
	}
	if c, _, _ := l.admit(from(7)); c != nil {
		t.Error("a place was given back twice")
	}
}
