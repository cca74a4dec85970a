package history

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	const end = "# EOF\n"
	taken := func(n uint64, more Imported) Imported {
		more.Samples, more.Oldest, more.Newest = n, noon, noon
		for _, l := range more.LeftOut {
			more.Refused += l.Count
		}
		return more
	}
	at := func(seconds int, celsius string) string {
		return fmt.Sprintf("temperature{sensor=\"28ff01\"} %s %d\n", celsius, noon.Unix()+int64(seconds))
	}
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
			want: taken(1, Imported{}),
		},
		"the text format of Prometheus, in milliseconds": {
			text: `temperature{friendly_name="Tank",instance="pi:8000",job="t",sensor_name="Tank"} 20 1768478400000` + "\n",
			want: taken(1, Imported{}),
		},
		"in nanoseconds": {
			text: `temperature{sensor="28ff01"} 20 1768478400000000000` + "\n",
			want: taken(1, Imported{}),
		},
		"a BOM, and lines of Windows": {
			text: "\ufeff" + strings.TrimSuffix(good, "\n") + "\r\n# EOF\r\n",
			want: taken(1, Imported{}),
		},
		"its end without a line end": {text: good + "# EOF", want: taken(1, Imported{})},
		"two files in a row":         {text: good + end + strings.ReplaceAll(good, "28ff01", "28ff02") + end, want: taken(2, Imported{})},
		"other metrics": {
			text: "# comment\n\n" + good + `up{job="x"} 1 1768478400` + "\nup 1 1768478400\n# EOF\n",
			want: taken(1, Imported{Others: 2}),
		},
		"the future, and no number": {
			text: good + strings.Replace(good, "1768478400", "1968478400", 1) + strings.Replace(good, " 5 ", " NaN ", 1) + end,
			want: taken(1, Imported{LeftOut: []LeftOut{{InFuture, 1, 2}, {NoNumber, 1, 3}}}),
		},
		"what no sensor measures": {
			text: at(-4, "-127") + at(-3, "4083") + at(-2, "1e30") + at(-1, "125.01") + at(0, "125") + end,
			want: taken(1, Imported{LeftOut: []LeftOut{{OutOfRange, 4, 1}}}),
		},
		"out of order, and again": {
			text: good + strings.Replace(good, "8400", "8399", 1) + good + end,
			want: taken(1, Imported{LeftOut: []LeftOut{{OutOfOrder, 1, 2}, {Repeated, 1, 3}}}),
		},
		"a time that lost a digit": {
			text: strings.Replace(good, "1768478400.000", "176847840", 1) + good + end,
			want: taken(1, Imported{LeftOut: []LeftOut{{TooEarly, 1, 1}}}),
		},
		"cut in a time": {
			text: good + `temperature{sensor="28ff02"} 5 17684784`,
			want: taken(1, Imported{CutShort: true}),
		},
		"cut in labels":                   {text: good + `temperature{sensor="x`, want: taken(1, Imported{CutShort: true})},
		"cut at a line":                   {text: good, want: taken(1, Imported{CutShort: true})},
		"a dump cut in a line":            {text: `{__name__="temperature",sensor="28ff01"} 5 1768478400000` + "\n{__na", want: taken(1, Imported{CutShort: true})},
		"one spelling after another":      {text: good + strings.ReplaceAll(good, "28ff01", oneCode) + strings.ReplaceAll(strings.Replace(good, "8400", "8399", 1), "28ff01", strings.ToUpper(oneCode)) + end, want: Imported{Samples: 3, Oldest: noon.Add(-time.Second), Newest: noon}},
		"no text":                         {text: "", err: "nothing is taken in: it seems to be empty"},
		"nothing but an end":              {text: "# TYPE temperature gauge\n# EOF\n", err: "nothing is taken in: it seems to be empty"},
		"less than a line":                {text: `temperature{sensor="x"} 5 1`, err: "nothing is taken in: it seems to be cut short in its first line"},
		"no time":                         {text: good + "temperature{sensor=\"x\"} 5\n", err: "line 2: it has no value and time"},
		"labels that do not end":          {text: good + good + "temperature{sensor=\"x\n" + end, err: "line 3: a label does not end"},
		"no sensor":                       {text: good + "temperature{} 5 1\n", err: "line 2: it names no sensor"},
		"no number for time":              {text: good + "temperature{sensor=\"x\"} 5 noon\n", err: `line 2: its time "noon" is no number`},
		"a line without end":              {text: good + strings.Repeat("x", maxLine+1) + "\n", err: "line 2: it is longer than 65536 bytes"},
		"all of it in the future":         {text: strings.Replace(good, "17", "19", 1) + end, err: "nothing is taken in: it seems to be readings of which none can be taken in"},
		"a page /metrics":                 {text: "# TYPE temperature gauge\ntemperature{sensor=\"28ff01\"} 5\n", err: "nothing is taken in: it seems to be a page /metrics: it says what is now, without times"},
		"metrics of a machine":            {text: "node_load1 0.5 1768478400\n# EOF\n", err: "nothing is taken in: it seems to be metrics of something else"},
		"a letter":                        {text: "Dear all\nhow are you\n", err: "nothing is taken in: it seems to be some other text"},
		"a web page":                      {text: "<!DOCTYPE html><p>Sign in</p>\n", err: "nothing is taken in: it seems to be a web page"},
		"an answer of an API":             {text: `{"status":"success"}`, err: "nothing is taken in: it seems to be JSON"},
		"a zip archive":                   {text: "PK\x03\x04xxxx", err: "nothing is taken in: it seems to be compressed, and not with gzip"},
		"a capture":                       {text: "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", err: "nothing is taken in: it seems to be a capture of packets"},
		"UTF-16":                          {text: "\xff\xfet\x00", err: "nothing is taken in: it seems to be text in UTF-16"},
		"bytes":                           {text: "abc\x00\x01", err: "nothing is taken in: it seems to be no text"},
		"a table of something else":       {text: "date,price\n1,2\n", err: "nothing is taken in: it seems to be a table with other columns"},
		"a table of another language":     {text: "time;sensor;sensor_name;friendly_name;celsius\n", err: "nothing is taken in: it seems to be a table with semicolons, as some spreadsheets write it"},
		"a table with a header only":      {text: "time,sensor,sensor_name,friendly_name,celsius\n", err: "nothing is taken in: it seems to be empty"},
		"a table with a time that is odd": {text: "time,sensor,celsius\nnoon,x,5\n", err: `line 2: its time "noon" is none`},
		"a table": {
			text: "time,sensor,sensor_name,friendly_name,celsius\n2026-01-15T12:00:00.000Z,28ff01,A,\"B\nC\",5\n2026-01-15T12:00:00Z,28ff02,A,B,-127\n",
			want: taken(1, Imported{LeftOut: []LeftOut{{OutOfRange, 1, 4}}}),
		},
		"a table cut in a line":  {text: "time,sensor,celsius\n2026-01-15T12:00:00Z,28ff01,5\n2026-01-15T12:00:00Z,28f", want: taken(1, Imported{CutShort: true})},
		"a table cut in a quote": {text: "time,sensor,celsius\n2026-01-15T12:00:00Z,28ff01,5\n2026-01-15T12:00:00Z,\"28f\n", want: taken(1, Imported{CutShort: true})},
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
	t.Run("what a sensor says that could not measure", func(t *testing.T) {
		var text strings.Builder
		for i, v := range []string{"20", "20.0625", "85", "20.125", "0", "0.0625", "85", "85"} {
			text.WriteString(at(i-10, v))
		}
		done, err := Import(t.Context(), Config{Dir: t.TempDir(), Now: fixedNow}, strings.NewReader(text.String()+end))
		if err != nil || done.Samples != 8 || done.Lone != 1 || done.LoneLine != 3 {
			t.Errorf("%+v, %v", done, err)
		}
	})
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
	if _, err := Import(context.Background(), Config{Dir: dir, Now: fixedNow}, strings.NewReader("temperature{sensor=\"x\"} 5 1768478400\n")); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("find", dir, "!", "-user", fmt.Sprint(service)).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("not the service's: %s (%v)", out, err)
	}
}

func TestImportUnpacks(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for i := range 5000 {
		fmt.Fprintf(w, "temperature{sensor=\"28ff01\"} %v %d\n", float64(i%97)/16, noon.Unix()-10_000+int64(i))
	}
	fmt.Fprintln(w, "# EOF")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := Import(t.Context(), Config{Dir: t.TempDir(), Now: fixedNow}, bytes.NewReader(packed.Bytes()))
	if err != nil || done.Samples != 5000 || done.CutShort {
		t.Errorf("%+v, %v", done, err)
	}
	done, err = Import(t.Context(), Config{Dir: t.TempDir(), Now: fixedNow}, bytes.NewReader(packed.Bytes()[:packed.Len()/2]))
	if err != nil || done.Samples == 0 || done.Samples == 5000 || !done.CutShort {
		t.Errorf("cut: %+v, %v", done, err)
	}
	spoilt := bytes.Clone(packed.Bytes())
	spoilt[len(spoilt)-6] ^= 1
	if _, err := Import(t.Context(), Config{Dir: t.TempDir(), Now: fixedNow}, bytes.NewReader(spoilt)); !errors.Is(err, gzip.ErrChecksum) {
		t.Errorf("damaged: %v", err)
	}
}

func TestATableIsImportedAsItWasExported(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i, name := range []string{"=1+1", "+A", "-A", "@A", "\tA", "\rA", "'=A", "''A", "'A", `"`, "a,b", "a\nb", " A ", "'", "="} {
		s.Append(Sample{Sensor: fmt.Sprintf("-%02d", i), SensorName: name, FriendlyName: name, At: noon.Add(-time.Hour), Celsius: -5})
	}
	want := replay(t, s, noon.Add(-2*time.Hour))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text := export(t, dir, CSV, Selection{})
	again := t.TempDir()
	if _, err := Import(t.Context(), Config{Dir: again, Now: fixedNow}, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(replay(t, open(t, again), noon.Add(-2*time.Hour)), want, sameTime); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func FuzzEscapeCell(f *testing.F) {
	f.Add("'=1")
	f.Add("=cmd|'/C calc'!A0")
	f.Fuzz(func(t *testing.T, text string) {
		cell := escapeCell(text)
		if got := unescapeCell(cell); got != text {
			t.Errorf("%q was written as %q, and read as %q", text, cell, got)
		}
		if cell != "" && strings.Contains(cellTriggers, cell[:1]) {
			t.Errorf("%q is written as %q, a formula", text, cell)
		}
	})
}

func FuzzImport(f *testing.F) {
	f.Add("temperature{sensor=\"28ff01\"} 5 1768478400\n# EOF\n")
	f.Add("time,sensor,celsius\n2026-01-15T12:00:00Z,28ff01,5\n")
	f.Fuzz(func(t *testing.T, text string) {
		source, err := openSource(strings.NewReader(text))
		if err != nil {
			return
		}
		w, err := newBlockWriter(t.TempDir(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.close() }()
		im := newImporter(w, noon)
		err = im.read(t.Context(), source)
		if err == nil && im.done.Samples == 0 {
			t.Errorf("%q: nothing was taken in, and no error", text)
		}
		if lines := uint64(strings.Count(text, "\n") + 1); im.done.Samples+im.done.Refused+im.done.Others > lines {
			t.Errorf("%q: %+v of %d lines", text, im.done, lines)
		}
		if im.done.Samples > 0 && (im.done.Oldest.UnixMilli() < earliest || im.done.Newest.After(noon)) {
			t.Errorf("%q: %+v", text, im.done)
		}
	})
}
