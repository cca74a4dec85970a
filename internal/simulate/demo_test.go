package simulate

import (
	"context"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"picotop/feed"
)

var start = time.Date(2026, 11, 23, 21, 47, 0, 0, time.UTC)

func TestTheDayOfTheDemo(t *testing.T) {
	type told struct {
		last    time.Time
		celsius float64
	}
	last := map[string]told{}
	count := 0
	DemoDay(start, func(s DemoSensor, at time.Time, celsius float64) {
		if !at.Before(start) || at.Before(start.Add(-26*time.Hour)) {
			t.Fatalf("%s at %v is not within the day before", s.Name, at)
		}
		if was := last[s.Name]; !at.After(was.last) {
			t.Fatalf("%s at %v comes after %v", s.Name, at, was.last)
		}
		last[s.Name] = told{at, celsius}
		count++
	})
	if len(last) != 10 {
		t.Errorf("%d sensors, want 10", len(last))
	}
	if c := last["ColdWaterTank"].celsius; c > 3 || c < 2.5 {
		t.Errorf("the tank is at %v, and should have begun to freeze", c)
	}
	if quiet := start.Sub(last["Shed"].last); quiet < 100*time.Minute || quiet > 2*time.Hour {
		t.Errorf("the shed was silent for %v", quiet)
	}
	if quiet := start.Sub(last["Outside"].last); quiet > time.Minute {
		t.Errorf("outside was silent for %v", quiet)
	}
	if count < 50_000 {
		t.Errorf("only %d readings", count)
	}
}

func TestTheDemoIsTheSameEachTime(t *testing.T) {
	for _, p := range DemoPicos() {
		for _, s := range p.Sensors {
			for _, since := range []time.Duration{-20 * time.Hour, -time.Minute, 0, 30 * time.Hour} {
				if a, b := s.celsius(since), s.celsius(since); a != b || a != float64(int(a*16))/16 {
					t.Errorf("%s after %v: %v and %v", s.Name, since, a, b)
				}
			}
		}
	}
}

func TestTheDemoSendsAsPicosDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu      sync.Mutex // guards the rest
			last    = map[string]time.Time{}
			names   = map[string]bool{}
			powerOn int
		)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		demo := NewDemo(time.Now(), time.Now, func(pico int, payload []byte) error {
			mu.Lock()
			defer mu.Unlock()
			got, why := feed.Decode(payload)
			if why != "" {
				t.Errorf("%s is refused: %s", payload, why)
			}
			if got.Kind == feed.Status {
				names[got.Name] = true
				return nil
			}
			every := DemoPicos()[pico].every
			if was, ok := last[got.Sensor]; ok && time.Since(was) != every {
				t.Errorf("%s came after %v, want %v", got.Name, time.Since(was), every)
			}
			last[got.Sensor] = time.Now()
			if got.Celsius == 85 {
				powerOn++
			}
			return nil
		})
		if err := demo.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if len(last) != 8 || powerOn != 1 || !maps.Equal(names, map[string]bool{"airing-cupboard": true}) {
			t.Errorf("%d sensors, %d power-on values, status of %v", len(last), powerOn, names)
		}
	})
}
