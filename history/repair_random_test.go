package history

import (
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// harms are what can happen to a file or directory.
var harms = map[string]func(r *rand.Rand, path string) error{
	"a byte is changed": func(r *rand.Rand, path string) error {
		return rewrite(path, func(b []byte) []byte {
			if len(b) > 0 {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
			return b
		})
	},
	"it is emptied": func(_ *rand.Rand, path string) error { return rewrite(path, func([]byte) []byte { return nil }) },
	"it is cut off": func(r *rand.Rand, path string) error {
		return rewrite(path, func(b []byte) []byte { return b[:r.IntN(len(b)+1)] })
	},
	"nonsense follows": func(r *rand.Rand, path string) error {
		return rewrite(path, func(b []byte) []byte {
			for range 1 + r.IntN(100) {
				b = append(b, byte(r.IntN(256)))
			}
			return b
		})
	},
	"it is gone": func(_ *rand.Rand, path string) error { return os.RemoveAll(path) },
	"it is of the other kind": func(_ *rand.Rand, path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		if info.IsDir() {
			return os.WriteFile(path, []byte("x"), 0o640)
		}
		return os.Mkdir(path, 0o750)
	},
	"it leads nowhere": func(_ *rand.Rand, path string) error {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		return os.Symlink("/nowhere/at/all", path)
	},
}

func rewrite(path string, with func([]byte) []byte) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // a directory
	}
	return os.WriteFile(path, with(text), 0o640)
}

// Whatever happens to one file or directory, the store opens, and what was not in
// it is there.
func FuzzDamage(f *testing.F) {
	template, has, whole := damageTemplate(f)
	names := slices.Sorted(maps.Keys(harms))
	var files []string
	err := filepath.WalkDir(template, func(path string, _ fs.DirEntry, err error) error {
		if path != template {
			file, _ := filepath.Rel(template, path)
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	for seed := range uint64(12) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		file, harm := files[r.IntN(len(files))], names[r.IntN(len(names))]
		t.Log(file, harm)
		dir := filepath.Join(t.TempDir(), "history")
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		if err := harms[harm](r, filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
		part, _, _ := strings.Cut(file, "/")
		checkAfterDamage(t, dir, whole-has[part], whole)
	})
}

// damageTemplate leaves a history with all the files that one can have, and says
// how many readings each block and the logs have, and how many there are in all.
func damageTemplate(t testing.TB) (dir string, has map[string]int, whole int) {
	t.Helper()
	dir = t.TempDir()
	whole = writeHalfDay(t, dir)
	c := &fakeClock{wall: noon.Add(12 * time.Hour)}
	for range 3 { // several files of the log
		s := mustOpen(t, newWithClock(t, dir, c))
		s.Append(sample("28ff01", c.wall, 4))
		s.Append(sample("28ff01", c.wall.Add(-time.Hour+7*time.Second), 4)) // late
		whole += 2
		c.pass(time.Minute)
		if err := s.SaveRoster(Roster{Sensors: map[string]netip.Addr{"28ff01": netip.MustParseAddr("10.0.0.1")}}); err != nil {
			t.Fatal(err)
		}
		if err := s.rollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	has = map[string]int{}
	rest := whole
	for _, block := range blocks(t, dir) {
		n := countReadings(t, block)
		has[filepath.Base(block)] = n
		rest -= n
	}
	has[walName], has["wbl"], has[headChunksName] = rest, rest, rest
	return dir, has, whole
}

// countReadings counts those of a block, without what is derived from them.
func countReadings(tb testing.TB, block string) int {
	tb.Helper()
	b, err := tsdb.OpenBlock(nil, block, nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer b.Close()
	q, err := tsdb.NewBlockQuerier(b, math.MinInt64, math.MaxInt64)
	if err != nil {
		tb.Fatal(err)
	}
	defer q.Close()
	n := 0
	for set := q.Select(tb.Context(), false, nil, temperatureMatchers("")...); set.Next(); {
		for it := set.At().Iterator(nil); it.Next() == chunkenc.ValFloat; {
			n++
		}
	}
	return n
}

func checkAfterDamage(t *testing.T, dir string, least, most int) {
	t.Helper()
	c := &fakeClock{wall: noon.Add(12*time.Hour + 3*time.Minute)}
	var notes []string
	for range 2 {
		s := newWithClock(t, dir, c)
		if err := s.Open(); err != nil {
			if strings.Contains(err.Error(), "of version") {
				return // a digit that is another digit: it says so, and touches nothing
			}
			t.Fatal(err)
		}
		s.LoadRoster()
		s.loadRollupState()
		got := 0
		for _, p := range replay(t, s, noon) {
			if p.At.Before(noon.Add(12*time.Hour + 3*time.Minute)) {
				got++
			}
		}
		for _, n := range s.Stats().Notes {
			notes = append(notes, n.Text)
		}
		if got < least || got > most {
			t.Errorf("%d readings are left, want %d to %d; it says %q", got, least, most, notes)
		}
		s.Append(sample("28ff09", c.wall, 4))
		c.pass(time.Minute)
		s.save()
		if st := s.Stats(); st.Err != "" || st.Appended != 1 {
			t.Errorf("after the damage: %+v", st)
		}
		if err := s.SaveRoster(Roster{Sensors: map[string]netip.Addr{"28ff02": netip.MustParseAddr("10.0.0.1")}}); err != nil {
			t.Error(err)
		}
		if err := s.rollUp(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
