package ui

import (
	"slices"
	"testing"
	"time"

	"picotop/internal/status"
)

// behind is a house with a database that is away.
func behind() *fakeSource {
	f := winter()
	f.health.RemoteWrite = []status.RemoteWrite{
		{Target: "attic", Sent: 1_000_000},
		{Target: "cloud", Behind: 12 * time.Minute, Err: "dial tcp 192.168.1.20:8428: connect: connection refused"},
	}
	return f
}

func TestBehindLine(t *testing.T) {
	for name, c := range map[string]struct {
		database status.RemoteWrite
		want     string
	}{
		"all is well":           {status.RemoteWrite{Target: "db"}, ""},
		"a moment behind":       {status.RemoteWrite{Target: "db", Behind: 5*time.Minute - time.Second, Err: "gone"}, ""},
		"it catches up":         {status.RemoteWrite{Target: "db", Behind: 3 * 24 * time.Hour}, "db is 3 d behind"},
		"away for a while":      {status.RemoteWrite{Target: "db", Behind: 12 * time.Minute, Err: "gone"}, "db is 12 min behind: gone"},
		"the password is wrong": {status.RemoteWrite{Target: "db", Behind: time.Hour, Err: "401"}, "db is 1 h behind: 401"},
	} {
		s := newTestModel(winter(), 80, 24).viewState
		before := len(problems(&s, 200))
		s.health.RemoteWrite = []status.RemoteWrite{c.database}
		all := problems(&s, 200)
		if c.want == "" && len(all) > before || c.want != "" && !slices.Contains(all, c.want) {
			t.Errorf("%s: %q", name, all)
		}
	}
}
