package history

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func export(tb testing.TB, dir string, f Format, sel Selection) string {
	tb.Helper()
	v, err := OpenView(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := v.Export(context.Background(), &out, f, sel, nil); err != nil {
		tb.Fatal(err)
	}
	if err := v.Close(); err != nil {
		tb.Error(err)
	}
	return out.String()
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	odd := Sample{Sensor: "28ff02", SensorName: `"A\B"`, FriendlyName: "line\nbreak, comma", At: noon.Add(1500 * time.Millisecond), Celsius: -0.0625}
	for _, p := range []Sample{sample("28ff01", noon, 4.5), odd, sample("28ff01", noon.Add(time.Hour), 5)} {
		s.Append(p)
	}
	s.save()
	tests := map[string]struct {
		format Format
		sel    Selection
		want   string
	}{
		"a spreadsheet": {
			format: CSV,
			want: `time,sensor,sensor_name,friendly_name,celsius
2026-01-15T12:00:00.000Z,28ff01,ColdTank,Cold Tank,4.5
2026-01-15T13:00:00.000Z,28ff01,ColdTank,Cold Tank,5
2026-01-15T12:00:01.500Z,28ff02,"""A\B""","line
break, comma",-0.0625
`,
		},
		"for Prometheus, one sensor, lately": {
			format: OpenMetrics, sel: Selection{Since: noon.Add(time.Minute), Sensor: "28ff01"},
			want: `# HELP temperature Temperature in degrees Celsius.
# TYPE temperature gauge
temperature{friendly_name="Cold Tank",sensor="28ff01",sensor_name="ColdTank"} 5 1768482000.000
# EOF
`,
		},
		"for Prometheus, odd names": {
			format: OpenMetrics, sel: Selection{Sensor: "28ff02"},
			want: `# HELP temperature Temperature in degrees Celsius.
# TYPE temperature gauge
temperature{friendly_name="line\nbreak, comma",sensor="28ff02",sensor_name="\"A\\B\""} -0.0625 1768478401.500
# EOF
`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(export(t, dir, tt.format, tt.sel), tt.want); d != "" { // beside the open store
				t.Errorf("(-got +want):\n%s", d)
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp_*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestPromtoolTakesWhatIsExported(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	dir := t.TempDir()
	writeHalfDay(t, filepath.Join(dir, "history"))
	file := write(t, filepath.Join(dir, "house.om"), export(t, filepath.Join(dir, "history"), OpenMetrics, Selection{}))
	made := filepath.Join(dir, "made")
	if out, err := exec.Command(promtool, "tsdb", "create-blocks-from", "openmetrics", file, made).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Mkdir(filepath.Join(made, walName), 0o750); err != nil { // dump asks for it
		t.Fatal(err)
	}
	tool := exec.Command(promtool, "tsdb", "dump", made)
	var stderr bytes.Buffer
	tool.Stderr = &stderr
	dump, err := tool.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	done, err := Import(context.Background(), Config{Dir: filepath.Join(dir, "again"), Now: func() time.Time { return noon.Add(48 * time.Hour) }}, bytes.NewReader(dump))
	if err != nil || done.Samples != 4320 || done.Refused != 0 {
		t.Errorf("what promtool dumps: %+v, %v", done, err)
	}
}
