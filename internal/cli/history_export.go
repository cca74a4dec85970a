package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// exportCommand returns the command that writes readings.
func exportCommand(p Program, data *dataFlag) *cobra.Command {
	var (
		since  sinceValue
		layout = formatValue(history.CSV)
		cfg    app.ExportConfig
		from   fromFlags
	)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write readings for a spreadsheet, or for Prometheus",
		Example: `# a month of one sensor, for a spreadsheet
picotop history export --since 30d --sensor Loft -o loft.csv

# all of it, for picotop on another machine, or Prometheus
picotop history export --format openmetrics -o house.om

# what a Prometheus keeps of it
picotop history export --from http://prometheus:9090 --since 1y -o house.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := from.check(); err != nil {
				return err
			}
			if since > 0 {
				cfg.Since = time.Now().Add(-time.Duration(since))
			}
			bar := newProgressBar(p, "exporting", cfg.File == "" || cfg.File == app.Stdio)
			cfg.Format, cfg.Out, cfg.Progress = history.Format(layout), p.Out, bar.show
			var n uint64
			if from.url != "" {
				var source app.Config
				if err := from.apply(&source, os.Getenv); err != nil {
					return err
				}
				n, err = app.ExportEngine(cmd.Context(), source, cfg)
			} else if cfg.Data, err = data.dir(); err == nil {
				n, err = app.ExportHistory(cmd.Context(), cfg)
			}
			bar.remove()
			if err == nil && cfg.File != "" && cfg.File != app.Stdio {
				fmt.Fprintf(p.Err, "picotop: %s to %s\n", format.Count(n, "reading"), cfg.File)
			}
			return stopped(cmd.Context(), err)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&since, "since", "how far back, such as 30d; all by default")
	f.StringVar(&cfg.Sensor, "sensor", "", "one sensor only, by name or ROM code")
	f.Var(&layout, "format", "csv, or openmetrics")
	f.StringVarP(&cfg.File, "output", "o", "", "file to write, instead of the screen")
	f.BoolVar(&cfg.Force, "force", false, "overwrite the file if it exists")
	from.add(f)
	f.Lookup("from").Usage = "read what a Prometheus keeps, by its URL"
	return cmd
}

// formatValue is a format of exported readings.
type formatValue history.Format

func (v *formatValue) String() string { return string(*v) }

func (v *formatValue) Type() string { return "format" }

func (v *formatValue) Set(s string) error {
	for _, f := range history.Formats() {
		if string(f) == strings.ToLower(s) {
			*v = formatValue(f)
			return nil
		}
	}
	return &badValue{why: "the formats are csv and openmetrics"}
}
