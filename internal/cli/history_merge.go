package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// mergeCommand returns the command that gives a sensor's history to another one.
func mergeCommand(p Program, data *dataFlag) *cobra.Command {
	dryRun := false
	cmd := &cobra.Command{
		Use:   "merge OLD NEW",
		Short: "Give the history of a replaced sensor to its successor",
		Long: `Give the history of a sensor that was replaced to its successor. OLD and NEW
are ROM codes or names. Afterwards OLD is gone, and NEW has the readings of
both.`,
		Args: namedArgs("picotop history merge OldLoft Loft", "the old sensor", "the new one"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := data.dir()
			if err != nil {
				return err
			}
			var plan history.MergePlan
			agree := func(m history.MergePlan) error {
				plan = m
				fmt.Fprintf(p.Out, "%s of %s become those of %s\n", format.Count(m.Old.Samples, "reading"), sensorLine(m.Old), sensorLine(m.New))
				if dryRun {
					writeMerged(p.Out, "would be moved", m)
					return errDryRun
				}
				return nil
			}
			_, err = app.MergeHistory(cmd.Context(), dir, args[0], args[1], agree)
			if errors.Is(err, errDryRun) {
				return nil
			}
			if err != nil {
				return changeError(cmd.Context(), err)
			}
			fmt.Fprint(p.Out, "done: ")
			writeMerged(p.Out, "moved", plan)
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

// writeMerged tells what becomes of the readings of a sensor that is merged.
func writeMerged(w io.Writer, moved string, m history.MergePlan) {
	fmt.Fprintf(w, "%s %s", format.Count(m.Moved, "reading"), moved)
	if m.Already > 0 {
		fmt.Fprintf(w, ", %d were there already", m.Already)
	}
	if m.Differing > 0 {
		fmt.Fprintf(w, ", %d differed (those of the new sensor stay)", m.Differing)
	}
	fmt.Fprintln(w)
}

// errDryRun ends a command that was only to say what it would do.
var errDryRun = errors.New("only asked")
