package sshserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// A role is what a key is good for.
type role int

const (
	nobody role = iota
	viewer
	owner
)

// keyFiles are the files of keys. They are read anew for each who comes, so a change
// counts at once.
type keyFiles struct{ viewers, owners string }

// maxKeyFile bounds a file of keys, in bytes: some thousand of them.
const maxKeyFile = 1 << 20

var errNoKeys = errors.New("there is no key in it")

// A KeyFileError says why nobody could be let in.
type KeyFileError struct {
	File string
	Err  error
}

func (e *KeyFileError) Error() string { return fmt.Sprintf("keys for ssh, %s: %v", e.File, e.Err) }

// Unwrap returns the cause.
func (e *KeyFileError) Unwrap() error { return e.Err }

// role is what the files say of a key. One that cannot be read lets nobody in.
func (f keyFiles) role(key ssh.PublicKey) role {
	if isIn(f.owners, key) {
		return owner
	}
	if isIn(f.viewers, key) {
		return viewer
	}
	return nobody
}

func isIn(file string, key ssh.PublicKey) bool {
	keys, err := readKeys(file)
	if err != nil || key == nil {
		return false
	}
	for _, k := range keys {
		if ssh.KeysEqual(k, key) {
			return true
		}
	}
	return false
}

// count is how many keys there are in both files.
func (f keyFiles) count() (int, error) {
	owners, err := readKeys(f.owners)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, &KeyFileError{File: f.owners, Err: err}
	}
	viewers, err := readKeys(f.viewers)
	if err != nil && (len(owners) == 0 || !errors.Is(err, os.ErrNotExist)) {
		return 0, &KeyFileError{File: f.viewers, Err: err}
	}
	return len(owners) + len(viewers), nil
}

// readKeys reads a file in OpenSSH's form of authorized_keys. A line with options, such
// as from="..." or expiry-time="...", counts for nothing: they are not known here, and a
// key that is good under conditions must not be good without them. Neither does a line
// that cannot be read.
func readKeys(file string) ([]ssh.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("it is longer than %d bytes", maxKeyFile)
	}
	var keys []ssh.PublicKey
	for line := range bytes.Lines(text) {
		key, _, options, _, err := gossh.ParseAuthorizedKey(line)
		if err == nil && len(options) == 0 {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
