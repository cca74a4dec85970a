package cli

import (
	"errors"
	"fmt"

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
			agree := func(m history.MergePlan) error {
				fmt.Fprintf(p.Out, "%s of %s become those of %s\n", format.Count(m.Old.Samples, "reading"), sensorLine(m.Old), sensorLine(m.New))
				if dryRun {
					return errDryRun
				}
				return nil
			}
			n, err := app.MergeHistory(cmd.Context(), dir, args[0], args[1], agree)
			if errors.Is(err, errDryRun) {
				return nil
			}
			if err != nil {
				return changeError(cmd.Context(), err)
			}
			fmt.Fprintf(p.Out, "done: %s moved\n", format.Count(n, "reading"))
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

// errDryRun ends a command that was only to say what it would do.
var errDryRun = errors.New("only asked")
