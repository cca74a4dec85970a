// Package doctor finds out why a machine does not hear its Picos, or that it
// does, and says so in plain words.
//
// It looks at what lies on the way of a packet, from the network interface to
// the directory that keeps the history, listens for a while with the same
// listener as the program itself, and judges. Each check is a function of what
// was found: text of /proc, counts, errors; the finding is in collect_listen.go.
// It promises to change nothing, to put nothing on the network but what a
// listener does, and to need no privilege: what it may not see it says.
//
// It knows nothing of command lines and terminals.
package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"net/netip"
	"time"

	"picotop/feed"
	"picotop/internal/host"
)

// Config says what to examine.
type Config struct {
	Group      netip.Addr
	Ports      []uint16
	Interfaces []string      // names or addresses; empty means all that are able
	Listening  time.Duration // for how long
	Now        func() time.Time
	Proc       fs.FS // the file system /proc

	// Data is the directory of this user's history, empty if there is no place
	// for one. OthersData are those of others here, such as of a service.
	Data       string
	OthersData []string
	Running    *Running // the picotop that runs here, nil if none was found

	Program string // how to type its name, such as "picotop" or "./picotop"
	Flags   string // those that said what to listen to, to be typed again
	Service bool   // picotop is a service of systemd here

	// Found is told of each check as soon as it is known, and Listened now and
	// then how the listening goes. Either may be nil.
	Found    func(Check)
	Listened func(Progress)
}

// Running is what a picotop that runs on this machine says of itself.
type Running struct {
	PID     int
	Trouble string   // why it cannot store what it hears, empty if it can
	Silent  []string // the Picos and sensors that it misses
}

func (r *Running) String() string { return fmt.Sprintf("the picotop that runs here (pid %d)", r.PID) }

// log is how to see what it says.
func (r *Running) log() string { return fmt.Sprintf("sudo journalctl _PID=%d", r.PID) }

// Run examines everything, in the order in which it is told. It listens until
// cfg.Listening is over or ctx ends; it reports all the same.
func Run(ctx context.Context, cfg Config) Report {
	if cfg.Program == "" {
		cfg.Program = "picotop"
	}
	e := &diagnosis{Config: cfg, report: Report{Schema: schema, At: cfg.Now(), Checks: []Check{}}}
	e.cmdline = cmdline{program: cfg.Program, flags: cfg.Flags, service: cfg.Service}
	e.before = e.readSnapshot()
	for _, port := range e.Ports {
		holders, err := host.UDPSocketOwners(e.Proc, port)
		e.ports = append(e.ports, portFact{number: port, holders: holders, err: err})
	}
	e.listen(ctx)
	e.evaluate()
	e.report.conclude()
	return e.report
}

// An diagnosis is one run. Its fields are what was found.
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
	if d.Found != nil {
		d.Found(*c)
	}
}
