package homeassistant

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestFarewellToHungBroker has a broker stop answering before the house is taken away
// from it: it is not waited for, and what it keeps is said.
func TestFarewellToHungBroker(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	p, log, _ := running(t, m.broker())
	until(t, "told", func() bool { s := p.Stats(); return s.Connected && s.Published > 0 })
	if err := m.run.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.run.Process.Signal(syscall.SIGCONT) }()
	p.SetConfig(Config{})
	until(t, "it is said what is left, and how to take it away", func() bool {
		return log.count("keeps topics of this picotop") == 1 && log.count("--remove-retained") == 1
	})
}

// TestLastWill cuts the connection, as kill -9 does.
func TestLastWill(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	l := m.listen()
	between := m.proxy()
	running(t, between.broker())
	until(t, "there", func() bool { return l.get(availabilityAt) == online })
	between.cut()
	until(t, "gone", func() bool { return l.get(availabilityAt) == offline })
}

// TestFarewellThatIsLost has what is published at the end never arrive: the broker is asked
// for the last will.
func TestFarewellThatIsLost(t *testing.T) {
	t.Parallel()
	m := newMosquitto(t)
	m.start()
	l := m.listen()
	between := m.proxy()
	_, _, stop := running(t, between.broker())
	until(t, "there", func() bool { return l.get(availabilityAt) == online })
	between.lose.Store(publishPacket)
	stop()
	until(t, "gone", func() bool { return l.get(availabilityAt) == offline })
}

// The kinds of packets of MQTT that a proxy may lose.
const (
	publishPacket   = 3
	subscribePacket = 8
)

// A proxy is between picotop and a broker, for one connection.
type proxy struct {
	net.Listener
	lose atomic.Uint32 // packets of this kind to the broker; 0 is none
	ends chan net.Conn // both of them
}

func (m *mosquitto) proxy() *proxy {
	m.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = ln.Close() })
	p := &proxy{Listener: ln, ends: make(chan net.Conn, 2)}
	go func() {
		from, err := ln.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", m.addr())
		if err != nil {
			_ = from.Close()
			return
		}
		p.ends <- from
		p.ends <- to
		go func() { _, _ = io.Copy(from, to) }()
		p.forward(to, from)
		_, _ = from.Close(), to.Close()
	}()
	return p
}

func (p *proxy) broker() Broker { return Broker{URL: "mqtt://" + p.Addr().String()} }

// cut ends the connection, and takes no other.
func (p *proxy) cut() {
	_, _, _ = p.Close(), (<-p.ends).Close(), (<-p.ends).Close()
}

// forward hands on packet by packet.
func (p *proxy) forward(to io.Writer, from io.Reader) {
	for r := bufio.NewReader(from); ; {
		kind, err := r.ReadByte()
		if err != nil {
			return
		}
		n, err := binary.ReadUvarint(r) // MQTT writes lengths in the same way
		if err != nil {
			return
		}
		packet := binary.AppendUvarint([]byte{kind}, n)
		head := len(packet)
		packet = append(packet, make([]byte, n)...)
		if _, err := io.ReadFull(r, packet[head:]); err != nil {
			return
		}
		if uint32(kind>>4) == p.lose.Load() {
			continue
		}
		if _, err := to.Write(packet); err != nil {
			return
		}
	}
}
