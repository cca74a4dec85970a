package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	gossh "golang.org/x/crypto/ssh"
)

// maxHostKey bounds the file of the server's key, in bytes.
const maxHostKey = 64 << 10

// hostKey returns the server's key in PEM, and makes the file if there is none. Together
// with an error it returns a new key, good for this run.
func hostKey(file string) ([]byte, error) {
	var kept error
	if file != "" {
		text, err := os.ReadFile(file)
		switch {
		case err == nil && len(text) <= maxHostKey:
			if _, err = gossh.ParsePrivateKey(text); err == nil {
				return text, nil
			}
			kept = fmt.Errorf("it holds no key: %w", err)
		case err == nil:
			kept = fmt.Errorf("it is longer than %d bytes", maxHostKey)
		case !errors.Is(err, fs.ErrNotExist):
			kept = fmt.Errorf("it cannot be read: %w", err)
		}
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := gossh.MarshalPrivateKey(private, "picotop")
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	if file != "" && kept == nil {
		kept = writeNew(file, text)
	}
	return text, kept
}

// writeNew writes a file that must not be there, for its owner alone.
func writeNew(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(file) // half a key would be no key for good
	}
	return err
}
