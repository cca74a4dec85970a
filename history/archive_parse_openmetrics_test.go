package history

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func FuzzParseLine(f *testing.F) {
	f.Add(`temperature{friendly_name="Cold Tank",sensor="28ff01",sensor_name="ColdTank"} 5 1768478400.000`)
	f.Add(`{__name__="temperature", sensor="28ff01"} 5.5 1768478400123`)
	f.Fuzz(func(t *testing.T, line string) {
		p, _, err := parseLine(line)
		if err != nil && p.series != nil {
			t.Errorf("parseLine(%q) = %+v, %v: a sample and an error", line, p, err)
		}
		if p.series == nil {
			return
		}
		// What is written is read back.
		var out bytes.Buffer
		w := newSampleWriter(&out, OpenMetrics, nil)
		if err := errors.Join(w.write(p), w.close()); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(p.series.friendlyName+p.series.sensor+p.series.sensorName, "\n") {
			return
		}
		again, _, err := parseLine(strings.Split(out.String(), "\n")[2])
		near := p.at > -1<<50 && p.at < 1<<50 // beyond, a float has no milliseconds
		if err != nil || near && again.at != p.at || again.series.sensor != p.series.sensor {
			t.Errorf("%+v was written as %s, and read as %+v, %v", p, out.String(), again, err)
		}
	})
}
