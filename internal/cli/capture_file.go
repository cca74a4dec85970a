package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/units"

	"picotop/internal/format"
	"picotop/internal/host"
)

const (
	// A recording leaves this much of the disk to others, in bytes, or a part
	// of a small one: a Pi whose disk is full does strange things.
	leaveFree = 200 << 20
	leavePart = 20

	minRecord = 64 << 10
)

// A recordFile is the file of a recording.
type recordFile struct {
	*os.File
	name    string
	regular bool // not a device, nor a pipe
	made    bool // it was not there before
	begun   bool
}

// toStdout is the name for a recording that another program reads.
const toStdout = "-"

// openRecordFile opens the file, which must be new unless that was overruled.
// It leaves one that was there as it is until begin.
func openRecordFile(name string, force bool, stdout io.Writer) (*recordFile, error) {
	if f, ok := stdout.(*os.File); ok && name == toStdout {
		return &recordFile{File: f, name: name}, nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, &fileError{name: name, err: syscall.EISDIR}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	made := err == nil
	if force && os.IsExist(err) {
		f, err = os.OpenFile(name, os.O_WRONLY, 0)
	}
	if err != nil {
		return nil, &fileError{name: name, err: err}
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, &fileError{name: name, err: err}
	}
	return &recordFile{File: f, name: name, made: made, regular: info.Mode().IsRegular()}, nil
}

// begin empties the file.
func (f *recordFile) begin() error {
	f.begun = true
	if !f.regular {
		return nil
	}
	return f.Truncate(0)
}

// room is an error if the disk is nearly full.
func (f *recordFile) room() error {
	if !f.regular {
		return nil
	}
	s, err := host.DiskSpace(filepath.Dir(f.name))
	if leave := min(leaveFree, s.Total/leavePart); err == nil && s.Free < leave {
		return &noRoomError{free: s.Free, leave: leave}
	}
	return nil // also where the system does not tell
}

// close closes the file, and takes away one that was made in vain.
func (f *recordFile) close() error {
	err := f.Close()
	if f.made && !f.begun {
		_ = os.Remove(f.name)
	}
	return err
}

// A noRoomError says that a disk is nearly full.
type noRoomError struct{ free, leave uint64 }

func (e *noRoomError) Error() string {
	return fmt.Sprintf("only %s are free on this disk, and a recording leaves %s", format.Bytes(int64(e.free)), format.Bytes(int64(e.leave)))
}

func (e *noRoomError) hint() string {
	return "make room, or name a file on another disk; what was written before is kept, and can be replayed"
}

// recordSizeValue is how long a recording may become, in bytes.
type recordSizeValue int64

func (z *recordSizeValue) String() string {
	return strings.ReplaceAll(units.Base2Bytes(*z).String(), "iB", "B")
}

func (z *recordSizeValue) Type() string { return "size" }

func (z *recordSizeValue) Set(s string) error {
	n, err := units.ParseBase2Bytes(s)
	if err != nil || int64(n) < minRecord {
		return &badValue{"a size is a number and a unit, 64KB at the least", "--max-size 100MB"}
	}
	*z = recordSizeValue(n)
	return nil
}
