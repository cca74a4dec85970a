package history

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/tsdb/wlog"
)

// TestEmptiedFilesOfTheLog holds that a file of the log that lost its content is told of,
// and one that never had any is not.
func TestEmptiedFilesOfTheLog(t *testing.T) {
	full := func(t *testing.T, dir string) string {
		t.Helper()
		first, last, err := wlog.Segments(dir)
		for i := first; err == nil && i <= last; i++ {
			if info, err := os.Stat(wlog.SegmentName(dir, i)); err == nil && info.Size() > 0 {
				return wlog.SegmentName(dir, i)
			}
		}
		t.Fatal("no file of the log has anything in it", err)
		return ""
	}
	tests := map[string]struct {
		damage func(t *testing.T, dir string)
		told   bool
	}{
		"nothing happened": {func(*testing.T, string) {}, false},
		"one was emptied": {func(t *testing.T, dir string) {
			if err := os.Truncate(full(t, filepath.Join(dir, walName)), 0); err != nil {
				t.Fatal(err)
			}
		}, true},
		"one was emptied, and nobody knows how long it was": {func(t *testing.T, dir string) {
			if err := os.Truncate(full(t, filepath.Join(dir, walName)), 0); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, logSizesName), []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeHalfDay(t, dir)
			tt.damage(t, dir)
			for range 2 { // the second time nothing is new
				s := mustOpen(t, newWithClock(t, dir, &fakeClock{wall: noon.AddDate(0, 0, 1)}))
				notes := s.Stats().Notes
				told := slices.ContainsFunc(notes, func(n Note) bool {
					return strings.Contains(n.Text, "of the log of the last hours") && strings.Contains(n.Text, "empty")
				})
				if told != tt.told {
					t.Errorf("told %v: %+v", told, notes)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				tt.told = false
			}
		})
	}
}
