package history

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
)

// writeSpelt stores a reading of a sensor as earlier versions did: spelt as it
// came.
func writeSpelt(tb testing.TB, s *Store, spelt string, at time.Time, celsius float64) {
	tb.Helper()
	ser := newSeries(sample(spelt, at, celsius))
	if ser.labels.Get(sensorLabel) != spelt {
		tb.Fatalf("%s is stored as %s", spelt, ser.labels)
	}
	app := s.db.Appender(context.Background())
	if _, err := app.Append(0, ser.labels, at.UnixMilli(), celsius); err != nil {
		tb.Fatal(err)
	}
	if err := app.Commit(); err != nil {
		tb.Fatal(err)
	}
}

const oneCode = "28ff641e8fdf18c1"

// oldHistory leaves a history in which one sensor is spelt in three ways, two of
// them in turns, partly in blocks. It has six readings from noon on, an hour apart,
// of 0, 1, 2... degrees.
func oldHistory(tb testing.TB) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	s := open(tb, dir)
	writeSpelt(tb, s, "28ff02", noon, 9)
	for i, spelt := range []string{"28FF641E8FDF18C1", "28-ff641e8fdf18c1", "28FF641E8FDF18C1", oneCode, "28-ff641e8fdf18c1", oneCode} {
		writeSpelt(tb, s, spelt, noon.Add(time.Duration(i)*time.Hour), float64(i))
		if err := s.db.Compact(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	if len(blocks(tb, dir)) == 0 {
		tb.Fatal("no block to read")
	}
	return dir
}

func TestOneCodeInManySpellingsIsOneSensor(t *testing.T) {
	c := &fakeClock{wall: noon.Add(6 * time.Hour)}
	s := mustOpen(t, newWithClock(t, oldHistory(t), c))
	s.Append(sample("28:FF:64:1E:8F:DF:18:C1", c.wall, 6))
	for _, state := range []string{"waiting", "committed"} {
		var want, got []string
		for i := range 7 {
			want = append(want, fmt.Sprintf("temperature %s ColdTank %v %d", oneCode, time.Duration(i)*time.Hour, i))
		}
		for _, selector := range []string{
			`temperature{sensor="28ff641e8fdf18c1"}`, `temperature{sensor="28FF641E8FDF18C1"}`,
			`temperature{sensor=~"28ff64.*"}`, `temperature{sensor!="28ff02"}`, `temperature{sensor!~"28ff02|28FF.*"}`,
		} {
			if d := diff.Diff(selectSeries(t, s, selector, noon, c.wall), want); d != "" {
				t.Errorf("%s: %s (-got +want):\n%s", state, selector, d)
			}
		}
		if got := selectSeries(t, s, `{sensor=~"28FF.*"}`, noon, c.wall); got != nil {
			t.Errorf("%s: a spelling that is not used any more finds %q", state, got)
		}
		for _, spelt := range []string{oneCode, "28-FF641E8FDF18C1"} {
			list, err := s.Range(t.Context(), spelt, noon, c.wall, time.Hour)
			got = nil
			for i, b := range list {
				if b.Count != 1 || b.Mean != float64(i) {
					got = append(got, fmt.Sprint(b))
				}
			}
			if len(list) != 7 || got != nil || err != nil {
				t.Errorf("%s: Range of %s: %v, wrong are %q (%v)", state, spelt, list, got, err)
			}
		}
		last, err := s.Last(t.Context(), noon)
		if len(last) != 2 || last[0].Sensor != "28ff02" || last[1].Sensor != oneCode || last[1].Celsius != 6 || err != nil {
			t.Errorf("%s: Last: %v, %v", state, last, err)
		}
		for _, p := range replay(t, s, noon) {
			if p.Sensor != oneCode && p.Sensor != "28ff02" {
				t.Errorf("%s: Replay: %+v", state, p)
			}
		}
		q, err := s.Queryable().Querier(noon.UnixMilli(), c.wall.UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
		codes, _, err := q.LabelValues(t.Context(), sensorLabel, nil)
		if strings.Join(codes, " ") != "28ff02 "+oneCode || err != nil {
			t.Errorf("%s: sensors %q, %v", state, codes, err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		s.save()
	}
	seen := selectSeries(t, s, `temperature_last_seen_timestamp{sensor="28FF641E8FDF18C1"}`, noon.Add(90*time.Minute), noon.Add(91*time.Minute))
	if want := fmt.Sprintf("%s %s ColdTank 1h30m0s %v", lastSeenName, oneCode, float64(noon.Add(time.Hour).Unix())); len(seen) != 2 || seen[0] != want {
		t.Errorf("last seen: %q, want %q first", seen, want)
	}
	if err := s.rollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOldSpellingsInAView(t *testing.T) {
	dir := oldHistory(t)
	v, err := OpenView(dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := v.Info(t.Context())
	if err != nil || len(info.Sensors) != 2 || info.Sensors[1].Sensor != oneCode || info.Sensors[1].Samples != 6 {
		t.Errorf("info: %+v, %v", info, err)
	}
	for _, name := range []string{oneCode, "28FF641E8FDF18C1", "28-ff641e8fdf18c1"} {
		if code, err := v.Sensor(t.Context(), name); code != oneCode || err != nil {
			t.Errorf("%s is %q, %v", name, code, err)
		}
	}
	if _, err := v.Sensor(t.Context(), "ColdTank"); err == nil || err.Error() != `there are 2 sensors "ColdTank": 28ff02, 28ff641e8fdf18c1` {
		t.Errorf("a name of two: %v", err)
	}
	want := ""
	for i := range 6 {
		want += fmt.Sprintf("2026-01-15T%d:00:00.000Z,%s,ColdTank,Cold Tank,%d\n", 12+i, oneCode, i)
	}
	_, got, _ := strings.Cut(export(t, dir, CSV, Selection{Sensor: "28FF641E8FDF18C1"}), "\n")
	if d := diff.Diff(got, want); d != "" {
		t.Errorf("exported (-got +want):\n%s", d)
	}
}

func TestRosterOfOldSpellings(t *testing.T) {
	s := open(t, t.TempDir())
	write(t, filepath.Join(s.dir, rosterName), `{"sensors":{"28FF641E8FDF18C1":"10.0.0.1","28ff641e8fdf18c1":"10.0.0.2","28-FF000000000002":"10.0.0.3"}}`)
	want := map[string]netip.Addr{oneCode: netip.MustParseAddr("10.0.0.2"), "28ff000000000002": netip.MustParseAddr("10.0.0.3")}
	if d := diff.Diff(s.LoadRoster().Sensors, want, compareAddr); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func TestAHistoryWithoutOldSpellingsIsReadDirectly(t *testing.T) {
	dir := t.TempDir()
	writeHalfDay(t, dir)
	c := &fakeClock{wall: noon.Add(12 * time.Hour)}
	s := mustOpen(t, newWithClock(t, dir, c))
	q, err := s.querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	set := q.Select(t.Context(), true, nil, labels.MustNewMatcher(labels.MatchEqual, metricLabel, metricName))
	if _, respelt := set.(*seriesList); respelt {
		t.Error("its series are collected, though none is spelt otherwise")
	}
}

func TestAViewWritesNothingIntoAHistory(t *testing.T) {
	dir := t.TempDir()
	writeHalfDay(t, dir)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	before := tree(t, dir)
	q, err := openShadow(t.Context(), dir, math.MinInt64, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	if tree(t, dir) != before {
		t.Error("it changed something")
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(scratch); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
