package app

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/house"
	"picotop/internal/sshserver"
)

// A remoteScreen is one that somebody looks at by ssh.
type remoteScreen struct {
	t    *testing.T
	keys io.Writer
	out  io.Reader
	seen strings.Builder
}

// press presses keys, and reads until the screen has a text.
func (s *remoteScreen) press(keys, until string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Fatal(err)
	}
	s.seen.Reset()
	for buf := make([]byte, 4096); !strings.Contains(s.seen.String(), until); {
		n, err := s.out.Read(buf)
		s.seen.Write(buf[:n])
		if err != nil {
			s.t.Fatalf("%v, without %q in %q", err, until, s.seen.String())
		}
	}
}

func TestWhoLooksBySSH(t *testing.T) {
	for name, tt := range map[string]struct {
		owner        bool
		menu, answer string // of the screen
		acknowledged bool
	}{
		"a viewer's key may not decide": {owner: false, menu: "file-of-owners"},
		"an owner's key may":            {owner: true, menu: "acknowledge:", answer: "longer", acknowledged: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			i := heardInstance(t, false)
			i.SSH.Owners = "file-of-owners"

			in, keys := io.Pipe()
			screen, out := io.Pipe()
			resized := make(chan sshserver.Size)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			done := make(chan error, 1)
			go func() {
				done <- i.showTo(ctx, sshserver.Viewer{
					Owner: tt.owner, In: in, Out: out, Environ: []string{"TERM=xterm"}, Size: sshserver.Size{Width: 80, Height: 24}, Resized: resized,
				})
				_ = out.Close()
			}()
			s := remoteScreen{t: t, keys: keys, out: screen}
			s.press("", "Tank")
			s.press("a", tt.menu)
			s.press("\r", tt.answer)
			s.press("\x1b", "AGE") // the table again
			s.press("\r", "export")
			s.press("e", "not written")
			go func() { _, _ = io.WriteString(keys, "q") }()
			_, _ = io.Copy(io.Discard, screen)
			if err := <-done; err != nil {
				t.Error(err)
			}
			close(resized)
			_ = keys.Close()

			if got := i.State().Conditions[0].Acknowledged; got != tt.acknowledged {
				t.Errorf("acknowledged: %v", got)
			}
			if !tt.owner {
				err := viewedInstance{i, false}.Decide(ctx, house.Decision{Action: house.Acknowledge, Sensor: i.State().Sensors[0].ID, Kind: house.Freezing})
				if err == nil || !strings.Contains(err.Error(), "file-of-owners") {
					t.Errorf("it may decide all the same: %v", err)
				}
			}
			if files, _ := filepath.Glob("*"); len(files) > 0 {
				t.Errorf("it wrote %v here", files)
			}
		})
	}
}
