package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/internal/format"
	"picotop/internal/multicast"
	"picotop/internal/simulate"
)

// simulating is what the user asked to simulate.
type simulating struct {
	house  simulate.Config
	iface  string
	group  netip.Addr
	ports  []uint16
	length time.Duration
}

// simulateCommand returns the command line of simulate.
func simulateCommand(s Streams) *cobra.Command {
	var (
		r      simulating
		group  = groupValue(defaultGroup)
		ports  = portsValue{ports: []uint16{9999}} // a Pico's own default
		every  = durationValue(10 * time.Second)
		length = durationValue(time.Hour)
		loss   lossValue
	)
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Send a made-up house onto a network, to try it",
		Long: `picotop simulate sends what Picos would send, onto the network that you name, for
trying it before the Picos are built. All names begin with "Sim" and all Picos'
with "sim-", so that nobody takes them for real ones. But whatever hears them
remembers them.`,
		Example: "picotop simulate -i lo --picos 2 --sensors 3\npicotop simulate -i eth0 --for 10m --loss 5%",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.house.Every, r.house.Loss = time.Duration(every), float64(loss)
			r.group, r.ports, r.length = netip.Addr(group), ports.ports, time.Duration(length)
			if err := r.house.Check(); err != nil {
				return &usageError{err: err, try: "picotop simulate -i lo --picos 3 --sensors 4 --every 10s"}
			}
			if r.iface == "" {
				return &usageError{
					err: errors.New("name the network to send on with --interface"),
					try: "on this machine only: picotop simulate --interface lo",
				}
			}
			return r.run(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&r.iface, "interface", "i", "", "network to send on, by name")
	f.IntVar(&r.house.Picos, "picos", 3, "how many Picos")
	f.IntVar(&r.house.Sensors, "sensors", 4, "how many sensors on each")
	f.Var(&every, "every", "how long a Pico sleeps between two rounds")
	f.Var(&loss, "loss", "part of the packets to leave out, such as 5%")
	f.VarP(&ports, "port", "p", "port to send to; with several, in turn by Pico")
	f.VarP(&group, "group", "g", "multicast group to send to")
	f.Var(&length, "for", "stop after this time")
	f.Uint64Var(&r.house.Seed, "seed", 1, "which house; the same number, the same one")
	return cmd
}

// run says what it will do, does it until ctx ends or the time is over, and
// sums up.
func (r simulating) run(ctx context.Context, s Streams) (err error) {
	c, err := multicast.Open(r.iface, r.group, multicast.LoopbackSources(r.house.Picos))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	started := time.Now()
	out := newProgress(s.Out, started)
	out.say("%s", r.announcement())
	out.say("%s", reach(c, r.iface, r.house.Picos))
	out.say("It stops after %s, or with ctrl+c.", format.Duration(r.length))

	r.house.Now = time.Now
	r.house.Send = func(pico int, payload []byte) error {
		return c.Send(pico, r.ports[pico%len(r.ports)], payload)
	}
	house := simulate.New(r.house)
	ctx, cancel := context.WithTimeout(ctx, r.length)
	defer cancel()
	err = withProgress(ctx, out,
		func() string { return format.Clock(time.Since(started)) + "  " + simulated(house.Counts()) },
		house.Run)
	out.say("%s in %s", simulated(house.Counts()), format.Duration(time.Since(started)))
	return err
}

// announcement says what will be sent.
func (r simulating) announcement() string {
	h := r.house
	text := fmt.Sprintf("Simulating %s with %s", format.Count(h.Picos, "Pico"), format.Count(h.Sensors, "sensor"))
	if h.Picos > 1 {
		text += " each"
	}
	text += fmt.Sprintf(", each heard every %s: about %.1f packets a second, to group %s, %s, on %s.",
		format.Duration(h.Round()), h.PerSecond()*(1-h.Loss), r.group, format.Ports(r.ports), r.iface)
	return text
}

// simulated puts what was sent into words.
func simulated(c simulate.Counts) string {
	text := fmt.Sprintf("sent %s and %s", format.Count(c.Temperatures, "temperature"), format.Count(c.Statuses, "status packet"))
	if c.Lost > 0 {
		text += fmt.Sprintf(", left out %d", c.Lost)
	}
	return text
}

// lossValue is a part of the whole, from 0 to 0.9, which may be written in per
// cent.
type lossValue float64

func (l *lossValue) String() string {
	if *l == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*l), 'f', -1, 64)
}

func (l *lossValue) Type() string { return "part" }

func (l *lossValue) Set(s string) error {
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= simulate.MaxLoss) {
		return &badValue{"a loss is from 0% to 90%", "--loss 5%"}
	}
	*l = lossValue(v)
	return nil
}
