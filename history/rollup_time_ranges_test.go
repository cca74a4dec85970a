package history

import (
	"math/rand/v2"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// TestTimeRangesLaw holds a set of ranges against a set of single moments.
func TestTimeRangesLaw(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var set timeRanges
		var want [40]bool
		for range rnd.IntN(8) {
			r := timeRange{int64(rnd.IntN(40)), int64(rnd.IntN(40))}
			set = set.union(r)
			for i := r.From; i < r.To; i++ {
				want[i] = true
			}
		}
		r := timeRange{int64(rnd.IntN(20)), int64(20 + rnd.IntN(20))}
		var all, within, without [40]bool
		var wantIn, wantOut [40]bool
		mark := func(list timeRanges, in *[40]bool) {
			last := int64(-1)
			for _, s := range list {
				if s.From <= last || s.From >= s.To {
					t.Errorf("%v is not in order, or touches", list)
				}
				last = s.To
				for i := s.From; i < s.To; i++ {
					in[i] = true
				}
			}
		}
		mark(set, &all)
		mark(set.intersect(r), &within)
		mark(set.gaps(r), &without)
		for i := r.From; i < r.To; i++ {
			wantIn[i], wantOut[i] = want[i], !want[i]
		}
		for name, d := range map[string]string{
			"all": diff.Diff(all, want), "within": diff.Diff(within, wantIn), "without": diff.Diff(without, wantOut),
		} {
			if d != "" {
				t.Fatalf("%s of %v, %v (-got +want):\n%s", name, set, r, d)
			}
		}
	}
}
