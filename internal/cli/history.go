package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/format"
	"picotop/internal/host"
)

// historyCommand returns the commands that look after the history by hand.
func historyCommand(s Streams) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Look at the history, and take it elsewhere",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&data, "data", "", "directory that keeps the history")
	// do runs a command on the directory of the history.
	do := func(main func(ctx context.Context, dir string, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			if data == "" {
				dir, err := findData(os.Getenv)
				if err != nil {
					return err
				}
				data = dir
			}
			return main(cmd.Context(), filepath.Join(data, "history"), args)
		}
	}
	cmd.AddCommand(infoCommand(s, do), exportCommand(s, do), importCommand(s, do), mergeCommand(s, do))
	return cmd
}

// doer makes what cobra runs out of what a command does.
type doer func(main func(ctx context.Context, dir string, args []string) error) func(*cobra.Command, []string) error

func infoCommand(s Streams, do doer) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say what is in the history, and whether it is sound",
		Args:  cobra.NoArgs,
		RunE: do(func(ctx context.Context, dir string, _ []string) error {
			v, err := history.OpenView(dir)
			if err != nil {
				return err
			}
			defer v.Close()
			info, err := v.Info(ctx)
			if err != nil {
				return stopped(ctx, err)
			}
			return writeInfo(s.Out, dir, info)
		}),
	}
}

func exportCommand(s Streams, do doer) *cobra.Command {
	var (
		since  sinceValue
		form   = formatValue(history.CSV)
		sensor string
		file   string
	)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write readings for a spreadsheet, or for Prometheus",
		Example: `# a month of one sensor, for a spreadsheet
picotop history export --since 30d --sensor Loft -o loft.csv

# all of it, for picotop on another machine, or Prometheus
picotop history export --format openmetrics -o house.om`,
		Args: cobra.NoArgs,
		RunE: do(func(ctx context.Context, dir string, _ []string) error {
			v, err := history.OpenView(dir)
			if err != nil {
				return err
			}
			defer v.Close()
			sel := history.Selection{}
			if since > 0 {
				sel.Since = time.Now().Add(-time.Duration(since))
			}
			if sensor != "" {
				if sel.Sensor, err = v.Sensor(ctx, sensor); err != nil {
					return stopped(ctx, err)
				}
			}
			bar := newBar(s, "exporting", file == "")
			n := uint64(0)
			err = writeWhole(file, s.Out, func(w io.Writer) error {
				n, err = v.Export(ctx, w, history.Format(form), sel, bar.show)
				return err
			})
			bar.done()
			if err == nil && file != "" {
				fmt.Fprintf(s.Err, "picotop: %s to %s\n", format.Count(n, "reading"), file)
			}
			return stopped(ctx, err)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&since, "since", "how far back, such as 30d; all by default")
	f.StringVar(&sensor, "sensor", "", "one sensor only, by name or ROM code")
	f.Var(&form, "format", "csv, or openmetrics")
	f.StringVarP(&file, "output", "o", "", "file to write, instead of the screen")
	return cmd
}

func importCommand(s Streams, do doer) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Take in what export wrote as openmetrics, or promtool tsdb dump",
		Args:  cobra.ExactArgs(1),
		RunE: do(func(ctx context.Context, dir string, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			bar := newBar(s, "importing", false)
			counted := io.Reader(f)
			if info, err := f.Stat(); err == nil && info.Size() > 0 {
				counted = &countingReader{Reader: f, of: info.Size(), show: bar.show}
			}
			done, err := history.Import(ctx, history.Config{Dir: dir, Built: host.Built()}, counted)
			bar.done()
			if err != nil {
				return stopped(ctx, busy(fmt.Errorf("importing %s: %w", args[0], err)))
			}
			fmt.Fprintf(s.Out, "%s taken in", format.Count(done.Samples, "reading"))
			if done.Samples > 0 {
				fmt.Fprintf(s.Out, ", from %s to %s", minute(done.Oldest), minute(done.Newest))
			}
			fmt.Fprintln(s.Out)
			if done.Refused > 0 {
				fmt.Fprintf(s.Out, "%s left out: out of order, in the future, or no temperature\n", format.Count(done.Refused, "reading"))
			}
			if done.Others > 0 {
				fmt.Fprintf(s.Out, "%d lines of other metrics left out\n", done.Others)
			}
			if old := time.Now().Add(-history.DefaultRetention); done.Samples > 0 && done.Oldest.Before(old) {
				fmt.Fprintf(s.Out, "what is older than 5 years is deleted again, unless picotop runs with a longer --retention\n")
			}
			return nil
		}),
	}
}

func mergeCommand(s Streams, do doer) *cobra.Command {
	only := false
	cmd := &cobra.Command{
		Use:   "merge OLD NEW",
		Short: "Give the history of a replaced sensor to its successor",
		Long: `Give the history of a sensor that was replaced to its successor. OLD and NEW
are ROM codes or names. Afterwards OLD is gone, and NEW has the readings of
both.`,
		Args: cobra.ExactArgs(2),
		RunE: do(func(ctx context.Context, dir string, args []string) error {
			codes, err := romCodes(ctx, dir, args)
			if err != nil {
				return stopped(ctx, err)
			}
			if codes[0] == codes[1] {
				return fmt.Errorf("%s and %s are one sensor", args[0], args[1])
			}
			agree := func(m history.MergePlan) error {
				fmt.Fprintf(s.Out, "%s of %s become those of %s\n", format.Count(m.Old.Samples, "reading"), sensorLine(m.Old), sensorLine(m.New))
				if only {
					return errOnlySaying
				}
				return nil
			}
			n, err := history.MergeSensors(ctx, history.Config{Dir: dir, Built: host.Built()}, codes[0], codes[1], agree)
			if errors.Is(err, errOnlySaying) {
				return nil
			}
			if err != nil {
				return stopped(ctx, busy(err))
			}
			fmt.Fprintf(s.Out, "done: %s moved\n", format.Count(n, "reading"))
			return nil
		}),
	}
	cmd.Flags().BoolVar(&only, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

var errOnlySaying = errors.New("only asked")

// romCodes finds sensors by ROM code or name.
func romCodes(ctx context.Context, dir string, names []string) (codes []string, err error) {
	v, err := history.OpenView(dir)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	for _, name := range names {
		code, err := v.Sensor(ctx, name)
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// busy tells of a picotop that runs how to stop it.
func busy(err error) error {
	if e, ok := errors.AsType[*history.InUseError](err); ok {
		return &busyError{e}
	}
	return err
}

type busyError struct{ error }

func (e *busyError) Unwrap() error { return e.error }

func (*busyError) hint() string { return "stop it first: sudo systemctl stop picotop" }

// stopped says so if an error is because the user wanted no more.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("stopped; nothing is changed")
	}
	return err
}
