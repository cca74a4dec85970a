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
		c, _ := l.admit(from(host))
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
	if _, why := l.admit(from(5)); why == "" {
		t.Error("it is not said why it is refused")
	}
	if admitted(5) {
		t.Error("it may try without end")
	}
	if _, why := l.admit(from(5)); why != "" {
		t.Error("each refusal is said")
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
	if len(l.failures) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(l.failures))
	}
}

func TestConnections(t *testing.T) {
	l := newLimits(time.Now)
	var open []net.Conn
	for range maxConnections {
		c, why := l.admit(from(5))
		if c == nil {
			t.Fatal(why)
		}
		open = append(open, c)
	}
	if c, _ := l.admit(from(6)); c != nil {
		t.Error("there are too many")
	}
	_ = open[0].Close()
	_ = open[0].Close() // gives one place back, not two
	if c, why := l.admit(from(6)); c == nil {
		t.Error(why)
	}
	if c, _ := l.admit(from(7)); c != nil {
		t.Error("a place was given back twice")
	}
}
