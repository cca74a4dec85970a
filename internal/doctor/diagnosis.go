package doctor

import (
	"time"

	"picotop/feed"
)

// A diagnosis is one run. Its fields are what was found.
type diagnosis struct {
	Config
	report  Report
	cmdline cmdline

	before, after snapshot
	igmp          file // when the listener had joined
	links         []link
	joinErr       error
	ports         []portFact
	memberBefore  bool // another program was a member before
	noJoinReport  bool // the network was told nothing of the membership
	ownPackets    map[int]feed.OwnPacket
	ownPacketsErr error
	probe         *portProbe
	answering     map[string]bool
	sniffer       *sniffer
	sniffedUntil  time.Time // when the wire was last looked at
	traffic       traffic
	drops         uint64
}

func (d *diagnosis) add(c *Check) {
	d.report.Checks = append(d.report.Checks, *c)
	if d.OnCheck != nil {
		d.OnCheck(*c)
	}
}
