package history

import (
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

func TestExportImportRoundTrip(t *testing.T) {
	from := t.TempDir()
	writeHalfDay(t, from)
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
			if _, err := os.Stat(filepath.Join(dir, blocksTmpName)); err == nil {
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
