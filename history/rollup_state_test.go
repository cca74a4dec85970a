package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

func TestRollupStateIsLoadedOrRebuilt(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, 2, 2*24*time.Hour, 5*time.Minute)
	settle(t, s)
	want := selectSeries(t, s, `{__name__=~"temperature:.+"}`, noon.Add(-72*time.Hour), noon)
	if len(want) < 2*3*35 {
		t.Fatalf("only %d figures", len(want))
	}
	if err := os.WriteFile(s.rollupStatePath(), []byte("{"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.dir, "hours-1.tmp"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, s.dir)
	s.removeRollupTmp()
	s.loadRollupState()
	if got := s.rollups.recorded(); got != nil {
		t.Errorf("read %v from a damaged file", got)
	}
	settle(t, s)
	if d := diff.Diff(selectSeries(t, s, `{__name__=~"temperature:.+"}`, noon.Add(-72*time.Hour), noon), want); d != "" {
		t.Errorf("done again (-got +want):\n%.3000s", d)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "hours-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
