package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
	"picotop/internal/format"
)

func TestAgesStandStill(t *testing.T) {
	now := monday
	s := house.Sensor{Heard: monday.Add(-3 * time.Second), Interval: 10 * time.Second}
	var r row
	var shown []string
	for range 45 {
		r.update(s, now)
		if len(shown) == 0 || shown[len(shown)-1] != r.age {
			shown = append(shown, r.age)
		}
		now = now.Add(time.Second)
	}
	want := []string{"3 s", "8 s", "13 s", "18 s", "23 s", "28 s"}
	for i := 31; i <= 47; i++ { // late
		want = append(want, format.Age(time.Duration(i)*time.Second))
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
	s.Heard = now
	if r.update(s, now); r.age != "0 s" {
		t.Errorf("heard again, it shows %q", r.age)
	}
}
