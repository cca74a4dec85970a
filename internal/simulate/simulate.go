package simulate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Bounds on a simulation: those of what a house can hold, since on a real
// network all of it comes from one address. A Pico sends at the most two packets
// a second, so all of them send no more than 512.
const (
	MaxPicos      = 256
	MaxSensors    = 256 // in all
	ShortestSleep = time.Second
	MaxLoss       = 0.9
)

// Config says what to simulate.
type Config struct {
	Picos   int
	Sensors int           // on each Pico
	Every   time.Duration // sleep between two rounds of a Pico
	Loss    float64       // part of the packets that is not sent, from 0 to 1
	Seed    uint64
	Now     func() time.Time
	// Send sends a packet of one Pico, counted from 0. It is called by many
	// goroutines.
	Send func(pico int, payload []byte) error
}

// Check says what is wrong with the numbers.
func (c Config) Check() error {
	switch {
	case c.Picos < 1 || c.Picos > MaxPicos:
		return fmt.Errorf("the number of Picos is from 1 to %d", MaxPicos)
	case c.Sensors < 1:
		return errors.New("each Pico has at least 1 sensor")
	case c.Sensors > MaxSensors || c.Picos*c.Sensors > MaxSensors:
		return fmt.Errorf("there are at most %d sensors in all", MaxSensors)
	case c.Every < ShortestSleep:
		return fmt.Errorf("a Pico sleeps for %v at least", ShortestSleep)
	case !(c.Loss >= 0 && c.Loss <= MaxLoss):
		return fmt.Errorf("the loss is from 0 to %v", MaxLoss)
	}
	return nil
}

// Round is how long one round of a Pico takes, without its feed call.
func (c Config) Round() time.Duration {
	return c.Every + time.Duration(c.Sensors)*conversion
}

// PerSecond is how many packets there are in a second, on average and before
// any loss.
func (c Config) PerSecond() float64 {
	return (float64(c.Picos*c.Sensors) + float64(c.reporting())) / c.Round().Seconds()
}

// reports says whether a Pico has a feed to call, and so sends status packets.
func reports(pico int) bool { return pico%3 != 2 }

func (c Config) reporting() int {
	n := 0
	for i := range c.Picos {
		if reports(i) {
			n++
		}
	}
	return n
}

// A Simulation is a house that sends.
type Simulation struct {
	cfg   Config
	picos []*pico

	temperatures, statuses, lost atomic.Int64
}

// New returns a Simulation. cfg must have passed Check.
func New(cfg Config) *Simulation {
	s := &Simulation{cfg: cfg}
	for i := range cfg.Picos {
		r := rand.New(rand.NewPCG(cfg.Seed, uint64(i)))
		p := &pico{Simulation: s, number: i, sleep: cfg.Every, random: r}
		for n := range cfg.Sensors {
			p.sensors = append(p.sensors, newSensor(i*cfg.Sensors+n, r))
		}
		if reports(i) {
			p.status = func(int) status { return randomStatus(fmt.Sprintf("sim-%d", i+1), r) }
		}
		s.picos = append(s.picos, p)
	}
	return s
}

// Counts is what was sent.
type Counts struct {
	Temperatures, Statuses int64
	Lost                   int64 // not sent, as Loss asked for
}

// Counts may be called at any time.
func (s *Simulation) Counts() Counts {
	return Counts{Temperatures: s.temperatures.Load(), Statuses: s.statuses.Load(), Lost: s.lost.Load()}
}

// Run sends until ctx ends, which makes it return nil, or sending fails.
func (s *Simulation) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range s.picos {
		g.Go(func() error { return p.run(ctx) })
	}
	return g.Wait()
}
