package doctor

import (
	"time"

	"picotop/feed"
)

// A diagnosis is one run of the doctor. Its fields are what was found.
type diagnosis struct {
	Config
	report  Report
	cmdline cmdline

	before, after  snapshot
	links          []link
	joinErr        error
	ports          []portFact
	memberBefore   bool                    // another program was a member of the group before the doctor joined
	noJoinReport   bool                    // the kernel sent no membership report on joining
	testPackets    map[int]feed.TestPacket // by interface index: what became of a test packet
	testPacketsErr error
	probe          *portProbe
	answering      map[string]bool // interfaces on which the kernel was about to answer a query
	sniffer        *sniffer
	sniffedUntil   time.Time // when the sniffer stopped
	traffic        traffic
	drops          uint64 // datagrams that the kernel dropped at the doctor's sockets
}

// add appends a check to the report, and hands it to OnCheck.
func (d *diagnosis) add(c *Check) {
	d.report.Checks = append(d.report.Checks, *c)
	if d.OnCheck != nil {
		d.OnCheck(*c)
	}
}
