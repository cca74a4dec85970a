package housepage

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"picotop/house"
)

var (
	monday = time.Date(2026, 11, 23, 21, 47, 3, 0, time.UTC)
	loft   = netip.MustParseAddr("192.168.1.56")
)

// sine is a past that swings around a value of its own for each sensor, with a gap.
func sine(_ context.Context, sensor string, from, to time.Time, step time.Duration) ([]Bucket, error) {
	var list []Bucket
	seed := float64(len(sensor)) + float64(sensor[len(sensor)-1])
	for t := from.Truncate(step); !t.After(to); t = t.Add(step) {
		b := Bucket{Start: t}
		if hour := to.Sub(t).Hours(); hour < 15 || hour > 17 {
			mean := math.Mod(seed*1.7, 14) + 3 + 3*math.Sin(seed+t.Sub(monday).Hours()/24*2*math.Pi) + math.Sin(seed*t.Sub(monday).Hours()/3)/3
			b.Count, b.Min, b.Mean, b.Max = 4, mean-.2, mean, mean+.2
		}
		list = append(list, b)
	}
	return list, nil
}

// one is a sensor that is well.
func one(n int, name string, celsius float64) house.Sensor {
	return house.Sensor{
		ID: fmt.Sprintf("28ff%012x", n), Code: fmt.Sprintf("28ff%012x", n), SensorName: strings.ReplaceAll(name, " ", ""), DisplayName: name,
		Pico: loft, Heard: monday.Add(-4 * time.Second), Valid: true, Celsius: celsius, Limit: 3, HasLimit: true,
		Low: house.Extreme{Celsius: celsius - 2.2, At: monday.Add(-6 * time.Hour)}, High: house.Extreme{Celsius: celsius + 3.1, At: monday.Add(-2 * time.Hour)},
	}
}

// wellHouse has so many sensors, the first of which is outside.
func wellHouse(n int) house.State {
	names := []string{"Outside", "Cold Water Tank", "Loft", "Airing Cupboard", "Boiler Flow", "Garage", "Kitchen", "Study", "Cellar", "Pump Room"}
	state := house.State{At: monday, Picos: []house.Pico{{Addr: loft, Name: "loft", Heard: monday, Sensors: n}}}
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name += fmt.Sprint(" ", i/len(names)+1)
		}
		s := one(i, name, 6.3+float64(i*7%15))
		s.PerHour = float64(i%3-1) * .6
		if i == 0 {
			s.HasLimit, s.Cold, s.Outside, s.Celsius = false, house.ColdByName, true, -2.4
		}
		state.Sensors = append(state.Sensors, s)
	}
	return state
}

// badHouse has one of everything that can be wrong, and what its owner decided.
func badHouse() house.State {
	state := wellHouse(12)
	at := func(ago time.Duration) time.Time { return monday.Add(-ago) }
	set := func(i int, kind house.Kind, change func(*house.Sensor)) *house.Condition {
		change(&state.Sensors[i])
		state.Conditions = append(state.Conditions, house.Condition{Kind: kind, Sensor: i, Pico: -1, Since: at(14 * time.Minute)})
		return &state.Conditions[len(state.Conditions)-1]
	}
	set(1, house.Freezing, func(s *house.Sensor) {
		s.Freezing, s.Celsius, s.PerHour, s.FreezesAt = true, 2.875, -.4, monday.Add(7*time.Hour+18*time.Minute)
	})
	set(5, house.Freezing, func(s *house.Sensor) { s.Freezing, s.Celsius = true, 2.5 }).Acknowledged = true
	set(2, house.Silent, func(s *house.Sensor) { s.Silent, s.Heard = true, at(3*time.Hour) })
	set(6, house.Broken, func(s *house.Sensor) { s.Broken, s.Valid = true, false })
	state.Conditions = append(state.Conditions, house.Condition{Kind: house.CannotStore, Sensor: -1, Pico: -1, Since: at(time.Hour), Text: "no space left on /var"})
	set(4, house.TooWarm, func(s *house.Sensor) { s.TooWarm, s.Celsius, s.HighLimit = true, 82.25, 80 }).Snoozed = monday.Add(time.Hour)
	set(7, house.Near, func(s *house.Sensor) { s.Near, s.Celsius, s.PerHour = true, 4.1, -.8 })
	set(8, house.SetAside, func(s *house.Sensor) {
		s.SetAside, s.SetAsideValue, s.SetAsideWhy, s.SetAsideCount = true, 85, house.PowerOn, 3
	})
	set(9, house.NameClash, func(s *house.Sensor) { s.NameClash = true })
	hidden := set(11, house.Freezing, func(s *house.Sensor) { s.Freezing, s.Hidden, s.DisplayName = true, true, "Hidden One" })
	hidden.Since = at(time.Minute)
	state.Sensors[10].Cold, state.Sensors[10].HasLimit, state.Sensors[10].Celsius = house.ColdByHabit, false, 1.5
	return state
}

// hostileHouse has names that are meant to break a page.
func hostileHouse() house.State {
	state := house.State{At: monday}
	for i, name := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "{{.Style}}", "javascript:alert(1)", "</style><h1>",
		strings.Repeat("W", 64), strings.Repeat("冷水タンク", 12), strings.Repeat("a b ", 10), "اتاق زیر شیروانی", "a\u202egnp.exe", "Ünïcödé 💧",
	} {
		s := one(i, name, 4)
		s.ID = name // as without a ROM code
		s.Freezing = i%2 == 0
		if s.Freezing {
			state.Conditions = append(state.Conditions, house.Condition{Kind: house.Freezing, Sensor: i, Pico: -1, Since: monday})
		}
		state.Sensors = append(state.Sensors, s)
	}
	return state
}

// serve serves the pages of a house.
func serve(state house.State, past Past) http.Handler {
	pages := New(Config{
		State: func() house.State { return state }, Missing: func() []string { return nil },
		Past: past, Version: "1.2.3", Metrics: "/metrics", Logger: slog.New(slog.DiscardHandler),
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", pages.ServeHouse)
	mux.HandleFunc("GET /sensor", pages.ServeSensor)
	return mux
}

// visit asks for a page as a browser does, or with other headers, each "Name: value".
func visit(t testing.TB, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	if len(headers) == 0 {
		headers = []string{"Accept: text/html,*/*;q=0.8"}
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
