package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

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

// An examOptions is what the user asked of the doctor.
type examOptions struct {
	doctor.Config
	json bool
}

// A foundError says that the doctor found a problem, and has told of it.
type foundError struct{ cause string }

func (e *foundError) Error() string { return e.cause }

// doctorCommand returns the command that finds out why nothing is heard.
func doctorCommand(s Streams) *cobra.Command {
	o := examOptions{Config: doctor.Config{Now: time.Now, Proc: os.DirFS("/proc")}}
	group := groupValue(netip.AddrFrom4([4]byte{239, 0, 0, 1}))
	ports := portsValue{ports: []uint16{11235, 9999}}
	var interfaces interfacesValue
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Find out why nothing is heard",
		Long:    aboutDoctor,
		Example: examplesDoctor,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Group, o.Ports, o.Interfaces = netip.Addr(group), ports.ports, interfaces
			if o.ListenFor <= 0 {
				return &usageError{err: errors.New("--for is a time above 0"), try: "picotop doctor --for 30s"}
			}
			describePatient(cmd, &o.Config)
			return examine(cmd.Context(), o, s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.VarP(&group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&ports, "port", "p", "port to hear, repeatable")
	f.VarP(&interfaces, "interface", "i", "network to hear, by name or address, repeatable")
	f.StringVar(&o.Data, "data", "", "directory that keeps the history")
	f.DurationVar(&o.ListenFor, "for", 30*time.Second, "how long to listen")
	f.BoolVar(&o.json, "json", false, "write one JSON object")
	return cmd
}

// examine runs the doctor. Being told to stop ends the listening, not the
// report.
func examine(ctx context.Context, o examOptions, s Streams) error {
	if o.json {
		r := doctor.Run(ctx, o.Config)
		if err := r.WriteJSON(s.Out); err != nil {
			return err
		}
		return verdict(r)
	}
	if onTerminal(s) {
		return verdict(attended(ctx, o.Config, s))
	}
	o.OnCheck = func(c doctor.Check) { c.WriteText(s.Out) }
	r := doctor.Run(ctx, o.Config)
	r.WriteConclusion(s.Out)
	return verdict(r)
}

func verdict(r doctor.Report) error {
	if r.Verdict == doctor.Problem {
		return &foundError{r.Cause}
	}
	return nil
}

// eraseLine takes away what stands on the terminal's line.
const eraseLine = "\r\x1b[K"

// attended runs the doctor in front of a person, who sees how the listening
// goes and may end it with a key.
func attended(ctx context.Context, cfg doctor.Config, s Streams) doctor.Report {
	in := s.In.(*os.File) // onTerminal has looked
	out := rawWriter{s.Out}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	ready := func() {}
	cfg.OnCheck = func(c doctor.Check) {
		ready()
		ready = func() {}
		c.WriteText(out)
	}
	cfg.OnProgress = func(p doctor.Progress) {
		fmt.Fprint(out, eraseLine+progressLine(p))
		ready = func() { fmt.Fprint(out, eraseLine) }
		if pressed(in) {
			stop()
		}
	}
	// Single keys, of which ctrl+c then is one, are seen only if the terminal
	// does not wait for lines.
	defer keyByKey(in)()
	r := doctor.Run(listening, cfg)
	r.WriteConclusion(out)
	return r
}

func progressLine(p doctor.Progress) string {
	return fmt.Sprintf("listening %d s of %d: %d senders, %d sensors, %d packets   (any key ends it)",
		p.Elapsed/time.Second, p.Total/time.Second, p.Senders, p.Sensors, p.Packets)
}

// A rawWriter writes to a terminal that does not begin new lines at the left
// by itself.
type rawWriter struct{ io.Writer }

func (w rawWriter) Write(b []byte) (int, error) {
	_, err := w.Writer.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))
	return len(b), err
}

// keyByKey makes a terminal hand on each key at once. restore makes it what it
// was.
func keyByKey(tty *os.File) (restore func()) {
	was, err := term.MakeRaw(tty.Fd())
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(tty.Fd(), was) }
}

// pressed reports whether a key was pressed, and takes it.
func pressed(tty *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	if n < 1 || err != nil {
		return false
	}
	var key [16]byte
	_, err = io.ReadAtLeast(tty, key[:], 1)
	return err == nil
}
