package history

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

func TestOwnFilesAreMadeAgain(t *testing.T) {
	put := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, name))
			write(t, filepath.Join(dir, name), text)
		}
	}
	putDir := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, name))
			if err := os.MkdirAll(filepath.Join(dir, name, "within"), 0o750); err != nil {
				t.Fatal(err)
			}
		}
	}
	putLink := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, name))
			if err := os.Symlink("/nowhere/at/all", filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(t *testing.T, dir string){
		"a version that is no number": put(versionName, "q\n"),
		"an older version":            put(versionName, "0\n"),
		"a version cut in two":        put(versionName, "13"),
		"an empty version":            put(versionName, ""),
		"a version of zeros":          put(versionName, "\x00\x00"),
		"a long version":              put(versionName, string(make([]byte, maxSmallFile+1))),
		"no version":                  func(t *testing.T, dir string) { remove(t, filepath.Join(dir, versionName)) },
		"a directory for the version": putDir(versionName),
		"a link for the version":      putLink(versionName),
		"a half-written version":      putDir(versionName + ".new"),
		"a directory for the lock":    putDir(lockName),
		"a link for the lock":         putLink(lockName),
		"a directory for the probe":   putDir(probeName),
		"a directory for the roster":  putDir(rosterName),
		"a directory for the hours":   putDir(rollupStateName),
		"a file for the quarantine":   put(quarantineName, "x"),
		"a file, and something to set aside": func(t *testing.T, dir string) {
			put(quarantineName, "x")(t, dir)
			putDir(lockName)(t, dir)
		},
	}
	template := t.TempDir()
	whole := writeHalfDay(t, template)
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "history")
			if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
				t.Fatal(err)
			}
			spoil(t, dir)
			checkAfterDamage(t, dir, whole, whole)
			if text, err := os.ReadFile(filepath.Join(dir, versionName)); string(text) != "1\n" || err != nil {
				t.Errorf("the version is %q, %v", text, err)
			}
		})
	}
}

func TestWhoseADirectoryIs(t *testing.T) {
	tests := map[string]struct {
		series []labels.Labels
		want   error
	}{
		"ours": {series: []labels.Labels{newSeries(sample("28ff01", noon, 4)).labels}},
		"that of a Prometheus that watches the first exporter": {
			series: []labels.Labels{labels.FromStrings(metricLabel, metricName, "job", "house", nameLabel, "Loft")}, want: ErrForeign,
		},
		"that of a Prometheus": {
			series: []labels.Labels{newSeries(sample("28ff01", noon, 4)).labels, labels.FromStrings(metricLabel, "up")}, want: ErrForeign,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			app := s.db.Appender(t.Context())
			for _, l := range tt.series {
				if _, err := app.Append(0, l, noon.UnixMilli(), 4); err != nil {
					t.Fatal(err)
				}
			}
			if err := app.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			remove(t, filepath.Join(dir, versionName))
			if _, err := checkVersion(dir); !errors.Is(err, tt.want) {
				t.Errorf("as a log: %v, want %v", err, tt.want)
			}
			write(t, filepath.Join(dir, versionName), "1\n")
			s = open(t, dir)
			if err := flushHead(t.Context(), s.db); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			remove(t, filepath.Join(dir, versionName))
			remove(t, filepath.Join(dir, walName))
			if _, err := checkVersion(dir); !errors.Is(err, tt.want) {
				t.Errorf("as a block: %v, want %v", err, tt.want)
			}
		})
	}
}
