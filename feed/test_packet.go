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
)

// An OwnPacket is what became of a test packet that this program sent to
// itself through one interface. It is never put on the wire.
type OwnPacket string

// The fates of a test packet. Lost means that something on this machine, such
// as a firewall, keeps out what is sent to the group; a firewall that lets in
// the Picos' ports alone loses it too.
const (
	Untried  OwnPacket = ""
	CameBack OwnPacket = "came back"
	Lost     OwnPacket = "lost"
)

// waitForOwn is how long a test packet may take from this machine to itself.
const waitForOwn = 500 * time.Millisecond

// SendOwnPackets sends a test packet to the group through each interface, and
// tells by the interface's index what became of it. An interface that cannot
// be tried is left out. It takes half a second if any is lost.
//
// The packets go with TTL 0, so that they do not leave this machine, and to a
// port that is nobody else's, so that no other program here sees them.
func SendOwnPackets(ctx context.Context, group netip.Addr, through []net.Interface) (map[int]OwnPacket, error) {
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
		conn.SetReadDeadline(time.Now().Add(waitForOwn)),
	); err != nil {
		return nil, fmt.Errorf("setting up a socket for a test packet: %w", err)
	}
	to := &net.UDPAddr{IP: group.AsSlice(), Port: conn.LocalAddr().(*net.UDPAddr).Port}
	token := rand.Text()
	fates := map[int]OwnPacket{}
	for _, in := range through {
		if p.JoinGroup(&in, to) != nil || p.SetMulticastInterface(&in) != nil {
			continue
		}
		if _, err := p.WriteTo([]byte(token), nil, to); err != nil {
			continue
		}
		fates[in.Index] = Lost
	}
	awaitOwn(conn.(*net.UDPConn), token, fates)
	return fates, nil
}

// awaitOwn notes which packets come back, until all have or the deadline of
// the connection.
func awaitOwn(conn *net.UDPConn, token string, fates map[int]OwnPacket) {
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
	// tryOwnAfter is how long after the start a first test packet is sent if
	// nothing was heard.
	tryOwnAfter = 2 * time.Second
	// tryOwnEvery is how often it is tried again while nothing is heard.
	tryOwnEvery = time.Minute
)

// watchOwnPackets sends test packets while nothing is heard, so that it can be
// told whether this machine keeps packets out itself.
func (l *Listener) watchOwnPackets(ctx context.Context) {
	for wait := tryOwnAfter; sleep(ctx, wait); wait = tryOwnEvery {
		if heard := l.counts.last(); !heard.IsZero() && l.cfg.Now().Sub(heard) < tryOwnEvery {
			continue
		}
		l.tryOwnPackets(ctx)
	}
}

func (l *Listener) tryOwnPackets(ctx context.Context) {
	var through []net.Interface
	for _, c := range l.currentInterfaces() {
		if c.health.Joined {
			through = append(through, c.Interface)
		}
	}
	fates, err := SendOwnPackets(ctx, l.cfg.Group, through)
	if err != nil {
		l.cfg.Logger.Debug("trying whether packets get in", "err", err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.own = fates
}
