package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

func TestExportImportRoundTrip(t *testing.T) {
	from := t.TempDir()
	halfDay(t, from)
	want := export(t, from, OpenMetrics, Selection{})
	late := func() time.Time { return noon.Add(400 * 24 * time.Hour) }

	for name, prepare := range map[string]func(dir string){
		"into nothing": func(string) {},
		"beside newer samples, far beyond what may come late": func(dir string) {
			s, err := Open(Config{Dir: dir, Now: late})
			if err != nil {
				t.Fatal(err)
			}
			s.Append(sample("28ff01", late().Add(-time.Hour), 7))
			s.Append(sample("28ff01", late().Add(-3*time.Hour+time.Minute), 7)) // late
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(dir)
			had := 0
			if entries, _ := os.ReadDir(dir); len(entries) > 0 {
				had = 2
			}
			for range 2 { // the second time changes nothing
				done, err := Import(context.Background(), Config{Dir: dir, Now: late}, strings.NewReader(want))
				if err != nil || done.Samples != 4320 || done.Refused != 0 {
					t.Fatalf("%+v, %v", done, err)
				}
			}
			s, err := Open(Config{Dir: dir, Now: late})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := len(replay(t, s, noon)); got != 4320+had {
				t.Errorf("%d samples, want %d", got, 4320+had)
			}
			if err := s.db.Compact(context.Background()); err != nil {
				t.Error(err)
			}
			s.Append(sample("28ff01", late(), 8))
			s.save()
			if got := len(replay(t, s, noon)); got != 4321+had {
				t.Errorf("%d samples after going on, want %d", got, 4321+had)
			}
			if had > 0 {
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			got := export(t, dir, OpenMetrics, Selection{})
			if got := strings.Count(got, "\n"); got != strings.Count(want, "\n")+1 {
				t.Errorf("%d lines exported again", got)
			}
		})
	}
}

func TestImportTakesAllOrNothing(t *testing.T) {
	const good = `temperature{friendly_name="Cold Tank",sensor="28ff01",sensor_name="ColdTank"} 5 1768478400.000` + "\n"
	tests := map[string]struct {
		text string
		want Imported
		err  string
	}{
		"promtool tsdb dump": {
			text: `{__name__="temperature", friendly_name="Cold Tank", sensor="28ff01", sensor_name="ColdTank"} 5.5 1768478399123` + "\n",
			want: Imported{Samples: 1, Oldest: noon.Add(-877 * time.Millisecond), Newest: noon.Add(-877 * time.Millisecond)},
		},
		"the older exporter, from Prometheus": {
			text: `{__name__="temperature", friendly_name="Loft", instance="pi:8000", sensor_name="Loft"} 5.5 1768478400000` + "\n",
			want: Imported{Samples: 1, Oldest: noon, Newest: noon},
		},
		"other metrics": {
			text: "# comment\n\n" + good + `up{job="x"} 1 1768478400` + "\nup 1 1768478400\n# EOF\n",
			want: Imported{Samples: 1, Others: 2, Oldest: noon, Newest: noon},
		},
		"the future, and no number": {
			text: good + strings.Replace(good, "1768478400", "1968478400", 1) + strings.Replace(good, " 5 ", " NaN ", 1),
			want: Imported{Samples: 1, Refused: 2, Oldest: noon, Newest: noon},
		},
		"out of order":       {text: good + strings.Replace(good, "8400", "8399", 1), want: Imported{Samples: 1, Refused: 1, Oldest: noon, Newest: noon}},
		"no text":            {text: ""},
		"no time":            {text: good + "temperature{sensor=\"x\"} 5\n", err: "line 2: it has no value and time"},
		"labels cut off":     {text: good + good + `temperature{sensor="x`, err: "line 3: a label does not end"},
		"no sensor":          {text: good + `temperature{} 5 1`, err: "line 2: it names no sensor"},
		"no number for time": {text: good + `temperature{sensor="x"} 5 noon`, err: `line 2: its time "noon" is no number`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			got, err := Import(context.Background(), Config{Dir: dir, Now: fixedNow}, strings.NewReader(tt.text))
			if text := fmt.Sprint(err); err != nil && text != tt.err || err == nil && tt.err != "" {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if d := cmp.Diff(got, tt.want, sameTime); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
			s := open(t, dir)
			if got := len(replay(t, s, noon.Add(-1e6*time.Second))); got != int(tt.want.Samples) {
				t.Errorf("%d samples are stored, want %d", got, tt.want.Samples)
			}
			if _, err := os.Stat(filepath.Join(dir, blocksName)); err == nil {
				t.Error("it left something behind")
			}
		})
	}
	t.Run("stopped", func(t *testing.T) {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Import(ctx, Config{Dir: dir, Now: fixedNow}, strings.NewReader(good)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got := len(replay(t, open(t, dir), noon)); got != 0 {
			t.Errorf("%d samples are stored", got)
		}
	})
}

func FuzzParseLine(f *testing.F) {
	f.Add(`temperature{friendly_name="Cold Tank",sensor="28ff01",sensor_name="ColdTank"} 5 1768478400.000`)
	f.Add(`{__name__="temperature", sensor="28ff01"} 5.5 1768478400123`)
	f.Fuzz(func(t *testing.T, line string) {
		p, err := parseLine(line)
		if err != nil && p.series != nil {
			t.Errorf("parseLine(%q) = %+v, %v: a sample and an error", line, p, err)
		}
		if p.series == nil {
			return
		}
		// What is written is read back.
		var out bytes.Buffer
		w := newSampleWriter(&out, OpenMetrics)
		if err := errors.Join(w.write(p), w.close()); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(p.series.friendlyName+p.series.sensor+p.series.sensorName, "\n") {
			return
		}
		again, err := parseLine(strings.Split(out.String(), "\n")[2])
		near := p.at > -1<<50 && p.at < 1<<50 // beyond, a float has no milliseconds
		if err != nil || near && again.at != p.at || again.series.sensor != p.series.sensor {
			t.Errorf("%+v was written as %s, and read as %+v, %v", p, out.String(), again, err)
		}
	})
}

func TestMergeSensors(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	successor := Sample{Sensor: "28ff02", SensorName: "Attic", FriendlyName: "Attic", At: noon.Add(time.Hour), Celsius: 6}
	renamed := sample("28ff01", noon.Add(time.Minute), 5)
	renamed.SensorName = "Loft"
	for _, p := range []Sample{sample("28ff01", noon, 4), renamed, sample("28ff01", noon.Add(2*time.Minute), 4.5), sample("28ff03", noon, 9), successor} {
		s.Append(p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: dir, Now: fixedNow}
	ctx := context.Background()

	if _, err := MergeSensors(ctx, cfg, "28ff09", "28ff02", func(Merger) error { return nil }); err == nil ||
		err.Error() != `the history has no sensor "28ff09"` {
		t.Errorf("an unknown sensor: %v", err)
	}
	no := errors.New("no")
	if _, err := MergeSensors(ctx, cfg, "28ff01", "28ff02", func(Merger) error { return no }); !errors.Is(err, no) {
		t.Errorf("refused: %v", err)
	}
	var asked Merger
	n, err := MergeSensors(ctx, cfg, "28ff01", "28ff02", func(m Merger) error { asked = m; return nil })
	if err != nil || n != 3 || asked.Old.Samples != 3 || asked.New.Samples != 1 {
		t.Fatalf("%d samples, %v; asked %+v", n, err, asked)
	}
	s = open(t, dir)
	var want []Sample
	for _, p := range []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(time.Minute), 5), sample("28ff01", noon.Add(2*time.Minute), 4.5)} {
		p.Sensor, p.SensorName, p.FriendlyName = "28ff02", "Attic", "Attic"
		want = append(want, p)
	}
	want = append([]Sample{want[0], sample("28ff03", noon, 9)}, append(want[1:], successor)...)
	if d := cmp.Diff(replay(t, s, noon), want, sameTime); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func TestImportByRootLeavesFilesToTheService(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may give files away")
	}
	dir := t.TempDir()
	const service = 12345
	if err := os.Chown(dir, service, service); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(context.Background(), Config{Dir: dir, Now: fixedNow}, strings.NewReader(`temperature{sensor="x"} 5 1768478400`)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("find", dir, "!", "-user", fmt.Sprint(service)).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("not the service's: %s (%v)", out, err)
	}
}

func TestInfo(t *testing.T) {
	if _, err := OpenView(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "there is no history in ") {
		t.Errorf("an empty directory: %v", err)
	}
	dir := t.TempDir()
	halfDay(t, dir)
	look := func() Info {
		v, err := OpenView(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		info, err := v.Info(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	info := look()
	last := noon.Add(12*time.Hour - 30*time.Second)
	if info.Samples != 4320 || info.Series != 3 || len(info.Sensors) != 3 || !info.Oldest.Equal(noon) || !info.Newest.Equal(last) || info.Bytes == 0 || info.Damaged != nil {
		t.Errorf("%+v", info)
	}
	remove(t, filepath.Join(blocks(t, dir)[0], "index"))
	if info := look(); len(info.Damaged) != 1 {
		t.Errorf("damaged: %+v", info)
	}
	open(t, dir)
	if info := look(); info.Damaged != nil || len(info.Quarantine) != 1 || info.Aside == 0 {
		t.Errorf("set aside: %+v", info)
	}
}

func TestPromtoolTakesWhatIsExported(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	dir := t.TempDir()
	halfDay(t, filepath.Join(dir, "history"))
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
