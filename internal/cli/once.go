package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"picotop/house"
	"picotop/internal/app"
	"picotop/internal/format"
	"picotop/internal/peer"
	"picotop/internal/wording"
)

// onceOptions are the flags of picotop once.
type onceOptions struct {
	*options // those that it shares with the dashboard
	json     bool
	wait     durationValue
}

// sharedWithOnce are the flags of the dashboard that picotop once has too.
var sharedWithOnce = []string{
	"group", "port", "interface", "unicast", "bind", "standalone", "from", "from-credentials", "from-tenant", "match", "house-label",
	"data", "no-history", "demo", "ascii", "fahrenheit", "config",
}

// onceCommand returns the command that tells of the house once.
func onceCommand(p Program) *cobra.Command {
	o := onceOptions{options: newOptions(), wait: durationValue(app.OnceWait)}
	all := o.flags()
	cmd := &cobra.Command{
		Use:   "once",
		Short: "Print the house as it is now, and whether all is well",
		Long: `picotop once prints each sensor's low, temperature now, high, name and age, worst
first, and then what is wrong. It asks the picotop that runs here, at once. If
none does it listens until every sensor had its turn, mostly half a minute.

Its exit status is 0 if all is well, 1 if a warning stands and 2 if it could not
tell: nothing was heard, or the picotop that --from names does not answer. What
is freezing, silent, broken, too warm, changing too fast or near its limit and
falling is a warning, and so are feed calls that fail, a house without any packet,
a disk that takes nothing and a clock that is not set. Acknowledged and snoozed
warnings do not count, nor what is told for information: values that were not
believed, ROM codes and names that two sensors have, replaced sensors, and databases
that are yet to get what is stored.`,
		Example: `# a mail if something is wrong, for cron
house=$(picotop once) || echo "$house" | mail -s picotop you

# for a login, at once or not at all
picotop once --from /run/picotop/picotop.sock

# for a program
picotop once --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.settle(all, os.Getenv); err != nil {
				return err
			}
			o.headless, o.Exporter = false, false // it serves nothing
			return o.run(cmd.Context(), p)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.json, "json", false, "write one JSON object, as /api/house does")
	f.Var(&o.wait, "wait", "how long to listen at the most")
	for _, name := range sharedWithOnce {
		f.AddFlag(all.Lookup(name))
	}
	return cmd
}

// run tells of the house, and whether all is well.
func (o *onceOptions) run(ctx context.Context, p Program) error {
	cfg, err := o.appConfig(p)
	if err != nil {
		return &unclearError{err}
	}
	line := newProgressLine(p.Err, time.Now())
	once := app.OnceConfig{Wait: time.Duration(o.wait)}
	if line.tty != nil {
		once.OnProgress = func(sensors int, listening time.Duration) {
			line.update(time.Now(), fmt.Sprintf("listening %s, %s", format.Clock(listening), format.Count(sensors, "sensor")))
		}
	}
	told, err := app.Once(ctx, cfg, once)
	line.erase()
	switch {
	case ctx.Err() != nil:
		return &unclearError{errors.New("stopped before every sensor had its turn")}
	case err != nil:
		return &unclearError{err}
	}
	return o.write(told, p)
}

// write writes what was told.
func (o *onceOptions) write(told app.Told, p Program) error {
	var err error
	n := 0
	switch houses := told.Houses; {
	case houses != nil && o.json:
		n, err = houses.Warnings(), json.NewEncoder(p.Out).Encode(houses)
	case houses != nil:
		n, err = houses.Warnings(), o.style().Houses(p.Out, *houses)
	default:
		st := stateHere(told.House)
		n = len(st.Warnings())
		if o.json {
			err = json.NewEncoder(p.Out).Encode(told.House)
		} else {
			err = o.style().Table(p.Out, st, told.House.Status().Behind()...)
		}
	}
	switch {
	case err != nil:
		return &unclearError{err}
	case n > 0:
		return &toldError{format.Count(n, "warning")}
	}
	return nil
}

// style is how the user wants things written.
func (o *options) style() wording.Style {
	return wording.Style{Fahrenheit: o.fahrenheit, ASCII: o.ascii}
}

// stateHere is the state that was told, in the time of this place.
func stateHere(told peer.House) house.State {
	st := told.State()
	st.At = st.At.Local()
	return st
}
