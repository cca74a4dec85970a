package history

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestErrorsAreOneLine(t *testing.T) {
	err := &DirError{Dir: "/x", Err: errors.Join(errors.New("a"), os.ErrPermission)}
	if got, want := err.Error(), "cannot keep history in /x: a; permission denied"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, os.ErrPermission) {
		t.Error("the cause is lost")
	}
}

func TestCanWait(t *testing.T) {
	dir := func(err error) error { return fmt.Errorf("opening: %w", &DirError{Dir: "/x", Err: err}) }
	tests := map[string]struct {
		err  error
		want bool
	}{
		"none":                {nil, false},
		"in use":              {errors.Join(&InUseError{Dir: "/x"}), false},
		"of another program":  {dir(ErrForeign), false},
		"a file in the way":   {dir(&os.PathError{Op: "mkdir", Path: "/x", Err: syscall.ENOTDIR}), false},
		"of a later version":  {dir(&NewerError{Version: 2, Known: 1}), true},
		"a read-only disk":    {dir(&os.PathError{Op: "open", Path: "/x", Err: syscall.EROFS}), true},
		"a full disk":         {dir(fmt.Errorf("the disk is full: %w", syscall.ENOSPC)), true},
		"no rights":           {dir(os.ErrPermission), true},
		"a broken disk":       {dir(syscall.EIO), true},
		"no file descriptors": {dir(syscall.EMFILE), true},
	}
	for name, tt := range tests {
		if got := CanWait(tt.err); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
