package doctor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// losses is what is known of packets that the kernel threw away.
type losses struct {
	own           uint64 // by the doctor's sockets
	ports         []portFact
	before, after string // /proc/net/snmp
	err           error  // why that is not told
	limit         string // net.core.rmem_max
	again         again
}

// tooLong estimates how many of the doctor's own packets were thrown away for
// their length: those that were lost, but not for want of room.
func (l losses) tooLong() uint64 {
	all, ok1 := grown(l.before, l.after, "Udp", "InErrors")
	room, ok2 := grown(l.before, l.after, "Udp", "RcvbufErrors")
	sums, _ := grown(l.before, l.after, "Udp", "InCsumErrors")
	if !ok1 || !ok2 || all < room+sums {
		return 0
	}
	return min(l.own, all-room-sums)
}

// remedy is more room, if the kernel does not give as much as is asked for,
// and else a look at who sends so much.
func (l losses) remedy() string {
	if n, err := strconv.Atoi(strings.TrimSpace(l.limit)); err == nil && n >= wantedBuffer {
		return l.again.root("")
	}
	return fmt.Sprintf("sudo sysctl -w net.core.rmem_max=%d", wantedBuffer)
}

// check judges whether the kernel threw packets away for want of room.
func (l losses) check() *Check {
	c := finding(idDrops)
	err := l.err
	var others uint64
	for _, p := range l.ports {
		err = errors.Join(err, p.err)
		for _, h := range p.holders {
			others += h.Drops
			if h.Drops > 0 {
				c.note(fmt.Sprintf("%s lost %d on port %d since it began", h, h.Drops, p.number))
			}
		}
	}
	if n, ok := counter(l.after, "Udp", "RcvbufErrors"); ok && n > 0 {
		c.note(fmt.Sprintf("all programs together lost %d UDP packets since this machine started", n))
	}
	long := l.tooLong()
	if long > 0 {
		c.note(fmt.Sprintf("%s were thrown away for their length; no Pico sends such", count(int(long), "packet")))
	}
	now, _ := grown(l.before, l.after, "Udp", "RcvbufErrors")
	switch {
	case l.own > long:
		return c.be(Warning, fmt.Sprintf("the kernel threw away %s that I was too slow for", count(int(l.own-long), "packet"))).try(l.remedy())
	case others > 0:
		return c.be(Warning, fmt.Sprintf("the kernel threw away %s that another program on these ports was too slow for, or that were far too long", count(int(others), "packet"))).try(l.remedy())
	case err != nil:
		return c.be(Unknown, "this system does not tell how many packets it threw away")
	case now > 0:
		return c.be(OK, fmt.Sprintf("no packet was lost here; other programs lost %d UDP packets while I listened", now))
	}
	return c.be(OK, "the kernel threw no packet away for want of room")
}
