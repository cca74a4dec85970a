package sshserver

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
		case err == nil && len(text) > maxHostKey:
			kept = fmt.Errorf("it is longer than %d bytes, and may be removed", maxHostKey)
		case err == nil:
			if _, err = gossh.ParsePrivateKey(text); err == nil {
				return text, nil
			}
			kept = fmt.Errorf("it holds no key, and may be removed: %w", err)
		case !errors.Is(err, fs.ErrNotExist):
			kept = err
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

// writeNew writes a file for its owner alone. It is there as a whole or not at all, even
// after a power cut: half a key would be none for good.
func writeNew(file string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
