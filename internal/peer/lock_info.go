package peer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A LockInfo is who holds a data directory. It is written there, so that a
// second picotop can say who and read from it.
type LockInfo struct {
	PID    int    `json:"pid"`
	Socket string `json:"socket,omitempty"`
}

const (
	lockInfoName = "running.json"
	maxLockInfo  = 4 << 10 // bytes
)

// WriteLockInfo says in a data directory who holds it. The returned function
// takes it back.
func WriteLockInfo(dir string, l LockInfo) (remove func(), err error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, lockInfoName)
	temp := name + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o644); err != nil {
		return nil, fmt.Errorf("saying who holds %s: %w", dir, err)
	}
	if err := os.Rename(temp, name); err != nil {
		return nil, fmt.Errorf("saying who holds %s: %w", dir, err)
	}
	return func() { _ = os.Remove(name) }, nil
}

// ReadLockInfo reads who holds a data directory. What it says may be out of
// date: a killed program leaves it behind.
func ReadLockInfo(dir string) (LockInfo, error) {
	f, err := os.Open(filepath.Join(dir, lockInfoName))
	if err != nil {
		return LockInfo{}, err
	}
	defer f.Close()
	var l LockInfo
	if err := json.NewDecoder(io.LimitReader(f, maxLockInfo)).Decode(&l); err != nil {
		return LockInfo{}, errors.New("the file that says who holds the data is damaged")
	}
	return l, nil
}

// Targets returns where the holder can be read.
func (l LockInfo) Targets() []Target {
	var all []Target
	if l.Socket != "" {
		all = append(all, Target{Socket: l.Socket})
	}
	return all
}
