package doctor

import (
	"errors"
	"fmt"
)

// checkDrops judges whether the kernel threw packets away for want of room.
// own is what the doctor's sockets lost; before and after are /proc/net/snmp.
func checkDrops(own uint64, ports []portFact, before, after string, err error) *Check {
	c := finding(idDrops)
	remedy := fmt.Sprintf("sudo sysctl -w net.core.rmem_max=%d", wantedBuffer)
	var others uint64
	for _, p := range ports {
		err = errors.Join(err, p.err)
		for _, h := range p.holders {
			others += h.Drops
			if h.Drops > 0 {
				c.note(fmt.Sprintf("%s lost %d on port %d since it began", h, h.Drops, p.number))
			}
		}
	}
	if n, ok := counter(after, "Udp", "RcvbufErrors"); ok && n > 0 {
		c.note(fmt.Sprintf("all programs together lost %d UDP packets since this machine started", n))
	}
	now, _ := grown(before, after, "Udp", "RcvbufErrors")
	switch {
	case own > 0:
		return c.be(Warning, fmt.Sprintf("the kernel threw away %d packets that I was too slow for, or that were far too long for a Pico's", own)).try(remedy)
	case others > 0:
		return c.be(Warning, fmt.Sprintf("the kernel threw away %d packets that another program on these ports was too slow for", others)).try(remedy)
	case err != nil:
		return c.be(Unknown, "this system does not tell how many packets it threw away")
	case now > 0:
		return c.be(OK, fmt.Sprintf("no packet was lost here; other programs lost %d UDP packets while I listened", now))
	}
	return c.be(OK, "the kernel threw no packet away")
}
