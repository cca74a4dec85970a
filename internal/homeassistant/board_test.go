package homeassistant

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBoard(t *testing.T) {
	describes := message{topic: "d", payload: []byte("1"), retain: true}
	reads := func(text string) message { return message{topic: "r", payload: []byte(text), described: "d"} }
	warns := func(text, essence string) message {
		return message{topic: "w", payload: []byte(text), essence: essence, retain: true}
	}
	type step struct {
		at     time.Duration
		do     func(*board)
		wanted []message
		forget bool
		refuse bool
		due    []string // topics, with their payload
	}
	for name, steps := range map[string][]step{
		"a reading waits until it is described": {
			{wanted: []message{describes, reads("a")}, due: []string{"d=1"}},
			{at: time.Second, wanted: []message{describes, reads("a")}},
			{at: 2 * time.Second, wanted: []message{describes, reads("b")}, due: []string{"r=b"}},
		},
		"readings come at most every five seconds": {
			{wanted: []message{describes}, due: []string{"d=1"}},
			{at: 2 * time.Second, wanted: []message{describes, reads("a")}, due: []string{"r=a"}},
			{at: 6 * time.Second, wanted: []message{describes, reads("b")}},
			{at: 7 * time.Second, wanted: []message{describes, reads("c")}, due: []string{"r=c"}},
		},
		"what is as before is not sent again": {
			{wanted: []message{describes}, due: []string{"d=1"}},
			{at: time.Hour, wanted: []message{describes}},
		},
		"a warning is told at once, its words later": {
			{wanted: []message{warns("2.5 degrees", "on")}, due: []string{"w=2.5 degrees"}},
			{at: time.Second, wanted: []message{warns("2.4 degrees", "on")}},
			{at: 2 * time.Second, wanted: []message{warns("over", "off")}, due: []string{"w=over"}},
			{at: 61 * time.Second, wanted: []message{warns("3.6 degrees", "off")}},
			{at: 62 * time.Second, wanted: []message{warns("3.7 degrees", "off")}, due: []string{"w=3.7 degrees"}},
		},
		"what is gone is taken away": {
			{wanted: []message{describes, warns("x", "")}, due: []string{"d=1", "w=x"}},
			{at: time.Second, wanted: []message{warns("x", "")}, due: []string{"d="}},
			{at: 2 * time.Second, wanted: []message{warns("x", "")}},
		},
		"what is not retained is only no longer sent": {
			{wanted: []message{describes}, due: []string{"d=1"}},
			{at: 2 * time.Second, wanted: []message{describes, reads("a")}, due: []string{"r=a"}},
			{at: 3 * time.Second, wanted: []message{describes}},
			{at: 4 * time.Second, wanted: []message{describes, reads("b")}, due: []string{"r=b"}},
		},
		"what an earlier run left goes after a while": {
			{do: func(b *board) { b.find("d"); b.find("old") }, wanted: []message{describes}, due: []string{"d=1"}},
			{at: time.Hour, wanted: []message{describes}},
			{at: 2 * time.Hour, wanted: []message{describes}, forget: true, due: []string{"old="}},
			{at: 3 * time.Hour, wanted: []message{describes}, forget: true},
		},
		"a broker that is back gets all, and what went meanwhile": {
			{wanted: []message{describes, warns("x", "")}, due: []string{"d=1", "w=x"}},
			{at: time.Second, do: (*board).again, wanted: []message{describes}, due: []string{"d=1", "w="}},
		},
		"what is refused is left alone for a while": {
			{wanted: []message{describes}, refuse: true, due: []string{"d=1"}},
			{at: time.Minute, wanted: []message{describes}},
			{at: refusedFor, wanted: []message{describes}, due: []string{"d=1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard()
			for _, s := range steps {
				if s.do != nil {
					s.do(b)
				}
				var due []string
				for _, m := range b.due(s.wanted, s.forget, noon.Add(s.at)) {
					due = append(due, m.topic+"="+string(m.payload))
					b.sent(m, s.refuse, noon.Add(s.at))
					if b.isRefused() != s.refuse {
						t.Errorf("refused: %v", b.isRefused())
					}
				}
				slices.Sort(due)
				if diff := cmp.Diff(s.due, due); diff != "" {
					t.Errorf("after %v:\n%s", s.at, diff)
				}
			}
		})
	}
}

func TestExpireAfter(t *testing.T) {
	for name, c := range map[string]struct{ before, interval, want time.Duration }{
		"not learnt":                    {0, 0, 15 * time.Minute},
		"learnt for the first time":     {15 * time.Minute, 10 * time.Second, time.Minute},
		"a little more than a step":     {time.Minute, 10*time.Second + 1, 2 * time.Minute},
		"and a little less again":       {2 * time.Minute, 10*time.Second - 1, 2 * time.Minute},
		"far shorter":                   {time.Hour, 10 * time.Second, time.Minute},
		"it sends each ten minutes":     {0, 10 * time.Minute, time.Hour},
		"it sends once a month":         {0, 30 * 24 * time.Hour, 7 * 24 * time.Hour},
		"never before it has to be so ": {time.Minute, 20 * time.Second, 2 * time.Minute},
	} {
		if got := expireAfter(c.before, c.interval); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"28ff641f7616035c": "28ff641f7616035c",
		"192.168.1.57":     "192_168_1_57_7ad7d4bd",
		"Loft":             "loft_66a7501e",
		"a/b":              "a_b_3a8e75c1",
		"a+b":              "a_b_1298c425",
		"":                 "_811c9dc5",
	} {
		if got := safe(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
