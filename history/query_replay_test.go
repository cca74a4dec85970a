package history

import (
	"testing"
	"time"
)

func TestReplayOfNothing(t *testing.T) {
	s := open(t, t.TempDir())
	if got := replay(t, s, time.Time{}); got != nil {
		t.Errorf("replayed %v", got)
	}
	if got := s.Stats(); !got.Oldest.IsZero() || !got.Newest.IsZero() {
		t.Errorf("an empty store has an extent: %+v", got)
	}
}
