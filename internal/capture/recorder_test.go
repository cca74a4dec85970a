package capture

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"picotop/feed"
)

func TestAFullDiskLeavesAFileThatCanBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &file{room: 10_000}
		r := newRecorder(f)
		failed := make(chan error, 1)
		go func() { failed <- r.Run(context.Background()) }()
		d := feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: make([]byte, 100)}
		put := 0
		for len(failed) == 0 {
			r.Put(d)
			put++
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
		}
		if err := <-failed; !errors.Is(err, errFull) {
			t.Errorf("error %v", err)
		}
		all, _, err := readAll(bytes.NewReader(f.Bytes()))
		if err != nil || len(all) < put-20 || len(all) == 0 {
			t.Errorf("%d of %d could be read, error %v", len(all), put, err)
		}
		if got := r.Progress().Bytes; got != int64(f.Len()) {
			t.Errorf("it says %d bytes, there are %d", got, f.Len())
		}
	})
}

func TestARecordingEndsWhole(t *testing.T) {
	errRoom := errors.New("the disk is nearly full")
	tests := map[string]struct {
		most int64
		room error
		want error
	}{
		"as long as it may be":         {most: 10_000, want: ErrMaxBytes},
		"when the disk is nearly full": {room: errRoom, want: errRoom},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &file{}
				r := newRecorder(f)
				r.cfg.MaxBytes = tt.most
				r.cfg.Room = func() error {
					if r.Progress().Packets > 50 {
						return tt.room
					}
					return nil
				}
				ended := make(chan error, 1)
				go func() { ended <- r.Run(context.Background()) }()
				d := feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: make([]byte, 100)}
				for len(ended) == 0 {
					r.Put(d)
					time.Sleep(100 * time.Millisecond)
					synctest.Wait()
				}
				if err := <-ended; !errors.Is(err, tt.want) {
					t.Errorf("error %v", err)
				}
				all, _, err := readAll(bytes.NewReader(f.Bytes()))
				if p := r.Progress(); err != nil || int64(len(all)) != p.Packets || p.Bytes != int64(f.Len()) {
					t.Errorf("%d packets in %d bytes, it says %+v, error %v", len(all), f.Len(), p, err)
				}
				if tt.most > 0 && (int64(f.Len()) < tt.most || int64(f.Len()) > tt.most+5000) {
					t.Errorf("%d bytes", f.Len())
				}
			})
		})
	}
}

func TestASlowDiskLosesAndCounts(t *testing.T) {
	r := newRecorder(&file{})
	for range waiting + 3 {
		r.Put(feed.Datagram{From: from, To: to, Heard: heard})
	}
	if got := r.Progress().Lost; got != 3 {
		t.Errorf("%d lost, want 3", got)
	}
}

func TestTheTapKeepsNoPayload(t *testing.T) {
	f := &file{}
	r := newRecorder(f)
	payload := []byte("nan")
	r.Put(feed.Datagram{From: from, To: to, Heard: heard, Payload: payload})
	copy(payload, "???")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if all, _, err := readAll(bytes.NewReader(f.Bytes())); err != nil || string(all[0].Payload) != "nan" {
		t.Errorf("read %v, %v", all, err)
	}
}
