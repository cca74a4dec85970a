package history

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/oklog/ulid/v2"
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

func TestRollupStateIsReadWithDoubt(t *testing.T) {
	want := timeRanges{{0, 3 * hour}, {5 * hour, 9 * hour}}
	good, err := encodeRollupState(recordedHours{done: want})
	if err != nil {
		t.Fatal(err)
	}
	block := ulid.MustParse("01KT0000000000000000000000")
	withBlock, err := encodeRollupState(recordedHours{done: want[:1], blocks: map[ulid.ULID]timeRanges{block: want[1:]}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeRollupState(withBlock); err != nil || fmt.Sprint(got.blocks[block]) != fmt.Sprint(want[1:]) {
		t.Errorf("with a block: got %v, %v", got, err)
	}
	tests := map[string]struct {
		text string
		want timeRanges // nil if it is refused
	}{
		"as it is written":          {string(good), want},
		"that of an earlier one":    {`[{"From":0,"To":10800000},{"From":18000000,"To":32400000}]`, want},
		"another digit":             {strings.Replace(string(good), "32400000", "72000000", 1), nil},
		"hours of a block":          {string(withBlock), want[:1]},
		"another block":             {strings.Replace(string(withBlock), "01KT", "01KV", 1), nil},
		"no block":                  {`[{"From":0,"To":10800000,"Block":"first"}]`, nil},
		"no hours":                  {`[{"From":0,"To":10800001}]`, nil},
		"it ends before it begins":  {`[{"From":10800000,"To":0}]`, nil},
		"no checksum and no ranges": {`[]`, timeRanges{}},
	}
	for name, tt := range tests {
		got, err := decodeRollupState([]byte(tt.text))
		if (err != nil) != (tt.want == nil) || err == nil && fmt.Sprint(got.done) != fmt.Sprint(tt.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, tt.want)
		}
	}
	// An earlier version passes over the checksum.
	var earlier timeRanges
	if err := json.Unmarshal(good, &earlier); err != nil || len(earlier) != 3 || fmt.Sprint(timeRanges(nil).union(earlier[2])) != "[]" {
		t.Errorf("an earlier version reads %v, %v", earlier, err)
	}
}
