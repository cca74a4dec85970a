package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Faults are what is wrong with a history on disk.
type Faults struct {
	Refused     error    // why picotop will not touch it, nil if it will
	Damaged     []string // what cannot be read, and why
	Quarantined int      // how many files and directories are in quarantine
}

// FindFaults checks a history on disk, and changes nothing. With busy, that is
// while a program has it open, it leaves out the log, which may end in the
// middle of a record. An error says that it could not be checked.
func FindFaults(dir string, busy bool) (Faults, error) {
	var f Faults
	names, err := blockNames(dir)
	if err != nil {
		return f, fmt.Errorf("looking at %s: %w", dir, err)
	}
	if _, err := checkVersion(dir); err != nil && !isEnvironmentError(err) {
		f.Refused = err
		return f, nil
	}
	for _, name := range names {
		block := filepath.Join(dir, name)
		err := checkBlock(block, false)
		if isEnvironmentError(err) {
			return f, fmt.Errorf("looking at %s: %w", dir, err)
		}
		if err != nil && exists(block) { // else it was merged
			f.Damaged = append(f.Damaged, fmt.Sprintf("%s: %v", name, oneLine(err)))
		}
	}
	if err := checkWAL(filepath.Join(dir, walName)); err != nil && !busy && !isEnvironmentError(err) {
		f.Damaged = append(f.Damaged, fmt.Sprintf("the log of the last hours: %v", oneLine(err)))
	}
	quarantined, err := os.ReadDir(filepath.Join(dir, quarantineName))
	if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) && !isEnvironmentError(err) {
		return f, fmt.Errorf("looking at %s: %w", dir, err)
	}
	f.Quarantined = len(quarantined)
	return f, nil
}
