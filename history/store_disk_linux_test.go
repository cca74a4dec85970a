//go:build linux

package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk plays on a disk of its own, a small one in memory, which only a
// process that may mount can have.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	c := runChild(t, "small disk", t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := c.Output()
	if err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Skip("this machine gives no mount namespace: ", err)
		}
		t.Fatal(err)
	}
	if text := string(out); text == "no mount\n" {
		t.Skip("this machine mounts no disk in memory")
	} else if text != "" {
		t.Error(text)
	}
}

// childOnSmallDisk fills the disk below a running store, and frees it again,
// several times. It prints what is not as it should be.
func childOnSmallDisk() {
	dir := os.Getenv("DIR")
	err := errors.Join(
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"),
	)
	if err != nil {
		fmt.Println("no mount")
		return
	}
	c := &fakeClock{wall: noon}
	s := New(Config{Dir: filepath.Join(dir, "history"), Now: c.now})
	s.elapsed = func(time.Time) time.Duration { return c.mono }
	if err := s.Open(); err != nil {
		fmt.Println(err)
		return
	}
	ctx, heard := context.Background(), 0
	hear := func(n int) {
		for range n {
			c.pass(time.Second)
			for sensor := range 20 {
				s.Append(sample(fmt.Sprintf("28ff%02d", sensor), c.wall, float64(heard%400)/16))
			}
			heard++
		}
	}
	readable := func(when string) {
		list, err := s.Range(ctx, "28ff07", noon, c.wall, time.Hour)
		got := 0
		for _, b := range list {
			got += b.Count
		}
		if got != heard || err != nil {
			fmt.Printf("%s %d of %d readings can be read (%v)\n", when, got, heard, err)
		}
	}
	for round := range 4 {
		hear(300)
		s.save()
		if st := s.Stats(); st.Err != "" || st.Waiting != 0 {
			fmt.Printf("round %d, with room: %+v\n", round, st)
		}
		ballast := filepath.Join(dir, "ballast")
		_ = os.WriteFile(ballast, make([]byte, 64<<20), 0o600) // as much as there is room for
		for range 5 {
			hear(300)
			s.save()
		}
		if st := s.Stats(); st.Err == "" || st.Waiting == 0 || st.Dropped != 0 {
			fmt.Printf("round %d, without room: %+v\n", round, st)
		}
		readable("full:")
		if err := os.Remove(ballast); err != nil {
			fmt.Println(err)
		}
		hear(1)
		s.save()
		if st := s.Stats(); st.Err != "" || st.Waiting != 0 {
			fmt.Printf("round %d, with room again: %+v\n", round, st)
		}
		readable("freed:")
	}
	if err := s.Close(); err != nil {
		fmt.Println(err)
	}
	s, err = Open(Config{Dir: filepath.Join(dir, "history"), Now: c.now})
	if err != nil {
		fmt.Println(err)
		return
	}
	readable("reopened:")
	if err := s.Close(); err != nil {
		fmt.Println(err)
	}
}
