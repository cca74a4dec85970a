package history

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFindFaults(t *testing.T) {
	write := func(t *testing.T, name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		harm        func(t *testing.T, dir string)
		damaged     int
		quarantined int
		refused     bool
	}{
		"sound":         {harm: func(*testing.T, string) {}},
		"an empty meta": {harm: func(t *testing.T, dir string) { write(t, filepath.Join(blocks(t, dir)[0], "meta.json"), "") }, damaged: 1},
		"a lost index": {harm: func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(blocks(t, dir)[1], "index")); err != nil {
				t.Fatal(err)
			}
		}, damaged: 1},
		"a newer one": {harm: func(t *testing.T, dir string) { write(t, filepath.Join(dir, versionName), "2\n") }, refused: true},
		"set aside": {harm: func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, quarantineName, "wal"), 0o750); err != nil {
				t.Fatal(err)
			}
		}, quarantined: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeHalfDay(t, dir)
			tt.harm(t, dir)
			before := tree(t, dir)
			got, err := FindFaults(dir, false)
			if err != nil || len(got.Damaged) != tt.damaged || got.Quarantined != tt.quarantined || (got.Refused != nil) != tt.refused {
				t.Errorf("%+v, error %v", got, err)
			}
			if tree(t, dir) != before {
				t.Error("it changed something")
			}
		})
	}
	if _, err := FindFaults(filepath.Join(t.TempDir(), "none"), false); err == nil {
		t.Error("no error where there is nothing")
	}
}

// tree lists what is below a directory, and when it was changed.
func tree(tb testing.TB, dir string) string {
	tb.Helper()
	text := ""
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text += path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n"
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
