package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// importCommand returns the command that takes readings in.
func importCommand(p Program, data *dataFlag) *cobra.Command {
	var (
		from  fromFlags
		since sinceValue
	)
	cmd := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Take in what export wrote, or promtool tsdb dump",
		Long: `Takes readings of a file into the history: what export wrote, as a table or
as openmetrics, what promtool tsdb dump wrote, or the text format of
Prometheus with times. The file may be packed with gzip. What no sensor can
measure is left out, and told. No picotop may run on this history meanwhile.

With --from it takes what a Prometheus, or what answers as one does, keeps of
one house, also of the exporter that came before picotop. To do it again is
harmless: what is there already is not taken in twice.`,
		Example: `# what another picotop wrote
picotop history import house.om

# years that a Prometheus has
picotop history import --from http://prometheus:9090`,
		Args: func(cmd *cobra.Command, args []string) error {
			if from.url != "" {
				return noArgs(cmd, args)
			}
			return oneFile("picotop history import house.om")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := data.dir()
			if err != nil {
				return err
			}
			if err := from.check(); err != nil {
				return err
			}
			if since > 0 && from.url == "" {
				return &usageError{err: errors.New("--since has no use without --from"), try: "picotop history import --from http://prometheus:9090 --since 1y"}
			}
			var source app.Config
			if err := from.apply(&source, os.Getenv); err != nil {
				return err
			}
			bar := newProgressBar(p, "importing", false)
			var done history.Imported
			if from.url != "" {
				done, err = app.ImportEngine(cmd.Context(), source, dir, since.from(time.Now()), bar.show)
			} else {
				done, err = app.ImportHistory(cmd.Context(), dir, args[0], p.In, bar.show)
			}
			bar.remove()
			if nothing, ok := errors.AsType[*history.FileError](err); ok {
				writeLeftOut(p.Err, nothing.Done)
			}
			if err != nil {
				return changeError(cmd.Context(), err)
			}
			writeImported(p, done)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	from.add(f)
	f.Lookup("from").Usage = "take what a Prometheus keeps, by its URL"
	f.Var(&since, "since", "how far back of that, such as 1y; all by default")
	return cmd
}

// writeImported tells what was taken in, and what was not.
func writeImported(p Program, done history.Imported) {
	fmt.Fprintf(p.Out, "%s taken in, from %s to %s\n", format.Count(done.Samples, "reading"), minute(done.Oldest), minute(done.Newest))
	writeLeftOut(p.Out, done)
	if done.Lone > 0 {
		fmt.Fprintf(p.Out, "%s taken in may be no temperature: alone among others, and what a sensor says that could not measure; the first in line %d\n",
			format.Count(done.Lone, "reading"), done.LoneLine)
	}
	if old := time.Now().Add(-history.DefaultRetention); done.Oldest.Before(old) {
		fmt.Fprintln(p.Out, "what is older than 5 years is deleted again, unless picotop runs with a longer --retention")
	}
	if done.CutShort {
		fmt.Fprintln(p.Err, "picotop: warning: the file has no end: it was cut short, and what it still held is missing")
		fmt.Fprintln(p.Err, "picotop: hint: write or copy it again, and import that too: what is there already is not taken in twice")
	}
}

// writeLeftOut tells what was left out, and why.
func writeLeftOut(w io.Writer, done history.Imported) {
	for _, left := range done.LeftOut {
		fmt.Fprintf(w, "%s left out: %s; the first in line %d\n", format.Count(left.Count, "reading"), leftOutBecause[left.Reason], left.Line)
	}
	if done.Others > 0 {
		fmt.Fprintf(w, "%s of other metrics left out\n", format.Count(done.Others, "line"))
	}
}

// leftOutBecause words why a reading was left out.
var leftOutBecause = map[history.ImportReason]string{
	history.OutOfRange: "no temperature that a sensor can measure, -55 to 125 °C",
	history.NoNumber:   "no number",
	history.InFuture:   "in the future",
	history.TooEarly:   "before 2001: its time seems cut short",
	history.OutOfOrder: "a later one of the sensor came before it",
	history.Repeated:   "one of the same time came before it",
}

// importHint leads to a file that can be imported.
func importHint(e *history.FileError) string {
	switch e.Kind {
	case history.EmptyFile, history.CutFile:
		return "write or copy it again; see what is there with: ls -l"
	case history.CompressedFile:
		return "unpack it first, or pack it with gzip"
	case history.CaptureFile:
		return "watch it with: picotop replay"
	case history.DatabaseFile:
		return "have its program write it as text; for a Prometheus: promtool tsdb dump"
	case history.UTF16File:
		return "write it as UTF-8: iconv -f UTF-16 -t UTF-8"
	case history.MetricsPage:
		return "a history is written by: picotop history export --format openmetrics; or by: promtool tsdb dump"
	case history.SemicolonTable:
		return "write it with commas, and with times and numbers as export wrote them"
	case history.OtherTable:
		return "the columns are: time,sensor,sensor_name,friendly_name,celsius; see: picotop history export"
	case history.OtherMetrics:
		return "readings are the lines of: temperature{sensor=\"28ff01\",...} 4.5 1768478400"
	case history.AllLeftOut:
		return "see its lines that are named above"
	}
	return "what can be imported: what picotop history export or promtool tsdb dump wrote"
}
