package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// forgetCommand returns the command that deletes all that is known of a sensor.
func forgetCommand(p Program, data *dataFlag) *cobra.Command {
	dryRun := false
	cmd := &cobra.Command{
		Use:   "forget SENSOR",
		Short: "Delete all that is known of a sensor",
		Long: `Delete all that is known of a sensor that was sold, or that was never there: its
readings, their hourly sums, and which Pico it belonged to. SENSOR is a ROM code
or a name. A sensor that still sends is there again with its next packet.`,
		Example: "picotop history forget Shed --dry-run",
		Args:    namedArgs("picotop history forget Shed --dry-run", "the sensor"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := data.dir()
			if err != nil {
				return err
			}
			forgotten := history.SensorInfo{}
			confirm := func(s history.SensorInfo) error {
				forgotten = s
				if dryRun {
					fmt.Fprintf(p.Out, "%s of %s would be deleted\n", format.Count(s.Samples, "reading"), sensorLine(s))
					return errDryRun
				}
				return nil
			}
			err = app.ForgetSensor(cmd.Context(), dir, args[0], confirm)
			if errors.Is(err, errDryRun) {
				return nil
			}
			if err != nil {
				return changeError(cmd.Context(), err)
			}
			fmt.Fprintf(p.Out, "done: %s of %s deleted\n", format.Count(forgotten.Samples, "reading"), sensorLine(forgotten))
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be deleted, and delete nothing")
	return cmd
}
