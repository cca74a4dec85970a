package cli

import (
	"errors"
	"io/fs"

	"picotop/internal/format"
	"picotop/internal/sshserver"
)

// keyFileHint leads to a file of keys that lets somebody in.
func keyFileHint(e *sshserver.KeyFileError) string {
	file := format.ShellQuote(e.File)
	if errors.Is(e.Err, fs.ErrPermission) {
		return "public keys are no secret, so let everybody read them: sudo chmod a+r " + file
	}
	return "put the public key of each who may look into it, a line each: cat ~/.ssh/id_ed25519.pub | sudo tee -a " + file
}
