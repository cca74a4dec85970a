package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/ipv4"

	"picotop/internal/multicast"
	"picotop/internal/sleep"
)

// An TestPacket is what became of a test packet that this program sent to
// itself through one interface. It is never put on the wire.
type TestPacket string

// The fates of a test packet. Lost means that something on this machine, such
// as a firewall, keeps out what is sent to the group; a firewall that lets in
// the Picos' ports alone loses it too.
const (
	Untried  TestPacket = ""
	CameBack TestPacket = "came back"
	Lost     TestPacket = "lost"
)

// testPacketTimeout is how long a test packet may take from this machine to itself.
const testPacketTimeout = 500 * time.Millisecond

// SendTestPackets sends a test packet to the group through each interface, and
// tells by the interface's index what became of it. An interface that cannot
// be tried is left out. It takes half a second if any is lost.
//
// The packets go with TTL 0, so that they do not leave this machine, and to a
// port that is nobody else's, so that no other program here sees them.
func SendTestPackets(ctx context.Context, group netip.Addr, through []net.Interface) (map[int]TestPacket, error) {
	// Without SO_REUSEADDR the kernel gives a port that is not shared.
	lc := net.ListenConfig{Control: ownGroupsOnly}
	conn, err := lc.ListenPacket(ctx, "udp4", "0.0.0.0:0")
	if err != nil {
		return nil, fmt.Errorf("opening a socket for a test packet: %w", err)
	}
	defer conn.Close()
	p := ipv4.NewPacketConn(conn)
	if err := errors.Join(
		multicast.StayLocal(p), p.SetControlMessage(control, true),
		conn.SetReadDeadline(time.Now().Add(testPacketTimeout)),
	); err != nil {
		return nil, fmt.Errorf("setting up a socket for a test packet: %w", err)
	}
	to := &net.UDPAddr{IP: group.AsSlice(), Port: conn.LocalAddr().(*net.UDPAddr).Port}
	token := rand.Text()
	fates := map[int]TestPacket{}
	for _, in := range through {
		if p.JoinGroup(&in, to) != nil || p.SetMulticastInterface(&in) != nil {
			continue
		}
		if _, err := p.WriteTo([]byte(token), nil, to); err != nil {
			continue
		}
		fates[in.Index] = Lost
	}
	awaitTestPackets(conn.(*net.UDPConn), token, fates)
	return fates, nil
}

// awaitTestPackets notes which packets come back, until all have or the deadline of
// the connection.
func awaitTestPackets(conn *net.UDPConn, token string, fates map[int]TestPacket) {
	buf, oob := make([]byte, len(token)+1), newControlMessage()
	for missing := len(fates); missing > 0; {
		n, oobn, _, _, err := conn.ReadMsgUDPAddrPort(buf, oob)
		if err != nil {
			return
		}
		_, index := destination(oob[:oobn])
		if string(buf[:n]) == token && fates[index] == Lost {
			fates[index] = CameBack
			missing--
		}
	}
}

const (
	// firstTestPacketAfter is how long after the start a first test packet is sent if
	// nothing was heard.
	firstTestPacketAfter = 2 * time.Second
	// testPacketEvery is how often it is tried again while nothing is heard.
	testPacketEvery = time.Minute
)

// watchTestPackets sends test packets while nothing is heard, so that it can be
// told whether this machine keeps packets out itself.
func (l *Listener) watchTestPackets(ctx context.Context) {
	for wait := firstTestPacketAfter; sleep.For(ctx, wait); wait = testPacketEvery {
		if heard := l.counts.last(); !heard.IsZero() && l.cfg.Now().Sub(heard) < testPacketEvery {
			continue
		}
		l.sendTestPackets(ctx)
	}
}

func (l *Listener) sendTestPackets(ctx context.Context) {
	var through []net.Interface
	for _, c := range l.currentInterfaces() {
		if c.health.Joined {
			through = append(through, c.Interface)
		}
	}
	fates, err := SendTestPackets(ctx, l.cfg.Group, through)
	if err != nil {
		l.cfg.Logger.Debug("trying whether packets get in", "err", err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.testPackets = fates
}
