package promapi

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/promql"
)

// TestAnswerEndsWithItsReader has a reader leave after some writes: what it will
// not read is neither written out nor kept.
func TestAnswerEndsWithItsReader(t *testing.T) {
	series := promql.Series{Floats: make([]promql.FPoint, 100_000)}
	answers := map[string]any{
		"many points of one series": queryData{result: promql.Matrix{series}},
		"many series":               queryData{result: make(promql.Matrix, 100_000)},
		"an instant":                queryData{result: make(promql.Vector, 100_000)},
	}
	for name, data := range answers {
		for _, writes := range []int{0, 1, 2} {
			w := &leaving{writes: writes}
			s := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, w, flushAt)
			encodeData(s, data)
			if err := s.Flush(); !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("%s, who leaves after %d: %v", name, writes, err)
			}
			if n := s.Buffered(); n > 2*flushAt {
				t.Errorf("%s, who leaves after %d: %d bytes are kept", name, writes, n)
			}
		}
	}
}

// leaving is a reader who leaves after some writes.
type leaving struct{ writes int }

func (l *leaving) Write(p []byte) (int, error) {
	if l.writes--; l.writes < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// A slowReader takes parts, and counts how often its time was set anew.
type slowReader struct {
	http.ResponseWriter
	longest, deadlines int
}

func (r *slowReader) Write(p []byte) (int, error) {
	r.longest = max(r.longest, len(p))
	return len(p), nil
}

func (r *slowReader) SetWriteDeadline(time.Time) error {
	r.deadlines++
	return nil
}

// TestLongPartHasTime holds that sendTime is for a part, however much is written at once.
func TestLongPartHasTime(t *testing.T) {
	r := &slowReader{}
	if _, err := newSpool(r).Write(make([]byte, 10*flushAt+1)); err != nil {
		t.Fatal(err)
	}
	if r.longest > flushAt || r.deadlines != 11 {
		t.Errorf("parts of up to %d bytes, %d times", r.longest, r.deadlines)
	}
}
