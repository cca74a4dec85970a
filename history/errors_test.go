package history

import (
	"errors"
	"os"
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
