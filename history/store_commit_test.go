package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// runChild runs this test binary again to play a part on a directory.
func runChild(t *testing.T, part, dir string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+part, "DIR="+dir)
	c.Stderr = os.Stderr
	return c
}

// childAppends commits samples, says how many, and goes on until it is killed.
func childAppends() {
	s, err := Open(Config{Dir: os.Getenv("DIR"), Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	for n := 0; ; n++ {
		if n > 0 && n%50 == 0 {
			s.save()
			fmt.Println(s.Stats().Appended)
		}
		s.Append(sample("28ff01", noon.Add(time.Duration(n)*time.Second), float64(n)))
	}
}

func TestKilledProcessLosesNothingCommitted(t *testing.T) {
	for range 5 {
		killWhileAppending(t)
	}
}

func killWhileAppending(t *testing.T) {
	dir := t.TempDir()
	c := runChild(t, "append", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	committed := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() && committed < 2000 {
		if committed, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(lines.Text())
		}
		if committed == 1000 {
			if _, err := Open(Config{Dir: dir}); !isInUse(err) {
				t.Errorf("Open beside another process: %v", err)
			}
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it tells of the kill

	s := open(t, dir)
	got := replay(t, s, noon)
	if len(got) < committed || committed < 2000 {
		t.Errorf("%d samples are left of %d that were committed", len(got), committed)
	}
	for i, p := range got {
		if p.Celsius != float64(i) {
			t.Fatalf("sample %d is %+v", i, p)
		}
	}
	if notes := s.Stats().Notes; len(notes) > 0 {
		t.Errorf("a kill is no damage: %v", notes)
	}
}

func isInUse(err error) bool {
	_, ok := errors.AsType[*InUseError](err)
	return ok
}

// childFillsDisk meets a disk that takes no more, and one that does again.
func childFillsDisk() {
	signal.Ignore(syscall.SIGXFSZ) // then writing beyond the limit is an error
	now := noon
	s, err := Open(Config{Dir: os.Getenv("DIR"), Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	fill := func(from, n int) {
		for i := range n {
			s.Append(sample("28ff01", noon.Add(time.Duration(from+i)*time.Second), 4))
		}
	}
	report := func() {
		st := s.Stats()
		list, err := s.Range(context.Background(), "28ff01", noon, noon.Add(time.Hour), time.Hour)
		fmt.Println(list[0].Count, err, st.Appended, st.Waiting, st.Failures, st.Err != "", st.Since.Sub(noon))
	}
	fill(0, 10)
	s.save()
	report()

	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		fmt.Println(err)
		return
	}
	limit := was
	limit.Cur = 300
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println(err)
		return
	}
	fill(10, 1000)
	s.save()
	report()
	now = noon.Add(time.Minute)
	s.save()
	report()

	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		fmt.Println(err)
		return
	}
	fill(1010, 10)
	s.save()
	report()
	fmt.Println(s.Close())
}

func TestFullDiskKeepsSamplesWaiting(t *testing.T) {
	c := runChild(t, "full disk", filepath.Join(t.TempDir(), "history"))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		got = append(got, lines.Text())
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	want := []string{ // readable, error, committed, waiting, failures, in trouble, since
		"10 <nil> 10 0 0 false " + (time.Time{}).Sub(noon).String(),
		"1010 <nil> 10 1000 1 true 0s",
		"1010 <nil> 10 1000 2 true 0s",
		"1020 <nil> 1020 0 2 false " + (time.Time{}).Sub(noon).String(),
		"<nil>",
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}
