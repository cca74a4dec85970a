package peer

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
)

// from is a request from an address; from "" over the socket of this machine.
func from(addr string) *http.Request {
	at := net.Addr(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8000})
	if addr == "" {
		at = &net.UnixAddr{Net: "unix", Name: "picotop.sock"}
	}
	r := (&http.Request{RemoteAddr: addr}).WithContext(context.Background())
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, at))
}

func TestStreamsHaveSharesOfTheirOwn(t *testing.T) {
	var s streamSlots
	var gives []func()
	for i := range maxFromOne {
		give, ok := s.take(from(fmt.Sprintf("192.0.2.7:%d", 1000+i)))
		if !ok {
			t.Fatalf("the stream %d of an address is refused", i+1)
		}
		gives = append(gives, give)
	}
	if _, ok := s.take(from("192.0.2.7:2000")); ok {
		t.Error("one address has more than its share")
	}
	for i := range maxStreams - maxFromOne {
		if _, ok := s.take(from(fmt.Sprintf("192.0.2.%d:1000", 100+i))); !ok {
			t.Fatalf("another address is refused, after %d", i)
		}
	}
	if _, ok := s.take(from("192.0.2.8:1000")); ok {
		t.Error("the network has more than its share")
	}
	for i := range maxLocalStreams {
		if _, ok := s.take(from("")); !ok {
			t.Fatalf("this machine is refused, after %d", i)
		}
	}
	if _, ok := s.take(from("")); ok {
		t.Error("this machine has more than its share")
	}
	for _, give := range gives {
		give()
	}
	if _, ok := s.take(from("192.0.2.7:3000")); !ok {
		t.Error("what was given back is not there again")
	}
}
