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

	"picotop/internal/app"
	"picotop/internal/format"
	"picotop/internal/simulate"
)

// simulateCommand returns the command that sends a made-up house.
func simulateCommand(p Program) *cobra.Command {
	var (
		cfg     app.SimulateConfig
		network = newNetworkFlags()
		every   = durationValue(10 * time.Second)
		length  = durationValue(time.Hour)
		loss    lossValue
	)
	network.ports.ports = []uint16{9999} // a Pico's own default
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Send a made-up house onto a network, to try it",
		Long: `picotop simulate sends what Picos would send, onto the network that you name, for
trying it before the Picos are built. All names begin with "Sim" and all Picos'
with "sim-", so that nobody takes them for real ones. But whatever hears them
remembers them.`,
		Example: "picotop simulate -i lo --picos 2 --sensors 3\npicotop simulate -i eth0 --for 10m --loss 5%",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg.House.Every, cfg.House.Loss = time.Duration(every), float64(loss)
			cfg.Group, cfg.Ports = netip.Addr(network.group), network.ports.ports
			if err := cfg.House.Check(); err != nil {
				return &usageError{err: err, try: "picotop simulate -i lo --picos 3 --sensors 4 --every 10s"}
			}
			if cfg.Interface == "" {
				return &usageError{
					err: errors.New("name the network to send on with --interface"),
					try: "on this machine only: picotop simulate --interface lo",
				}
			}
			return simulateFor(cmd.Context(), cfg, time.Duration(length), newProgressLine(p.Out, time.Now()))
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&cfg.Interface, "interface", "i", "", "network to send on, by name")
	f.IntVar(&cfg.House.Picos, "picos", 3, "how many Picos")
	f.IntVar(&cfg.House.Sensors, "sensors", 4, "how many sensors on each")
	f.Var(&every, "every", "how long a Pico sleeps between two rounds")
	f.Var(&loss, "loss", "part of the packets to leave out, such as 5%")
	f.VarP(&network.ports, "port", "p", "port to send to; with several, in turn by Pico")
	f.VarP(&network.group, "group", "g", "multicast group to send to")
	f.Var(&length, "for", "stop after this time")
	f.Uint64Var(&cfg.House.Seed, "seed", 1, "which house; the same number, the same one")
	return cmd
}

// simulateFor says what it will do, does it until ctx ends or the time is over,
// and sums up.
func simulateFor(ctx context.Context, cfg app.SimulateConfig, length time.Duration, line *progressLine) (err error) {
	sim, err := app.OpenSimulation(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	started := time.Now()
	line.printf("%s", announcement(cfg))
	line.printf("%s", reachText(sim, cfg.Interface, cfg.House.Picos))
	line.printf("It stops after %s, or with ctrl+c.", format.Duration(length))

	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	err = line.during(ctx,
		func() string { return format.Clock(time.Since(started)) + "  " + simulated(sim.Counts()) },
		sim.Run)
	line.printf("%s in %s", simulated(sim.Counts()), format.Duration(time.Since(started)))
	return err
}

// announcement says what will be sent.
func announcement(cfg app.SimulateConfig) string {
	h := cfg.House
	text := fmt.Sprintf("Simulating %s with %s", format.Count(h.Picos, "Pico"), format.Count(h.Sensors, "sensor"))
	if h.Picos > 1 {
		text += " each"
	}
	text += fmt.Sprintf(", each heard every %s: about %.1f packets a second, to group %s, %s, on %s.",
		format.Duration(h.Round()), h.PerSecond()*(1-h.Loss), cfg.Group, format.Ports(cfg.Ports), cfg.Interface)
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
