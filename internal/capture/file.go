package capture

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"picotop/internal/format"
	"picotop/internal/host"
)

const (
	// A recording leaves this much of the disk to others, in bytes, or a part
	// of a small one: a Pi whose disk is full does strange things.
	leaveFree = 200 << 20
	leavePart = 20
)

// Stdio is the name that stands for standard input or output, for another program to
// write or read a recording.
const Stdio = "-"

// An OutputFile is the file of a recording. It may also be a device or a pipe.
type OutputFile struct {
	*os.File
	name    string
	regular bool // not a device, nor a pipe
	made    bool // it was not there before
	begun   bool
}

// CreateFile opens the file for a recording, which must be new unless force is
// set; [Stdio] is stdout. It leaves one that was there as it is until Begin. Close
// it.
func CreateFile(name string, force bool, stdout io.Writer) (*OutputFile, error) {
	if f, ok := stdout.(*os.File); ok && name == Stdio {
		return &OutputFile{File: f, name: name}, nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, syscall.EISDIR
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	made := err == nil
	if force && os.IsExist(err) {
		f, err = os.OpenFile(name, os.O_WRONLY, 0)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &OutputFile{File: f, name: name, made: made, regular: info.Mode().IsRegular()}, nil
}

// Begin empties the file.
func (f *OutputFile) Begin() error {
	f.begun = true
	if !f.regular {
		return nil
	}
	return f.Truncate(0)
}

// Room returns a [*NoRoomError] if the disk is nearly full.
func (f *OutputFile) Room() error {
	if !f.regular {
		return nil
	}
	s, err := host.DiskSpace(filepath.Dir(f.name))
	if leave := min(leaveFree, s.Total/leavePart); err == nil && s.Free < leave {
		return &NoRoomError{Free: s.Free, Leave: leave}
	}
	return nil // also where the system does not tell
}

// Close closes the file, and takes away one that was made in vain.
func (f *OutputFile) Close() error {
	err := f.File.Close()
	if f.made && !f.begun {
		_ = os.Remove(f.name)
	}
	return err
}

// A NoRoomError says that a disk is nearly full.
type NoRoomError struct{ Free, Leave uint64 } // in bytes

func (e *NoRoomError) Error() string {
	return fmt.Sprintf("only %s are free on this disk, and a recording leaves %s", format.Bytes(int64(e.Free)), format.Bytes(int64(e.Leave)))
}
