// Package doctor finds out why a machine does not hear its Picos, or that it
// does, and says so in plain words.
//
// It looks at what lies on the way of a packet, from the network interface to
// the directory that keeps the history, listens for a while with the same
// listener as the program itself, and judges. It promises to change nothing, to
// put nothing on the network but what a listener does, and to need no
// privilege: what it may not see it says.
//
// The files named collect_ look: at sockets, /proc and directories. Those named
// proc_ parse the kernel's tables. Those named check_ judge: each check is a
// pure function of what was found, in a file named after the check's ID. A
// [diagnosis] runs them in order: listen, then evaluate.
//
// The package parses no flags and drives no terminal. How its command is typed,
// for the remedies it suggests, the caller tells it.
package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"time"

	"picotop/internal/host"
)

// Config says what to examine.
type Config struct {
	Group      netip.Addr
	Ports      []uint16
	Interfaces []string // names or addresses; empty means all that are able
	ListenFor  time.Duration
	Now        func() time.Time
	Proc       fs.FS // the file system /proc

	// Data is the directory of this user's history, empty if there is no place
	// for one. OthersData are those of others here, such as of a service.
	Data       string
	OthersData []string
	Running    *Instance // the picotop that runs here, nil if none was found

	Program string // how to type its name, such as "picotop" or "./picotop"
	Flags   string // the flags that said what to listen to, to be typed again
	Service bool   // picotop is a service of systemd here

	// OnCheck is called with each check as soon as it is known, and OnProgress
	// ten times a second while the doctor listens. Either may be nil. Both are
	// called by the goroutine of Run, which waits for them.
	OnCheck    func(Check)
	OnProgress func(Progress)
}

// An Instance is what a picotop that runs on this machine says of itself.
type Instance struct {
	PID        int
	StoreError string   // why it cannot store what it hears, empty if it can
	Silent     []Silent // what it misses
}

// A Silent is a Pico that is not heard any more, or a sensor of one that is.
type Silent struct {
	Sensor string // the sensor's name; empty if the whole Pico is silent

	Pico    string // the Pico's name; empty if it has none
	Addr    netip.Addr
	Sensors []string // of the Pico, by name
}

// String names it as people know it: a Pico also by its sensors.
func (s Silent) String() string {
	if s.Sensor != "" {
		return "the sensor " + s.Sensor
	}
	text := strings.TrimSpace("the Pico " + s.Pico)
	if s.Addr.IsValid() {
		text += " at " + s.Addr.String()
	}
	if len(s.Sensors) > 0 {
		text += " (" + strings.Join(s.Sensors, ", ") + ")"
	}
	return text
}

func (in *Instance) String() string {
	return fmt.Sprintf("the picotop that runs here (pid %d)", in.PID)
}

// logCommand is the command that shows its log.
func (in *Instance) logCommand() string { return fmt.Sprintf("sudo journalctl _PID=%d", in.PID) }

// Run makes all checks, in the order of the report. It listens until
// cfg.ListenFor is over or ctx ends, and returns the report in either case. It
// blocks, and leaves no goroutine behind.
func Run(ctx context.Context, cfg Config) Report {
	if cfg.Program == "" {
		cfg.Program = "picotop"
	}
	d := &diagnosis{Config: cfg, report: Report{Schema: schema, At: cfg.Now(), Checks: []Check{}}}
	d.cmdline = cmdline{program: cfg.Program, flags: cfg.Flags, service: cfg.Service}
	d.before = d.readSnapshot()
	for _, port := range d.Ports {
		holders, err := host.UDPSocketOwners(d.Proc, port)
		d.ports = append(d.ports, portFact{number: port, holders: holders, err: err})
	}
	d.listen(ctx)
	d.evaluate()
	d.report.conclude()
	return d.report
}
