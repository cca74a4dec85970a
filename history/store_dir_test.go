package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	tests := map[string]struct {
		dir   func(t *testing.T, tmp string) string
		error string // with TMP for the directory of the test
	}{
		"a store that is open": {
			dir:   func(t *testing.T, tmp string) string { return open(t, tmp).dir },
			error: "the history in TMP is in use by another program",
		},
		"a file": {
			dir: func(t *testing.T, tmp string) string {
				return write(t, filepath.Join(tmp, "file"), "")
			},
			error: "cannot keep history in TMP/file: mkdir TMP/file: not a directory",
		},
		"a directory below a file": {
			dir: func(t *testing.T, tmp string) string {
				return filepath.Join(write(t, filepath.Join(tmp, "a file"), ""), "history")
			},
			error: "cannot keep history in TMP/a file/history: mkdir TMP/a file: not a directory",
		},
		"a directory that cannot be written": {
			dir: func(t *testing.T, tmp string) string {
				if os.Getuid() == 0 {
					t.Skip("root may write anywhere")
				}
				if err := os.Chmod(tmp, 0o500); err != nil {
					t.Fatal(err)
				}
				return tmp
			},
			error: "cannot keep history in TMP: open TMP/lock: permission denied",
		},
		"the data of a Prometheus": {
			dir: func(t *testing.T, tmp string) string {
				if err := os.Mkdir(filepath.Join(tmp, "wal"), 0o750); err != nil {
					t.Fatal(err)
				}
				return tmp
			},
			error: "cannot keep history in TMP: it holds the time series of another program",
		},
		"what a newer picotop wrote": {
			dir: func(t *testing.T, tmp string) string {
				write(t, filepath.Join(tmp, versionName), "2\n")
				return tmp
			},
			error: `cannot keep history in TMP: it is of version "2", and this picotop knows version 1`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tmp := t.TempDir()
			_, err := Open(Config{Dir: tt.dir(t, tmp), Now: fixedNow})
			if err == nil {
				t.Fatal("opened")
			}
			if got := strings.ReplaceAll(err.Error(), tmp, "TMP"); got != tt.error {
				t.Errorf("error\n got %s\nwant %s", got, tt.error)
			}
		})
	}
}

func TestOpenAfterPowerCutWhileMarking(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, versionName), "")
	open(t, dir)
	if text, err := os.ReadFile(filepath.Join(dir, versionName)); err != nil || string(text) != "1\n" {
		t.Errorf("version file holds %q, %v", text, err)
	}
}
