package history

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReopenKeepsEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var", "lib", "picotop")
	want := []Sample{sample("28ff01", noon, 4.5), sample("28ff02", noon.Add(time.Second), -3)}

	s := open(t, dir)
	for _, p := range want {
		s.Append(p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}

	s = open(t, dir)
	if d := cmp.Diff(replay(t, s, noon), want, sameTime); d != "" {
		t.Errorf("after reopening (-got +want):\n%s", d)
	}
	st := s.Stats()
	if !st.Oldest.Equal(noon) || !st.Newest.Equal(noon.Add(time.Second)) || st.Bytes == 0 || st.Series != 2 {
		t.Errorf("Stats after reopening: %+v", st)
	}
}

func TestClosedStore(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Append(sample("28ff01", noon, 4.5))
	if got := s.Stats().Dropped; got != 1 {
		t.Errorf("%d samples dropped, want 1", got)
	}
	ctx := context.Background()
	if err := s.Run(ctx); err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := s.Range(ctx, "28ff01", noon, noon, time.Minute); !errors.Is(err, errClosed) {
		t.Errorf("Range: %v", err)
	}
	if err := s.Replay(ctx, noon, func(Sample) {}); !errors.Is(err, errClosed) {
		t.Errorf("Replay: %v", err)
	}
	if _, err := s.Last(ctx, noon); !errors.Is(err, errClosed) {
		t.Errorf("Last: %v", err)
	}
}

func TestRunSavesByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon)) // the bubble's clock starts in 2000
		s, err := Open(Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		opened := s.lastSync

		s.Append(sample("28ff01", time.Now(), 4.5))
		time.Sleep(commitEvery - time.Second)
		synctest.Wait()
		if got := s.Stats(); got.Waiting != 1 || got.Appended != 0 {
			t.Errorf("too early: %+v", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.Stats(); got.Waiting != 0 || got.Appended != 1 {
			t.Errorf("after 10 s: %+v", got)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := s.lastSync.Sub(opened); got != syncEvery {
			t.Errorf("synced after %v, want %v", got, syncEvery)
		}

		for i := range batchSize { // a batch's worth does not wait
			s.Append(sample("28ff01", time.Now().Add(time.Duration(i+1)*minSpacing), 4.5))
		}
		synctest.Wait()
		if got := s.Stats(); got.Waiting != 0 || got.Appended != 1+batchSize {
			t.Errorf("after a full batch: %+v", got)
		}

		s.Append(sample("28ff02", time.Now().Add(time.Hour), 4.5))
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if got := s.Stats(); got.Waiting != 0 || got.Appended != 2+batchSize {
			t.Errorf("after Run: %+v", got)
		}
	})
}

func TestCloseEndsRun(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ended := make(chan error)
	go func() { ended <- s.Run(context.Background()) }()
	s.Append(sample("28ff01", noon, 4.5))
	go func() { _ = s.Close() }()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, dir), "28ff01"); got != 1 {
		t.Errorf("%d samples after reopening, want 1", got)
	}
}
