package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// importCommand returns the command that takes readings in.
func importCommand(p Program, data *dataFlag) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Take in what export wrote as openmetrics, or promtool tsdb dump",
		Args:  oneFile("picotop history import house.om"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := data.dir()
			if err != nil {
				return err
			}
			bar := newProgressBar(p, "importing", false)
			done, err := app.ImportHistory(cmd.Context(), dir, args[0], p.In, bar.show)
			bar.remove()
			if err != nil {
				return changeError(cmd.Context(), err)
			}
			writeImported(p, done)
			return nil
		},
	}
}

// writeImported tells what was taken in, and what was not.
func writeImported(p Program, done history.Imported) {
	fmt.Fprintf(p.Out, "%s taken in", format.Count(done.Samples, "reading"))
	if done.Samples > 0 {
		fmt.Fprintf(p.Out, ", from %s to %s", minute(done.Oldest), minute(done.Newest))
	}
	fmt.Fprintln(p.Out)
	if done.Refused > 0 {
		fmt.Fprintf(p.Out, "%s left out: out of order, in the future, or no temperature\n", format.Count(done.Refused, "reading"))
	}
	if done.Others > 0 {
		fmt.Fprintf(p.Out, "%d lines of other metrics left out\n", done.Others)
	}
	if old := time.Now().Add(-history.DefaultRetention); done.Samples > 0 && done.Oldest.Before(old) {
		fmt.Fprintf(p.Out, "what is older than 5 years is deleted again, unless picotop runs with a longer --retention\n")
	}
}
