package housepage

import (
	"fmt"
	"io"
	"text/tabwriter"

	"picotop/house"
	"picotop/internal/format"
)

// writeTable writes the house as text: a line for each sensor, then the warnings.
func writeTable(w io.Writer, state house.State) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LOW\tNOW\tHIGH\tSENSOR\tHEARD") // what it writes to fails at Flush
	for _, s := range state.Sensors {
		if s.Hidden {
			continue
		}
		now := "-"
		if s.Valid {
			now = format.Celsius(s.Celsius) + arrow(s).Sign
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", extreme(s.Low), now, extreme(s.High), s.Label(), heard(s, state.At))
	}
	_ = table.Flush() // nobody is listening
	for _, line := range warnings(state) {
		fmt.Fprintln(w, line.Text)
	}
}
