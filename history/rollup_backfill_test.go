package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

// TestBackfill fills a store that knows nothing of hours, and holds long
// ranges against short ones.
func TestBackfill(t *testing.T) {
	s := open(t, t.TempDir())
	readings := fill(t, s, 3, 20*24*time.Hour, 15*time.Minute)
	before := buckets20(t, s)
	settle(t, s)

	// The last hours are in no block, and too old to be appended: they wait.
	first, last := noon.Add(-20*24*time.Hour).UnixMilli(), noon.Add(-3*time.Hour).UnixMilli()
	if left := s.rollups.recorded().gaps(timeRange{first / hour * hour, last}); len(left) > 0 {
		t.Errorf("not recorded: %v", left)
	}
	if d := diff.Diff(buckets20(t, s), before, sameTime); d != "" {
		t.Errorf("long ranges are not as they were (-got +want):\n%.3000s", d)
	}
	// What PromQL sees is what the readings say.
	for i := range 3 {
		sensor := fmt.Sprintf("28ff%02d", i)
		got, err := s.Range(t.Context(), sensor, noon.Add(-19*24*time.Hour), noon.Add(-2*time.Hour), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for j, b := range got {
			if j%7 != 0 {
				continue
			}
			want, err := s.Range(t.Context(), sensor, b.Start, b.Start, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if b.Min != want[0].Min || b.Max != want[0].Max || (b.Count > 0) != (want[0].Count > 0) {
				t.Fatalf("%s, hour %d: %+v, want %+v", sensor, j, b, want[0])
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, s.dir)
	s.loadRollupState()
	if d := diff.Diff(buckets20(t, s), before, sameTime); d != "" {
		t.Errorf("opened anew (-got +want):\n%.3000s", d)
	}
	if got := len(replay(t, s, time.Time{})); got != len(readings) {
		t.Errorf("%d readings are left of %d", got, len(readings))
	}
	todo, err := s.backfillPlan()
	if err != nil || len(todo) > 0 {
		t.Errorf("still to do: %v, %v", todo, err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "hours-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestBackfillBesideTheHead stops right after the blocks are written, while
// the newest readings are in the write-ahead log alone.
func TestBackfillBesideTheHead(t *testing.T) {
	s := open(t, t.TempDir())
	readings := fill(t, s, 3, 4*24*time.Hour, 5*time.Minute)
	for range 3 {
		if err := s.rollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, s.dir)
		if got := len(replay(t, s, time.Time{})); got != len(readings) {
			t.Errorf("%d readings are left of %d", got, len(readings))
		}
	}
}

// TestAShortStartWritesNothingAgain opens a history several times, each time for
// less than a minute.
func TestAShortStartWritesNothingAgain(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, 3, 20*24*time.Hour, 15*time.Minute)
	var was []string
	for n := range 4 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if n == 3 { // it was moved away: its hours are recorded again
			if err := os.RemoveAll(filepath.Join(s.dir, newestBlock(t, s.dir))); err != nil {
				t.Fatal(err)
			}
			was = nil
		}
		s = open(t, s.dir)
		s.loadRollupState()
		if err := s.rollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		blocks, err := filepath.Glob(filepath.Join(s.dir, "01*"))
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && n < 3 && !slices.Equal(blocks, was) {
			t.Errorf("start %d: the blocks are %q, and were %q", n+1, blocks, was)
		}
		was = blocks
	}
	todo, err := s.backfillPlan()
	if err != nil || len(todo) > 0 {
		t.Errorf("still to do: %v, %v", todo, err)
	}
}

// newestBlock is the name of the block that was written last.
func newestBlock(t *testing.T, dir string) string {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "01*"))
	if err != nil || len(blocks) == 0 {
		t.Fatal(blocks, err)
	}
	return filepath.Base(slices.Max(blocks))
}

func buckets20(tb testing.TB, s *Store) [][]Bucket {
	tb.Helper()
	var all [][]Bucket
	for i := range 3 {
		list, err := s.Range(tb.Context(), fmt.Sprintf("28ff%02d", i), noon.Add(-21*24*time.Hour), noon, 6*time.Hour)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, list)
	}
	return all
}
