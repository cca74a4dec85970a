package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// infoCommand returns the command that says what is in the history.
func infoCommand(p Program, data *dataFlag) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say what is in the history, and whether it is sound",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			place, err := data.dir()
			if err != nil {
				return err
			}
			dir, info, err := app.HistoryInfo(cmd.Context(), place)
			if err != nil {
				return stopped(cmd.Context(), err)
			}
			return writeInfo(p.Out, dir, info)
		},
	}
}

// writeInfo tells what is in a history.
func writeInfo(to io.Writer, dir string, info history.Info) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "place\t%s\n", dir)
	fmt.Fprintf(w, "size\t%s%s\n", format.Bytes(info.Bytes), perDay(info))
	if info.Samples > 0 {
		fmt.Fprintf(w, "span\t%s to %s (%.1f days)\n", minute(info.Oldest), minute(info.Newest), days(info))
		fmt.Fprintf(w, "readings\t%d of %d sensors, in %d series\n", info.Samples, len(info.Sensors), info.Series)
	} else if len(info.Damaged) == 0 {
		fmt.Fprintf(w, "readings\tnone\n")
	}
	if len(info.Damaged) == 0 {
		fmt.Fprintf(w, "damage\tnone\n")
	}
	for _, d := range info.Damaged {
		fmt.Fprintf(w, "damage\t%s\n", d)
	}
	if len(info.Damaged) > 0 {
		fmt.Fprintf(w, "\tstart picotop: it moves what is damaged aside, and goes on with the rest\n")
	}
	if len(info.Quarantine) > 0 {
		fmt.Fprintf(w, "set aside\t%s; picotop never reads or deletes it:\n", format.Bytes(info.QuarantineBytes))
		for _, name := range info.Quarantine {
			fmt.Fprintf(w, "\t%s\n", name)
		}
	}
	if len(info.Sensors) == 0 {
		return w.Flush()
	}
	fmt.Fprintf(w, "\nsensor\tname\treadings\tfirst\tlast\n")
	for _, s := range info.Sensors {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", s.Sensor, strings.Join(s.Names, ", "), s.Samples, minute(s.Oldest), minute(s.Newest))
	}
	if gone := longSilent(info); len(gone) > 0 {
		fmt.Fprintf(w, "\nsilent for a week while others spoke: %s\n", strings.Join(gone, ", "))
		fmt.Fprintf(w, "if one is gone for good: picotop history forget %s\n", gone[0])
	}
	return w.Flush()
}

// goneAfter is how long a sensor is silent before somebody may want to forget it.
const goneAfter = 7 * 24 * time.Hour

// longSilent lists by their codes the sensors that have long been silent.
func longSilent(info history.Info) []string {
	var codes []string
	for _, s := range info.Sensors {
		if s.Newest.Before(info.Newest.Add(-goneAfter)) {
			codes = append(codes, format.ShellQuote(s.Sensor))
		}
	}
	return codes
}

func days(info history.Info) float64 { return info.Newest.Sub(info.Oldest).Hours() / 24 }

// perDay is what a day takes, once there are enough to say.
func perDay(info history.Info) string {
	if days(info) < 1 {
		return ""
	}
	return fmt.Sprintf(", %s a day", format.Bytes(int64(float64(info.Bytes)/days(info))))
}

func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// sensorLine names a sensor as people and picotop know it.
func sensorLine(s history.SensorInfo) string {
	return fmt.Sprintf("%s (%s, %s to %s)", s.Sensor, strings.Join(s.Names, ", "), minute(s.Oldest), minute(s.Newest))
}
