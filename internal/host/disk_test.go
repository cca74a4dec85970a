package host

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestADirectoryHasRoom(t *testing.T) {
	s, err := DiskSpace(t.TempDir())
	if errors.Is(err, ErrNotTold) {
		t.Skip("not told on this system")
	}
	if err != nil || s.Free == 0 || s.Free > s.Total || s.ReadOnly || s.NoFiles {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestNoSuchPlace(t *testing.T) {
	if _, err := DiskSpace(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("no error")
	}
}
