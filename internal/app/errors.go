package app

import (
	"errors"
	"fmt"
	"io/fs"
)

// A FileError says that a file which the user named cannot be used.
type FileError struct {
	Name string
	Err  error
}

func (e *FileError) Error() string {
	// The name is told once.
	if p, ok := errors.AsType[*fs.PathError](e.Err); ok && p.Path == e.Name {
		if errors.Is(e.Err, fs.ErrExist) {
			return e.Name + " exists already"
		}
		return fmt.Sprintf("%s: %v", e.Name, p.Err)
	}
	return fmt.Sprintf("%s: %v", e.Name, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }
