package doctor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"picotop/internal/format"
)

// dropFacts is what is known of packets that the kernel threw away.
type dropFacts struct {
	ours          uint64 // datagrams dropped at the doctor's sockets
	ports         []portFact
	before, after string // /proc/net/snmp
	err           error  // why /proc/net/snmp could not be read
	rmemMax       string // net.core.rmem_max
	cmdline       cmdline
}

// oversized estimates how many of the doctor's own packets were thrown away for
// their length: those that were lost, but not for want of room.
func (f dropFacts) oversized() uint64 {
	all, ok1 := counterDelta(f.before, f.after, "Udp", "InErrors")
	room, ok2 := counterDelta(f.before, f.after, "Udp", "RcvbufErrors")
	sums, _ := counterDelta(f.before, f.after, "Udp", "InCsumErrors")
	if !ok1 || !ok2 || all < room+sums {
		return 0
	}
	return min(f.ours, all-room-sums)
}

// remedy is more room, if the kernel does not give as much as is asked for,
// and else a look at who sends so much.
func (f dropFacts) remedy() string {
	if n, err := strconv.Atoi(strings.TrimSpace(f.rmemMax)); err == nil && n >= wantedBuffer {
		return f.cmdline.sudo("")
	}
	return fmt.Sprintf("sudo sysctl -w net.core.rmem_max=%d", wantedBuffer)
}

// checkDrops judges whether the kernel threw packets away for want of room.
func checkDrops(f dropFacts) *Check {
	c := newCheck(idDrops)
	err := f.err
	var others uint64
	for _, p := range f.ports {
		err = errors.Join(err, p.err)
		for _, h := range p.holders {
			others += h.Drops
			if h.Drops > 0 {
				c.note(fmt.Sprintf("%s lost %d on port %d since it began", h, h.Drops, p.number))
			}
		}
	}
	if n, ok := counter(f.after, "Udp", "RcvbufErrors"); ok && n > 0 {
		c.note(fmt.Sprintf("all programs together lost %d UDP packets since this machine started", n))
	}
	long := f.oversized()
	if long > 0 {
		c.note(fmt.Sprintf("%s were thrown away for their length; no Pico sends such", format.Count(int(long), "packet")))
	}
	now, _ := counterDelta(f.before, f.after, "Udp", "RcvbufErrors")
	switch {
	case f.ours > long:
		return c.set(Warning, fmt.Sprintf("the kernel threw away %s that I was too slow for", format.Count(int(f.ours-long), "packet"))).try(f.remedy())
	case others > 0:
		return c.set(Warning, fmt.Sprintf("the kernel threw away %s that another program on these ports was too slow for, or that were far too long", format.Count(int(others), "packet"))).try(f.remedy())
	case err != nil:
		return c.set(Unknown, "this system does not tell how many packets it threw away")
	case now > 0:
		return c.set(OK, fmt.Sprintf("no packet was lost here; other programs lost %d UDP packets while I listened", now))
	}
	return c.set(OK, "the kernel threw no packet away for want of room")
}
