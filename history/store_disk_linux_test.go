//go:build linux

package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// TestDisks plays on a disk of its own, a small one in memory, which only a
// process that may mount can have.
func TestDisks(t *testing.T) {
	for _, part := range []string{"small disk", "read-only disk", "disk full at the start"} {
		t.Run(part, func(t *testing.T) { playOnDisk(t, part) })
	}
}

func playOnDisk(t *testing.T, part string) {
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	c := runChild(t, part, t.TempDir())
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

// mountDisk mounts a disk in memory for this process only, and prints so if it
// cannot.
func mountDisk(options string) (dir string, ok bool) {
	dir = os.Getenv("DIR")
	err := errors.Join(
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("tmpfs", dir, "tmpfs", 0, options),
	)
	if err != nil {
		fmt.Println("no mount")
	}
	return dir, err == nil
}

// childOnSmallDisk fills the disk below a running store, and frees it again,
// several times. It prints what is not as it should be.
func childOnSmallDisk() {
	dir, ok := mountDisk("size=24m")
	if !ok {
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
	s, err := Open(Config{Dir: filepath.Join(dir, "history"), Now: c.now})
	if err != nil {
		fmt.Println(err)
		return
	}
	readable("reopened:")
	if err := s.Close(); err != nil {
		fmt.Println(err)
	}
}

// childOnReadOnlyDisk starts on a disk that is read-only, as that of a Pi becomes
// when its card wears out, and mends it.
func childOnReadOnlyDisk() {
	disk, ok := mountDisk("size=24m")
	if !ok {
		return
	}
	remount := func(flags uintptr) {
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			fmt.Println(err)
		}
	}
	for name, before := range map[string]int{"old": 3, "never/made": 0} {
		c := &fakeClock{wall: noon}
		s := New(Config{Dir: filepath.Join(disk, name), Now: c.now})
		s.elapsed = func(time.Time) time.Duration { return c.mono }
		hear := func(n int) {
			for range n {
				c.pass(time.Minute)
				s.Append(sample("28ff01", c.wall, 4))
			}
		}
		if before > 0 {
			if err := s.Open(); err != nil {
				fmt.Println(err)
			}
			hear(before)
			if err := s.Close(); err != nil {
				fmt.Println(err)
			}
			s = New(Config{Dir: s.dir, Now: c.now})
			s.elapsed = func(time.Time) time.Duration { return c.mono }
		}
		remount(syscall.MS_RDONLY)
		if err := s.Open(); !CanWait(err) {
			fmt.Printf("%s: opening where nothing can be written: %v\n", name, err)
		}
		hear(2)
		s.save()
		if st := s.Stats(); st.Err == "" || st.Waiting != 2 || st.Dropped != 0 {
			fmt.Printf("%s: while read-only: %+v\n", name, st)
		}
		checkQuery(s, name, c.wall, 2)
		if before > 0 {
			checkView(s.dir, before)
		}
		remount(0)
		c.pass(2 * time.Minute)
		s.save()
		if st := s.Stats(); st.Err != "" || st.Waiting != 0 || st.Appended != 2 {
			fmt.Printf("%s: mended: %+v\n", name, st)
		}
		checkQuery(s, name, c.wall, before+2)
		if err := s.Close(); err != nil {
			fmt.Println(err)
		}
	}
}

func checkQuery(s *Store, name string, until time.Time, want int) {
	q, err := s.Queryable().Querier(noon.UnixMilli(), until.UnixMilli())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer q.Close()
	got := 0
	for set := q.Select(context.Background(), false, nil, temperatureMatchers("28ff01")...); set.Next(); {
		for it := set.At().Iterator(nil); it.Next() == chunkenc.ValFloat; {
			got++
		}
	}
	if got != want {
		fmt.Printf("%s: PromQL sees %d readings, want %d\n", name, got, want)
	}
}

func checkView(dir string, want int) {
	v, err := OpenView(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	info, err := v.Info(context.Background())
	if err != nil || info.Samples != uint64(want) {
		fmt.Printf("a view of a read-only disk: %+v, %v\n", info, err)
	}
	n, err := v.Export(context.Background(), io.Discard, CSV, Selection{}, nil)
	if err != nil || n != uint64(want) {
		fmt.Printf("an export from a read-only disk: %d, %v\n", n, err)
	}
}

// childOnDiskFullAtStart starts with more and more room, a store that is new and
// one that has a past, and makes room then.
func childOnDiskFullAtStart() {
	disk, ok := mountDisk("size=16m")
	if !ok {
		return
	}
	for room := 0; room <= 3<<20; room += 448 << 10 {
		dir := filepath.Join(disk, fmt.Sprint(room))
		for _, past := range []int{0, 3} {
			c := &fakeClock{wall: noon.Add(time.Duration(past) * time.Hour)}
			ballast := filepath.Join(disk, "ballast")
			_ = os.WriteFile(ballast, make([]byte, 64<<20), 0o600) // as much as there is room for
			if info, err := os.Stat(ballast); err != nil || os.Truncate(ballast, info.Size()-int64(room)) != nil {
				fmt.Println("no ballast", err)
			}
			s := New(Config{Dir: dir, Now: c.now})
			s.elapsed = func(time.Time) time.Duration { return c.mono }
			if err := s.Open(); err != nil && !CanWait(err) {
				fmt.Printf("%d bytes of room: %v\n", room, err)
			}
			for range 3 * 60 {
				c.pass(time.Minute)
				for sensor := range 20 {
					s.Append(sample(fmt.Sprintf("28ff%02d", sensor), c.wall, 4))
				}
				s.save()
				s.compact(context.Background())
			}
			if err := os.Remove(ballast); err != nil {
				fmt.Println(err)
			}
			c.pass(2 * time.Minute)
			s.save()
			st := s.Stats()
			if st.Err != "" || st.Waiting != 0 || st.Dropped != 0 || st.Appended != 3*60*20 {
				fmt.Printf("%d bytes of room: %+v\n", room, st)
			}
			if err := s.Close(); err != nil {
				fmt.Println(err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			fmt.Println(err)
		}
	}
}
