package demo

import (
	"testing"
	"time"

	"picotop/feed"
)

var start = time.Date(2026, 11, 23, 21, 47, 0, 0, time.UTC)

func TestTheDayTellsItsStory(t *testing.T) {
	type told struct {
		last    time.Time
		celsius float64
	}
	last := map[string]told{}
	count := 0
	Day(start, func(s Sensor, at time.Time, celsius float64) {
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

func TestTheHouseIsTheSameEachTime(t *testing.T) {
	for _, p := range Picos() {
		for _, s := range p.Sensors {
			for _, since := range []time.Duration{-20 * time.Hour, -time.Minute, 0, 30 * time.Hour} {
				if a, b := s.celsius(since), s.celsius(since); a != b || a != float64(int(a*16))/16 {
					t.Errorf("%s after %v: %v and %v", s.Name, since, a, b)
				}
			}
		}
	}
}

func TestPacketsAreThoseOfAPico(t *testing.T) {
	lies := 0
	for _, p := range Picos() {
		for _, s := range p.Sensors {
			for _, second := range []bool{false, true} {
				payload, err := s.packet(time.Minute, second)
				if err != nil {
					t.Fatal(err)
				}
				got, why := feed.Decode(payload)
				if why != "" || got.Sensor != s.ROM || got.Name != s.Name {
					t.Errorf("%s decodes to %+v, %q", payload, got, why)
				}
				if got.Celsius == 85 {
					lies++
				}
			}
		}
		payload, err := p.status(0)
		if err != nil {
			t.Fatal(err)
		}
		if got, why := feed.Decode(payload); why != "" || got.Kind != feed.Status || got.Name != p.Name {
			t.Errorf("%s decodes to %+v, %q", payload, got, why)
		}
	}
	if lies != 1 {
		t.Errorf("%d power-on values, want 1", lies)
	}
}
