package status

import (
	"slices"
	"testing"
	"time"
)

func TestBehind(t *testing.T) {
	s := Status{RemoteWrite: []RemoteWrite{
		{Target: "well"},
		{Target: "a moment", Behind: behindFor - time.Second, Err: "gone"},
		{Target: "catching up", Behind: 3 * 24 * time.Hour},
		{Target: "away", Behind: behindFor, Err: "gone"},
	}}
	want := []string{"catching up is 3 d behind", "away is 5 min behind: gone"}
	if got := s.Behind(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
