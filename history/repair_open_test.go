package history

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb/wlog"
)

// writeHalfDay leaves a history of half a day in a directory: blocks, a checkpoint and
// a log. It returns how many samples that are.
func writeHalfDay(tb testing.TB, dir string) int {
	tb.Helper()
	c := &fakeClock{wall: noon}
	s := mustOpen(tb, newWithClock(tb, dir, c))
	n := 0
	for c.mono < 12*time.Hour {
		for _, sensor := range []string{"28ff01", "28ff02", "28ff03"} {
			s.Append(sample(sensor, c.wall, float64(c.mono/time.Minute)/16))
			n++
		}
		c.pass(30 * time.Second)
		if c.mono%time.Hour == 0 {
			s.save()
			// The library would, a little later.
			if err := s.db.Compact(context.Background()); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	if names := blocks(tb, dir); len(names) < 3 {
		tb.Fatalf("too few blocks for a test: %q", names)
	}
	if _, _, err := wlog.LastCheckpoint(filepath.Join(dir, walName)); err != nil {
		tb.Fatal(err)
	}
	return n
}

func blocks(tb testing.TB, dir string) []string {
	tb.Helper()
	names, err := blockNames(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Join(dir, names[i])
	}
	return names
}

// rewriteFile rewrites a file.
func rewriteFile(tb testing.TB, path string, with func([]byte) []byte) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, with(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func flipByte(at float64) func([]byte) []byte {
	return func(b []byte) []byte {
		b = slices.Clone(b)
		b[int(float64(len(b)-1)*at)] ^= 0x55
		return b
	}
}

func truncateTo(part float64) func([]byte) []byte {
	return func(b []byte) []byte { return b[:int(float64(len(b))*part)] }
}

// lastSegment is the newest one of the log that has something in it.
func lastSegment(dir string) string {
	return wlog.SegmentName(filepath.Join(dir, walName), lastNonEmptySegment(filepath.Join(dir, walName)))
}

func TestDamage(t *testing.T) {
	template := t.TempDir()
	whole := writeHalfDay(t, template)
	tests := map[string]struct {
		spoil func(t *testing.T, dir string)
		lost  int    // samples, at most
		note  string // what is said; empty if nothing
		aside bool   // whether something is in quarantine
	}{
		"none": {spoil: func(*testing.T, string) {}},
		"the end of the log is cut off": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, lastSegment(dir), truncateTo(0.05))
			},
			lost: 3 * 360,
		},
		"a byte in the middle of the log": {
			spoil: func(t *testing.T, dir string) { rewriteFile(t, lastSegment(dir), flipByte(0.1)) },
			lost:  3 * 360, note: `the log of the last hours was damaged`, aside: true,
		},
		"a byte in the log's checkpoint": {
			spoil: func(t *testing.T, dir string) {
				checkpoint, _, err := wlog.LastCheckpoint(filepath.Join(dir, walName))
				if err != nil {
					t.Fatal(err)
				}
				rewriteFile(t, wlog.SegmentName(checkpoint, 0), flipByte(0.01))
			},
			lost: 3 * 360, note: `the log of the last hours was damaged`, aside: true,
		},
		"a byte in an index": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, filepath.Join(blocks(t, dir)[0], "index"), flipByte(0.5))
			},
			lost: 3 * 720, note: `a damaged part of the history was moved to .*quarantine/`, aside: true,
		},
		"an empty index": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, filepath.Join(blocks(t, dir)[0], "index"), truncateTo(0))
			},
			lost: 3 * 720, note: `nothing in it can be read`, aside: true,
		},
		"no index": {
			spoil: func(t *testing.T, dir string) {
				remove(t, filepath.Join(blocks(t, dir)[0], "index"))
			},
			lost: 3 * 720, note: `nothing in it can be read`, aside: true,
		},
		"chunks cut off in the middle": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, filepath.Join(blocks(t, dir)[0], "chunks", "000001"), truncateTo(0.5))
			},
			lost: 3 * 720, note: `\d+ readings in it could be read, and are kept`, aside: true,
		},
		"no chunks": {
			spoil: func(t *testing.T, dir string) {
				remove(t, filepath.Join(blocks(t, dir)[0], "chunks"))
			},
			lost: 3 * 720, note: `a damaged part of the history was moved to`, aside: true,
		},
		"an empty file of chunks": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, filepath.Join(blocks(t, dir)[0], "chunks", "000001"), truncateTo(0))
			},
			lost: 3 * 720, note: `a damaged part of the history was moved to`, aside: true,
		},
		"an empty meta.json": {
			spoil: func(t *testing.T, dir string) {
				rewriteFile(t, filepath.Join(blocks(t, dir)[0], "meta.json"), truncateTo(0))
			},
			note: `moved to .* \(its meta.json: unexpected end of JSON input\); all \d+ readings in it are kept`, aside: true,
			lost: 0,
		},
		"no meta.json": {
			spoil: func(t *testing.T, dir string) { remove(t, filepath.Join(blocks(t, dir)[0], "meta.json")) },
			note:  `a damaged part of the history was moved to`, aside: true,
			lost: 0,
		},
		"a byte in the newest chunks on disk": {
			spoil: func(t *testing.T, dir string) {
				files, err := os.ReadDir(filepath.Join(dir, headChunksName))
				if err != nil || len(files) == 0 {
					t.Fatal(err)
				}
				rewriteFile(t, filepath.Join(dir, headChunksName, files[0].Name()), flipByte(0.001))
			},
			note: "a file of the newest hours was damaged, and was made again from the log",
		},
		"the newest chunks on disk are nonsense": {
			spoil: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, headChunksName, "000009"), strings.Repeat("nonsense", 100))
			},
			note: `moved to \S*chunks_head$`, aside: true,
		},
		"a file where the log should be": {
			spoil: func(t *testing.T, dir string) {
				remove(t, filepath.Join(dir, walName))
				write(t, filepath.Join(dir, walName), "")
			},
			lost: 3 * 360, note: "moved to", aside: true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "history")
			if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, dir)
			c := &fakeClock{wall: noon.Add(12 * time.Hour)}
			for _, again := range []bool{false, true} {
				s := mustOpen(t, newWithClock(t, dir, c))
				got := 0
				for _, p := range replay(t, s, noon) {
					if p.At.Before(noon.Add(12 * time.Hour)) {
						got++
					}
				}
				if got < whole-tt.lost || got > whole {
					t.Errorf("%d of %d samples are left, want no more than %d lost", got, whole, tt.lost)
				}
				t.Logf("lost %d", whole-got)
				var notes []string
				for _, n := range s.Stats().Notes {
					notes = append(notes, n.Text)
				}
				said := strings.Join(notes, "\n")
				if again && said != "" || !again && (tt.note == "") != (said == "") || !again && !regexp.MustCompile(tt.note).MatchString(said) {
					t.Errorf("opened again: %v; it says %q, want a match of %q", again, said, tt.note)
				}
				if _, err := os.Stat(filepath.Join(dir, quarantineName)); (err == nil) != tt.aside {
					t.Errorf("quarantine: %v", err)
				}
				// It goes on.
				s.Append(sample("28ff09", c.wall, 4))
				c.pass(time.Minute)
				s.save()
				if st := s.Stats(); st.Err != "" || st.Appended != 1 {
					t.Errorf("after the damage: %+v", st)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func remove(tb testing.TB, path string) {
	tb.Helper()
	if err := os.RemoveAll(path); err != nil {
		tb.Fatal(err)
	}
}

func TestDamageFoundWhileRunning(t *testing.T) {
	dir := t.TempDir()
	whole := writeHalfDay(t, dir)
	rewriteFile(t, filepath.Join(blocks(t, dir)[0], "chunks", "000001"), flipByte(0.5))
	c := &fakeClock{wall: noon.Add(12 * time.Hour)}
	s := mustOpen(t, newWithClock(t, dir, c))
	ctx := context.Background()
	failed := 0
	for _, sensor := range []string{"28ff01", "28ff02", "28ff03"} {
		if _, err := s.Range(ctx, sensor, noon, c.wall, time.Hour); err != nil {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d reads failed, want that of one sensor", failed)
	}
	s.save()
	st := s.Stats()
	if st.Err != "" || len(st.Notes) != 1 || !strings.Contains(st.Notes[0].Text, "could be read, and are kept") {
		t.Errorf("after it was noticed: %+v", st)
	}
	if got := len(replay(t, s, noon)); got < whole-120 || got >= whole {
		t.Errorf("%d of %d samples are left, want one chunk lost", got, whole)
	}
	if _, err := s.Last(ctx, noon); err != nil {
		t.Error(err)
	}
}

func TestDamageFoundByCompaction(t *testing.T) {
	dir := t.TempDir()
	whole := writeHalfDay(t, dir)
	for _, block := range blocks(t, dir) {
		if m, err := readMeta(block); err == nil && m.MinTime == noon.UnixMilli() {
			rewriteFile(t, filepath.Join(block, "chunks", "000001"), flipByte(0.5))
		}
	}
	// Another block of the same time has the two merged.
	w, err := newBlockWriter(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	other := newSeries(sample("28ff09", noon, 4))
	for i := range int64(1000) {
		if err := w.add(other.labels, noon.UnixMilli()+i*10_000, 4); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.publish(context.Background()), w.close()); err != nil {
		t.Fatal(err)
	}
	c := &fakeClock{wall: noon.Add(12 * time.Hour)}
	s := mustOpen(t, newWithClock(t, dir, c))
	s.compact(context.Background())
	s.save()
	if st := s.Stats(); st.Err != "" || len(st.Notes) != 1 {
		t.Errorf("after it was noticed: %+v", st)
	}
	s.compact(context.Background())
	for _, block := range blocks(t, dir) {
		if m, err := readMeta(block); err != nil || m.Compaction.Failed {
			t.Errorf("%s is not merged any more (%v)", block, err)
		}
	}
	if got := len(replay(t, s, noon)); got < whole+1000-120 || got >= whole+1000 {
		t.Errorf("%d of %d samples are left, want one chunk lost", got, whole+1000)
	}
}
