package history

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// FuzzReadSegment holds that a file of a log, however it is damaged, is read as the
// library reads it: the same records, and damage at the same place.
func FuzzReadSegment(f *testing.F) {
	f.Add([]byte{10, 200, 3}, uint32(0), byte(0), uint32(0))        // whole
	f.Add([]byte{10, 200, 3}, uint32(12), byte(1), uint32(0))       // a bit turned over
	f.Add([]byte{10, 200, 3}, uint32(0), byte(0), uint32(5))        // its end is lost
	f.Add([]byte{255, 255, 255}, uint32(40000), byte(7), uint32(0)) // records over several pages
	f.Add([]byte{255, 255, 1}, uint32(0), byte(0), uint32(33000))   // cut in the first page
	f.Add([]byte{}, uint32(0), byte(0), uint32(0))                  // empty
	f.Fuzz(func(t *testing.T, records []byte, at uint32, turned byte, lost uint32) {
		path := writeSegment(t, records[:min(len(records), 40)])
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 0 {
			text[int(at)%len(text)] ^= turned
			text = text[:len(text)-int(lost)%(len(text)+1)]
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got, gotErr := segmentRecords(path, readSegment)
		want, wantErr := segmentRecords(path, readAsLibrary)
		if !slices.Equal(got, want) {
			t.Errorf("%d records, and the library reads %d", len(got), len(want))
		}
		if got, want := damageText(gotErr), damageText(wantErr); got != want {
			t.Errorf("damage %q, and the library finds %q", got, want)
		}
	})
}

// writeSegment writes a log of one file, with a record for each length, of which each
// stands for so many hundred bytes.
func writeSegment(t *testing.T, lengths []byte) string {
	t.Helper()
	w, err := wlog.NewSize(slog.New(slog.DiscardHandler), nil, t.TempDir(), 1<<30, compression.None)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range lengths {
		rec := make([]byte, 1+100*int(n))
		for j := range rec {
			rec[j] = byte(i + j)
		}
		if err := w.Log(rec); err != nil {
			t.Fatal(err)
		}
	}
	dir := w.Dir()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return wlog.SegmentName(dir, 0)
}

func readAsLibrary(path string, visit func([]byte) error) error {
	segment, err := wlog.OpenReadSegment(path)
	if err != nil {
		return err
	}
	from := wlog.NewSegmentBufReader(segment)
	defer from.Close()
	return catchReadPanic(func() error {
		r := wlog.NewReader(from)
		for r.Next() {
			if err := visit(r.Record()); err != nil {
				return err
			}
		}
		return r.Err()
	})
}

func segmentRecords(path string, read func(string, func([]byte) error) error) (all []string, err error) {
	err = read(path, func(rec []byte) error {
		all = append(all, string(rec))
		return nil
	})
	return all, err
}

// damageText is the damage with its place, which the text of the error leaves out.
func damageText(err error) string {
	if err == nil {
		return ""
	}
	c, ok := errors.AsType[*wlog.CorruptionErr](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("%s, file %d at %d: %v", c.Dir, c.Segment, c.Offset, c.Err)
}
