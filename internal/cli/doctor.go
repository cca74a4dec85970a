package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/internal/app"
	"picotop/internal/doctor"
)

const aboutDoctor = `picotop doctor finds out why this machine hears no Pico, or that all is well.

It looks at the network, the ports, the firewall and the disk, listens for a
while, and says what it found, what is the most likely cause, and what to type
first. It changes nothing, works beside a picotop that runs, and needs no
privilege; with sudo it sees more. Any key ends the listening.

It ends with status 0 if all is well, and with 1 if it found a problem.`

const examplesDoctor = `# what is wrong?
picotop doctor

# see more: what a firewall keeps out, and what goes to other ports
sudo picotop doctor

# for another program to read
picotop doctor --json --for 1m`

// doctorOptions are the flags of picotop doctor.
type doctorOptions struct {
	network   networkFlags
	json      bool
	dataNamed bool

	doctor.Config // the rest
}

// doctorCommand returns the command that finds out why nothing is heard.
func doctorCommand(p Program) *cobra.Command {
	o := doctorOptions{network: newNetworkFlags()}
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Find out why nothing is heard",
		Long:    aboutDoctor,
		Example: examplesDoctor,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.ListenFor <= 0 {
				return &usageError{err: errors.New("--for is a time above 0"), try: "picotop doctor --for 30s"}
			}
			o.Group, o.Ports, o.Interfaces = netip.Addr(o.network.group), o.network.ports.ports, o.network.interfaces
			o.Program, o.Flags = calledAs(os.Args[0]), o.network.repeated(cmd.Flags())
			if o.dataNamed = cmd.Flags().Changed("data"); !o.dataNamed {
				// Without a place for it the doctor says so.
				o.Data, _ = findDataDir(os.Getenv)
			}
			return o.run(cmd.Context(), p)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.network.add(f)
	f.StringVar(&o.Data, "data", "", "directory that keeps the history")
	f.DurationVar(&o.ListenFor, "for", 30*time.Second, "how long to listen")
	f.BoolVar(&o.json, "json", false, "write one JSON object")
	return cmd
}

// calledAs is how to type the program's name again: sudo does not find what
// was called by a path.
func calledAs(arg string) string {
	if strings.ContainsRune(arg, filepath.Separator) {
		return arg
	}
	return "picotop"
}

// run runs the doctor. Being told to stop ends the listening, not the report.
func (o *doctorOptions) run(ctx context.Context, p Program) error {
	var r doctor.Report
	switch {
	case o.json:
		r = app.Diagnose(ctx, o.Config, o.dataNamed)
		if err := r.WriteJSON(p.Out); err != nil {
			return err
		}
	case onTerminal(p):
		r = o.attended(ctx, p)
	default:
		o.OnCheck = func(c doctor.Check) { c.WriteText(p.Out) }
		r = app.Diagnose(ctx, o.Config, o.dataNamed)
		r.WriteConclusion(p.Out)
	}
	if r.Verdict == doctor.Problem {
		return &toldError{r.Cause}
	}
	return nil
}

// eraseLine takes away what stands on the terminal's line.
const eraseLine = "\r\x1b[K"

// attended runs the doctor in front of a person, who sees how the listening
// goes and may end it with a key.
func (o *doctorOptions) attended(ctx context.Context, p Program) doctor.Report {
	in := terminalOf(p.In)
	out := rawWriter{p.Out}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	erase := func() {}
	o.OnCheck = func(c doctor.Check) {
		erase()
		erase = func() {}
		c.WriteText(out)
	}
	o.OnProgress = func(progress doctor.Progress) {
		fmt.Fprint(out, eraseLine+listeningLine(progress))
		erase = func() { fmt.Fprint(out, eraseLine) }
		if pressed(in) {
			stop()
		}
	}
	// Single keys, of which ctrl+c then is one, are seen only if the terminal
	// does not wait for lines.
	defer keyByKey(in)()
	r := app.Diagnose(listening, o.Config, o.dataNamed)
	r.WriteConclusion(out)
	return r
}

func listeningLine(p doctor.Progress) string {
	return fmt.Sprintf("listening %d s of %d: %d senders, %d sensors, %d packets   (any key ends it)",
		p.Elapsed/time.Second, p.Total/time.Second, p.Senders, p.Sensors, p.Packets)
}
