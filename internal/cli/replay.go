package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/house"
	"picotop/internal/app"
	"picotop/internal/capture"
	"picotop/internal/format"
	"picotop/internal/peer"
	"picotop/internal/wording"
)

// replayOptions are the flags of picotop replay.
type replayOptions struct {
	file       string
	speed      speedValue
	speedNamed bool // the user said how fast
	json       bool
	send       bool
	iface      string // to send on
	network    networkFlags
	ascii      bool
	fahrenheit bool
}

// replayCommand returns the command that plays a recording.
func replayCommand(p Program) *cobra.Command {
	o := replayOptions{speed: 1, network: newNetworkFlags()}
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a recording, on the screen or onto the network",
		Long: `picotop replay plays a recording into the dashboard, as if it happened now, and
keeps nothing of it. Without a terminal it prints what picotop would have warned of,
and when, by the recording's own clock, and sums up what was in it; with --json it
writes each event as one line, as in the events of /api/house, and nothing else.
It reads what picotop record, tcpdump and Wireshark write. A single - instead of a
name plays what comes through a pipe, as it comes.

With --send it sends the packets instead, to a group on one network, where
every picotop hears them.`,
		Example: "picotop replay house.pcapng --speed 10\npicotop replay house.pcapng | cat\npicotop replay house.pcapng --send -i lo\nssh raspberrypi sudo tcpdump -i any -U -w - udp port 9999 | picotop replay -",
		Args:    oneFile("picotop replay house.pcapng"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("interface") && !o.send {
				return &usageError{err: errors.New("--interface is where to send, which takes --send"), try: "picotop replay " + args[0] + " --send --interface lo"}
			}
			if o.json && o.send {
				return &usageError{err: errors.New("--send warns of nothing, so --json has no use"), try: "picotop replay " + args[0] + " --json"}
			}
			o.speedNamed = cmd.Flags().Changed("speed")
			o.file = args[0]
			o.ascii = o.ascii || asciiLocale(os.Getenv)
			return o.run(cmd.Context(), p)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&o.speed, "speed", "times faster than it was, or max, as without a screen")
	f.BoolVar(&o.json, "json", false, "write each event as one line of JSON")
	f.BoolVar(&o.send, "send", false, "send the packets onto the network")
	f.StringVarP(&o.iface, "interface", "i", "lo", "network to send on, by name")
	f.VarP(&o.network.group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&o.network.ports, "port", "p", "port of the packets to play, repeatable")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain characters only")
	f.BoolVar(&o.fahrenheit, "fahrenheit", false, "show degrees Fahrenheit")
	return cmd
}

// run plays the file where the user wants it. What can be read of a damaged
// one is played, and the damage told at the end.
func (o *replayOptions) run(ctx context.Context, p Program) error {
	keys, done := o.screen(p)
	defer done()
	if keys == nil && !o.send && !o.speedNamed {
		o.speed = 0
	}
	replay, err := app.OpenReplay(ctx, app.ReplayConfig{
		File: o.file, Stdin: p.In, Speed: float64(o.speed), Group: netip.Addr(o.network.group), Ports: o.network.ports.ports,
		Rules: house.Rules{Limit: house.DefaultLimit},
	})
	switch {
	case ctx.Err() != nil:
		return nil // told to stop before anything was played
	case err != nil:
		return err
	case o.send:
		return o.sendAll(ctx, replay, newProgressLine(p.Out, time.Now()))
	case keys != nil:
		return replay.Show(ctx, app.Screen{In: keys, Out: p.Out, ASCII: o.ascii, Fahrenheit: o.fahrenheit})
	case o.json:
		return o.writeEvents(ctx, replay, p)
	}
	return o.sumUp(ctx, replay, newProgressLine(p.Out, time.Now()))
}

// screen returns the keyboard of the screen that the user wants, nil if none.
func (o *replayOptions) screen(p Program) (keys *os.File, done func()) {
	if o.json || o.send || terminalOf(p.Out) == nil {
		return nil, func() {}
	}
	if keys, done = keyboard(p); keys == nil {
		return nil, func() {}
	}
	return keys, done
}

// An eventLine is an event of a recording as one line of JSON.
type eventLine struct {
	peer.Event
	Noticed time.Time `json:"noticed_at"`
}

// writeEvents plays without a screen, and writes each event as a line for programs.
func (o *replayOptions) writeEvents(ctx context.Context, replay *app.Replay, p Program) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	enc := json.NewEncoder(p.Out)
	err := replay.Judge(func(e app.RecordedEvent) {
		line := eventLine{Event: peer.EventOf(e.Event), Noticed: e.Noticed}
		if failed == nil {
			failed = enc.Encode(line)
		}
		if failed != nil {
			cancel()
		}
	}).Run(ctx)
	return cmp.Or(failed, err)
}

// recordedLine says what picotop would have told and when, by the clock on the wall
// where it is read; and since when it was so, if that was not at once.
func recordedLine(e app.RecordedEvent, style wording.Style) string {
	text := e.Noticed.Local().Format(time.DateTime) + "  " + style.Event(e.Event)
	if e.Noticed.Sub(e.At) >= time.Second {
		text += ", since " + e.At.Local().Format(time.TimeOnly)
	}
	return text
}

// sumUp plays without a screen, and tells what picotop would have warned of and what
// was played.
func (o *replayOptions) sumUp(ctx context.Context, replay *app.Replay, line *progressLine) error {
	all := replay.Summary()
	if replay.IsStream() {
		line.printf("playing what comes through %s%s", replay.Name(), o.speedText(all))
	} else {
		line.printf("playing %s of %s, recorded over %s%s", format.Count(all.Datagrams, "packet"), o.file,
			format.Duration(all.Length), o.speedText(all))
	}
	style := wording.Style{Fahrenheit: o.fahrenheit}
	playback := replay.Judge(func(e app.RecordedEvent) {
		line.printf("%s", recordedLine(e, style))
	})
	err := playback.Run(ctx)
	if replay.Summary().Datagrams > 0 {
		writePlayed(line, replay.Summary(), playback.Result())
	}
	return err
}

// sendAll plays the file onto the network.
func (o *replayOptions) sendAll(ctx context.Context, replay *app.Replay, line *progressLine) (err error) {
	sender, err := replay.OpenSender(o.iface)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sender.Close()) }()
	all := replay.Summary()
	what := fmt.Sprintf("what comes through %s%s", replay.Name(), o.speedText(all))
	if !replay.IsStream() {
		what = fmt.Sprintf("%s of %s, recorded over %s%s", format.Count(all.Datagrams, "packet"), o.file, format.Duration(all.Length), o.speedText(all))
	}
	line.printf("sending %s, to group %s on %s; stop with ctrl+c", what, o.network.group.String(), o.iface)
	line.printf("%s", reachText(sender, o.iface, len(all.Sources)))
	err = line.during(ctx, func() string { return sender.Position().String() }, sender.Run)
	sent, leftOut, took := sender.Counts()
	line.printf("sent %d of %s in %s", sent, format.Count(replay.Summary().Datagrams, "packet"), format.Duration(took))
	if leftOut > 0 {
		line.printf("left out %s that went elsewhere than to the group", format.Count(leftOut, "packet"))
	}
	return err
}

// speedText says how fast a recording is played.
func (o *replayOptions) speedText(all capture.Summary) string {
	switch o.speed {
	case 0:
		return ", as fast as it can be"
	case 1:
		return ""
	}
	text := fmt.Sprintf(", %s times as fast", o.speed.String())
	if all.Length > 0 {
		text += ", in " + format.Duration(o.speed.scaled(all.Length))
	}
	return text
}

// writePlayed tells what was in a recording.
func writePlayed(line *progressLine, all capture.Summary, r app.PlaybackResult) {
	line.printf("played %d of %s", r.Played, format.Count(all.Datagrams, "packet"))
	some := func(n int, what string) {
		if n > 0 {
			line.printf("  %s", what)
		}
	}
	some(r.Temperatures, format.Count(r.Temperatures, "temperature"))
	some(r.Statuses, format.Count(r.Statuses, "status packet"))
	some(r.Others, format.Count(r.Others, "packet")+" of another type")
	copies := uint64(0)
	for _, port := range r.Feed.Ports {
		copies += port.Copies
	}
	some(int(copies), fmt.Sprintf("%d heard again through a second interface", copies))
	some(int(r.Feed.RefusedTotal()), fmt.Sprintf("%d refused: %s", r.Feed.RefusedTotal(), refusals(r.Feed.Refused)))
	passed := 0
	for _, n := range all.Elsewhere {
		passed += n
	}
	some(passed, format.Count(passed, "packet")+" to other ports, passed over")
	some(len(all.Skipped), "passed over: "+skippedText(all.Skipped))
	line.printf("%s", format.Count(len(r.House.Sensors), "sensor"))
	for _, s := range r.House.Sensors {
		value := "no value"
		if s.Valid {
			value = fmt.Sprintf("%.1f °C", s.Celsius)
		}
		line.printf("  %s", strings.Join([]string{s.ID, s.FriendlyName, picoLabel(r.House, s.Pico), value}, "  "))
	}
}

// picoLabel is the name of a Pico, else its address.
func picoLabel(st house.State, addr netip.Addr) string {
	for _, p := range st.Picos {
		if p.Addr == addr {
			return p.Label()
		}
	}
	return addr.String()
}

// skippedText lists the frames that were passed over: "3 not IPv4 UDP".
func skippedText(all map[capture.Skip]int) string {
	var texts []string
	for why, n := range all {
		texts = append(texts, fmt.Sprintf("%d %s", n, why))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// nothingToPlayHint leads to something that can be played.
func nothingToPlayHint(e *app.NothingToPlayError) string {
	best, most := uint16(0), 0
	for port, n := range e.Summary.Elsewhere {
		if n > most || n == most && port < best {
			best, most = port, n
		}
	}
	if most > 0 {
		return fmt.Sprintf("most of its packets go to another port: picotop replay %s --port %d", e.File, best)
	}
	for why := range e.Summary.Skipped {
		if why.Unreadable() {
			return "it has only " + skippedText(e.Summary.Skipped) + ", which picotop cannot read; make one on a machine in the network: picotop record house.pcapng"
		}
	}
	if text := skippedText(e.Summary.Skipped); text != "" {
		return "there are others in it: " + text
	}
	return "make one while the Picos send: picotop record house.pcapng"
}

// reachText says who will hear what is sent for so many Picos.
func reachText(sender interface {
	Local() bool
	Addrs() []netip.Addr
}, iface string, picos int,
) string {
	addrs := sender.Addrs()
	who := "from " + addrs[0].String()
	if len(addrs) > 1 {
		who = fmt.Sprintf("from %d addresses, %s to %s, one for each Pico", len(addrs), addrs[0], addrs[len(addrs)-1])
	} else if picos > 1 {
		who += ", so that all Picos seem to be one"
	}
	if sender.Local() {
		return "Nothing leaves this machine. It comes " + who + "."
	}
	return fmt.Sprintf("Every picotop on the network at %s hears it, shows it and remembers it. It comes %s.", iface, who)
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

// scaled is how long a time of the recording takes.
func (v speedValue) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / float64(v))
}
