package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"picotop/feed"
)

const (
	// killAfter is how long a command that was asked to end may take to.
	killAfter = 2 * time.Second
	// maxOutput is how much of what a command writes is kept for its error.
	maxOutput = 4 << 10
)

// commandSender runs a program without a shell, with the message as JSON on its
// standard input. It has done its work if its exit status is 0.
func commandSender(command []string) sender {
	return func(ctx context.Context, m Message) error {
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		started := time.Now()
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		var said tail
		cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(append(text, '\n')), nil, &said
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that what it started ends too
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = killAfter
		err = cmd.Run()
		switch done := cmd.ProcessState; {
		case done != nil && done.Success(): // what it started may go on
			return nil
		case done != nil && done.Exited():
		case ctx.Err() != nil:
			return &hungError{after: time.Since(started).Round(time.Second)}
		}
		if line := feed.Clean(strings.TrimSpace(said.String()), maxErrorText); line != "" {
			return fmt.Errorf("%s: %w: %s", command[0], err, line)
		}
		return fmt.Errorf("%s: %w", command[0], err)
	}
}

// A tail keeps the first bytes of what is written, and takes the rest too.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.Buffer.Write(p[:min(len(p), max(maxOutput-t.Len(), 0))])
	return len(p), nil
}
