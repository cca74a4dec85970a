package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"picotop/internal/capture"
	"picotop/internal/format"
	"picotop/ui"
)

const (
	// playedPerSecond bounds how fast a recording is shown: a Raspberry Pi
	// keeps up with it.
	playedPerSecond = 50_000
	// sentPerSecond bounds how fast anything is sent: an access point sends
	// multicast slowly.
	sentPerSecond = 2_000
)

// replaying is what the user asked to replay.
type replaying struct {
	file       string
	speed      speedValue
	send       bool
	iface      string // to send on
	group      netip.Addr
	ports      []uint16
	ascii      bool
	fahrenheit bool
}

// replayCommand returns the command line of replay.
func replayCommand(s Streams) *cobra.Command {
	var (
		r     = replaying{speed: 1}
		group = groupValue(defaultGroup)
		ports = portsValue{ports: defaultPorts()}
	)
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a recording, on the screen or onto the network",
		Long: `picotop replay plays a recording into the dashboard, as if it happened now, and
keeps nothing of it. Without a terminal it plays it, and sums up what was in it.
It reads what picotop record, tcpdump and Wireshark write.

With --send it sends the packets instead, to a group on one network, where
every picotop hears them.`,
		Example: "picotop replay house.pcapng --speed 10\npicotop replay house.pcapng --send -i lo",
		Args:    oneFile("picotop replay house.pcapng"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("interface") && !r.send {
				return &usageError{err: errors.New("--interface is where to send, which takes --send"), try: "picotop replay " + args[0] + " --send --interface lo"}
			}
			r.file, r.group, r.ports = args[0], netip.Addr(group), ports.ports
			r.ascii = r.ascii || asciiLocale(os.Getenv)
			return r.run(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&r.speed, "speed", "how many times faster than it was, or max")
	f.BoolVar(&r.send, "send", false, "send the packets onto the network")
	f.StringVarP(&r.iface, "interface", "i", "lo", "network to send on, by name")
	f.VarP(&group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&ports, "port", "p", "port of the packets to play, repeatable")
	f.BoolVar(&r.ascii, "ascii", false, "draw with plain characters only")
	f.BoolVar(&r.fahrenheit, "fahrenheit", false, "show degrees Fahrenheit")
	return cmd
}

// run plays the file where the user wants it. What can be read of a damaged
// one is played, and the damage told at the end.
func (r replaying) run(ctx context.Context, s Streams) error {
	tape, err := r.scan(ctx)
	if err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case r.send:
		err = r.cast(ctx, tape, newProgress(s.Out, time.Now()))
	case onTerminal(s):
		err = r.show(ctx, tape, s)
	default:
		err = r.sumUp(ctx, tape, newProgress(s.Out, time.Now()))
	}
	if _, ok := errors.AsType[*capture.DamagedError](err); ok {
		return &fileError{name: r.file, err: err}
	}
	return err
}

// scan reads the file once, to know its length and that there is something to
// play.
func (r replaying) scan(ctx context.Context) (capture.Tape, error) {
	var tape capture.Tape
	err := r.open(func(in *capture.Reader) (err error) {
		tape, err = capture.Scan(ctx, in, r.ports)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return tape, nil
	case err != nil:
		return tape, err
	case tape.Datagrams == 0 && tape.Damage != nil:
		return tape, &fileError{name: r.file, err: tape.Damage}
	case tape.Datagrams == 0:
		return tape, &nothingError{file: r.file, ports: r.ports, tape: tape}
	}
	return tape, nil
}

// open reads the file from its beginning.
func (r replaying) open(read func(*capture.Reader) error) error {
	info, err := os.Stat(r.file)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("this is no file") // it is read twice
	}
	if err != nil {
		return &fileError{name: r.file, err: err}
	}
	f, err := os.Open(r.file)
	if err != nil {
		return &fileError{name: r.file, err: err}
	}
	defer f.Close()
	in, err := capture.NewReader(f)
	if err != nil {
		return &fileError{name: r.file, err: err}
	}
	return read(in)
}

// play plays the file into a player.
func (r replaying) play(ctx context.Context, p *player) error {
	defer p.clock.stop()
	return r.open(func(in *capture.Reader) error {
		return capture.Play(ctx, in, capture.PlayConfig{
			Ports: r.ports, Speed: float64(r.speed), PerSecond: playedPerSecond, Each: p.put,
		})
	})
}

// show plays into the dashboard until the user quits it. At the end of the
// recording it stands still.
func (r replaying) show(ctx context.Context, tape capture.Tape, s Streams) error {
	p := newPlayer(r, tape)
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	g, ctx := errgroup.WithContext(ctx)
	var damage error
	g.Go(func() error {
		damage = r.play(ctx, p)
		return nil
	})
	g.Go(func() error {
		defer quit()
		return ui.Run(ctx, ui.Config{
			Source: p, Now: p.clock.now, In: s.In, Out: s.Out, ASCII: r.ascii, Fahrenheit: r.fahrenheit,
		})
	})
	return errors.Join(g.Wait(), damage)
}

// sumUp plays without a screen, and tells what was played.
func (r replaying) sumUp(ctx context.Context, tape capture.Tape, out *progress) error {
	p := newPlayer(r, tape)
	out.say("playing %s of %s, recorded over %s%s", format.Count(tape.Datagrams, "packet"), r.file,
		format.Duration(tape.Length), r.takes(tape))
	err := withProgress(ctx, out, p.position, func(ctx context.Context) error { return r.play(ctx, p) })
	p.summary(out)
	return err
}

// takes says how fast a recording is played.
func (r replaying) takes(tape capture.Tape) string {
	switch r.speed {
	case 0:
		return ", as fast as it can be"
	case 1:
		return ""
	}
	return fmt.Sprintf(", %s times as fast, in %s", r.speed.String(), format.Duration(r.speed.real(tape.Length)))
}

// withProgress does something, and tells once a second how far it is.
func withProgress(ctx context.Context, out *progress, position func() string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer cancel()
		return do(ctx)
	})
	g.Go(func() error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case now := <-tick.C:
				out.tell(now, position())
			}
		}
	})
	return g.Wait()
}

// A nothingError says that a file holds nothing to play.
type nothingError struct {
	file  string
	ports []uint16
	tape  capture.Tape
}

func (e *nothingError) Error() string {
	return fmt.Sprintf("%s holds no packet to %s", e.file, format.Ports(e.ports))
}

func (e *nothingError) hint() string {
	best, most := uint16(0), 0
	for port, n := range e.tape.Elsewhere {
		if n > most || n == most && port < best {
			best, most = port, n
		}
	}
	if most > 0 {
		return fmt.Sprintf("most of its packets go to another port: picotop replay %s --port %d", e.file, best)
	}
	if text := skips(e.tape.Skipped); text != "" {
		return "there are others in it: " + text
	}
	return "make one while the Picos send: picotop record house.pcapng"
}

// skips lists the frames that were passed over: "3 not IPv4 UDP".
func skips(all map[capture.Skip]int) string {
	var texts []string
	for why, n := range all {
		texts = append(texts, fmt.Sprintf("%d %s", n, why))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// speedValue is how many times faster than it was recorded; 0 means as fast
// as it can be.
type speedValue float64

// fastest bounds the speed: more than this is max.
const fastest = 1e6

func (v *speedValue) String() string {
	if *v == 0 {
		return "max"
	}
	return strconv.FormatFloat(float64(*v), 'f', -1, 64)
}

func (v *speedValue) Type() string { return "number" }

func (v *speedValue) Set(s string) error {
	if s == "max" {
		*v = 0
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0.001 && n <= fastest) {
		return &badValue{"a speed is max, or a number from 0.001 to 1000000", "--speed 10"}
	}
	*v = speedValue(n)
	return nil
}

// real is how long a time of the recording takes.
func (v speedValue) real(d time.Duration) time.Duration {
	return time.Duration(float64(d) / float64(v))
}
