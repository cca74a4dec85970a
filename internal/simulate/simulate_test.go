package simulate

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"picotop/feed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sent is a packet, who sent it and when.
type sent struct {
	pico   int
	after  time.Duration
	packet feed.Packet
}

// simulate runs a simulation for a while of made-up time.
func simulate(t *testing.T, cfg Config, length time.Duration) ([]sent, Counts) {
	t.Helper()
	var (
		mu  sync.Mutex // guards all
		all []sent
	)
	began := time.Now()
	cfg.Now = time.Now
	cfg.Send = func(pico int, payload []byte) error {
		p, why := feed.Decode(payload)
		if why != "" {
			t.Errorf("%s is refused: %s", payload, why)
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, sent{pico, time.Since(began), p})
		return nil
	}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	s := New(cfg)
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return all, s.Counts()
}

func TestAHouseSendsAsPicosDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Picos: 4, Sensors: 3, Every: 10 * time.Second, Seed: 1}
		all, counts := simulate(t, cfg, time.Hour)
		if n := int(counts.Temperatures + counts.Statuses); n != len(all) || counts.Lost != 0 {
			t.Errorf("counted %+v of %d", counts, len(all))
		}
		if want := cfg.PerSecond() * 3600; math.Abs(float64(len(all))-want) > want/10 {
			t.Errorf("%d packets in an hour, want about %.0f", len(all), want)
		}
		last := map[string]sent{}
		statuses := map[int]bool{}
		for _, s := range all {
			if s.packet.Kind == feed.Status {
				statuses[s.pico] = true
				continue
			}
			was, ok := last[s.packet.Sensor]
			last[s.packet.Sensor] = s
			if !ok {
				continue
			}
			if gap := s.after - was.after; gap < 13*time.Second || gap > 14100*time.Millisecond {
				t.Fatalf("%s came after %v, want 13 s and a little", s.packet.Name, gap)
			}
			if step := math.Abs(s.packet.Celsius - was.packet.Celsius); step > 2.5 {
				t.Errorf("%s jumped from %v to %v", s.packet.Name, was.packet.Celsius, s.packet.Celsius)
			}
		}
		if len(last) != 12 {
			t.Errorf("%d sensors, want 12", len(last))
		}
		if want := map[int]bool{0: true, 1: true, 3: true}; !cmp.Equal(statuses, want) {
			t.Errorf("status packets of the Picos %v, want %v", statuses, want)
		}
	})
}

func TestSomeIsHeardWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, _ := simulate(t, Config{Picos: 3, Sensors: 2, Every: time.Second, Seed: 7}, 2*time.Second)
		heard := map[int]bool{}
		for _, s := range all {
			heard[s.pico] = true
		}
		if len(heard) != 3 {
			t.Errorf("heard of the Picos %v, want three", heard)
		}
	})
}

func TestLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, counts := simulate(t, Config{Picos: 2, Sensors: 5, Every: time.Second, Seed: 1, Loss: 0.25}, time.Hour)
		if part := float64(counts.Lost) / float64(len(all)+int(counts.Lost)); math.Abs(part-0.25) > 0.02 {
			t.Errorf("lost %.3f of all, want 0.25", part)
		}
	})
}

func TestTheLargestHouseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, cfg := range []Config{
			{Picos: MaxPicos, Sensors: 1, Every: ShortestSleep, Seed: 1},
			{Picos: 1, Sensors: MaxSensors, Every: ShortestSleep, Seed: 1},
		} {
			all, _ := simulate(t, cfg, 20*time.Second)
			in := map[time.Duration]int{}
			for _, s := range all {
				in[s.after/time.Second]++
			}
			for second, n := range in {
				if n > 2*cfg.Picos {
					t.Errorf("%d Picos sent %d packets in second %d", cfg.Picos, n, second)
				}
			}
		}
	})
}

func TestTheSameSeedMakesTheSameHouse(t *testing.T) {
	codes := func(seed uint64) []string {
		var all []string
		for _, p := range New(Config{Picos: 20, Sensors: 25, Seed: seed}).picos {
			for _, s := range p.sensors {
				all = append(all, s.(*randomSensor).rom+" "+s.(*randomSensor).name)
			}
		}
		return all
	}
	one := codes(1)
	if !slices.Equal(one, codes(1)) || slices.Equal(one, codes(2)) {
		t.Error("a seed does not tell which house it is")
	}
	slices.Sort(one)
	if n := len(slices.Compact(one)); n != 500 {
		t.Errorf("%d different sensors, want 500", n)
	}
}

// A day in every place: within what is believable, and far from a warning.
func TestADay(t *testing.T) {
	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, p := range profiles {
		s := newSensor(i, rand.New(rand.NewPCG(1, uint64(i))))
		s.offset = 0
		low, high, last := math.Inf(1), math.Inf(-1), math.NaN()
		for at := time.Duration(0); at < 26*time.Hour; at += time.Minute {
			c := s.celsius(midnight.Add(at))
			low, high = min(low, c), max(high, c)
			if math.Abs(c-last) > 8 {
				t.Errorf("%s jumps from %v to %v at %v", p.name, last, c, at)
			}
			last = c
			if c*16 != math.Trunc(c*16) {
				t.Fatalf("%s says %v, which is no sixteenth", p.name, c)
			}
		}
		if low < 5.5 || high > 62 || high-low < 1 {
			t.Errorf("%s goes from %v to %v", p.name, low, high)
		}
	}
}

func TestNumbersThatAreNotDone(t *testing.T) {
	good := Config{Picos: 3, Sensors: 4, Every: time.Second}
	tests := map[string]struct {
		change func(*Config)
		want   string
	}{
		"a house as it is":       {func(*Config) {}, ""},
		"no Pico":                {func(c *Config) { c.Picos = 0 }, "the number of Picos is from 1 to 256"},
		"too many Picos":         {func(c *Config) { c.Picos = 257 }, "the number of Picos is from 1 to 256"},
		"no sensor":              {func(c *Config) { c.Sensors = 0 }, "each Pico has at least 1 sensor"},
		"too many sensors":       {func(c *Config) { c.Sensors = 86 }, "there are at most 256 sensors in all"},
		"more than can multiply": {func(c *Config) { c.Sensors = math.MaxInt }, "there are at most 256 sensors in all"},
		"no sleep":               {func(c *Config) { c.Every = 999 * time.Millisecond }, "a Pico sleeps for 1s at least"},
		"all lost":               {func(c *Config) { c.Loss = 1 }, "the loss is from 0 to 0.9"},
		"a loss that is none":    {func(c *Config) { c.Loss = math.NaN() }, "the loss is from 0 to 0.9"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			tt.change(&c)
			got := ""
			if err := c.Check(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSendingThatFailsEndsIt(t *testing.T) {
	failed := errors.New("network is unreachable")
	s := New(Config{
		Picos: 3, Sensors: 1, Every: time.Hour, Now: time.Now,
		Send: func(int, []byte) error { return failed },
	})
	if err := s.Run(context.Background()); !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
}
