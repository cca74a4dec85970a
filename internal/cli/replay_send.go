package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"picotop/feed"
	"picotop/internal/capture"
	"picotop/internal/format"
	"picotop/internal/multicast"
)

// cast plays the file onto the network.
func (r replaying) cast(ctx context.Context, tape capture.Tape, out *progress) (err error) {
	c, err := multicast.Open(r.iface, r.group, multicast.LoopbackSources(len(tape.Sources)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	out.say("sending %s of %s, recorded over %s%s, to group %s on %s; stop with ctrl+c",
		format.Count(tape.Datagrams, "packet"), r.file, format.Duration(tape.Length), r.takes(tape), r.group, r.iface)
	out.say("%s", reach(c, r.iface, len(tape.Sources)))

	number := map[netip.Addr]int{}
	for i, addr := range tape.Sources {
		number[addr] = i
	}
	clock := newPlayClock(float64(r.speed), tape.Length)
	var sent, others atomic.Int64
	err = withProgress(ctx, out,
		func() string { return position(clock, sent.Load(), tape) },
		func(ctx context.Context) error {
			return r.open(func(in *capture.Reader) error {
				return capture.Play(ctx, in, capture.PlayConfig{
					Ports: r.ports, Speed: float64(r.speed), PerSecond: sentPerSecond,
					Each: func(d feed.Datagram, at time.Duration) error {
						clock.reached(at)
						if d.To.Addr() != r.group {
							others.Add(1)
							return nil
						}
						sent.Add(1)
						return c.Send(number[d.From.Addr()], d.To.Port(), d.Payload)
					},
				})
			})
		})
	out.say("sent %d of %s in %s", sent.Load(), format.Count(tape.Datagrams, "packet"), format.Duration(time.Since(clock.started)))
	if n := others.Load(); n > 0 {
		out.say("left out %s that went elsewhere than to the group", format.Count(n, "packet"))
	}
	return err
}

// reach says who will hear what is sent for so many Picos.
func reach(c *multicast.Sender, iface string, picos int) string {
	addrs := c.Addrs()
	who := "from " + addrs[0].String()
	if len(addrs) > 1 {
		who = fmt.Sprintf("from %d addresses, %s to %s, one for each Pico", len(addrs), addrs[0], addrs[len(addrs)-1])
	} else if picos > 1 {
		who += ", so that all Picos seem to be one"
	}
	if c.Local() {
		return "Nothing leaves this machine. It comes " + who + "."
	}
	return fmt.Sprintf("Every picotop on the network at %s hears it, shows it and remembers it. It comes %s.", iface, who)
}
