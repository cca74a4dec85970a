package simulate

import (
	"context"
	"encoding/json"
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

const (
	// conversion is how long a DS18B20 takes for one reading.
	conversion = time.Second
	// conversionSpread is how much longer it may take, with all around it.
	conversionSpread = 30 * time.Millisecond
	// What a call of the feed takes, which a status packet follows.
	callTime, callSpread = 100 * time.Millisecond, 800 * time.Millisecond
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
		p := &pico{Simulation: s, number: i, name: fmt.Sprintf("sim-%d", i+1), random: r}
		for n := range cfg.Sensors {
			p.sensors = append(p.sensors, newSensor(i*cfg.Sensors+n, r))
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

// A pico is one made-up Pico.
type pico struct {
	*Simulation
	number  int
	name    string
	sensors []*sensor
	random  *rand.Rand
}

// run is the main loop of a Pico.
func (p *pico) run(ctx context.Context) error {
	// They were plugged in at different times.
	if p.number > 0 && !p.sleep(ctx, 0, p.cfg.Every) {
		return nil
	}
	for {
		for _, s := range p.sensors {
			if err := p.send(&p.temperatures, s.packet(p.cfg.Now())); err != nil {
				return err
			}
			if !p.sleep(ctx, conversion, conversionSpread) {
				return nil
			}
		}
		if reports(p.number) {
			if !p.sleep(ctx, callTime, callSpread) {
				return nil
			}
			if err := p.send(&p.statuses, p.status()); err != nil {
				return err
			}
		}
		if !p.sleep(ctx, p.cfg.Every, 0) {
			return nil
		}
	}
}

func (p *pico) send(count *atomic.Int64, packet any) error {
	if p.random.Float64() < p.cfg.Loss {
		p.lost.Add(1)
		return nil
	}
	payload, err := json.Marshal(packet)
	if err != nil {
		return fmt.Errorf("encoding a made-up packet: %w", err)
	}
	if err := p.cfg.Send(p.number, payload); err != nil {
		return err
	}
	count.Add(1)
	return nil
}

// sleep waits for d and up to spread longer. It reports whether the time has
// passed, and not ctx ended.
func (p *pico) sleep(ctx context.Context, d, spread time.Duration) bool {
	t := time.NewTimer(d + time.Duration(p.random.Float64()*float64(spread)))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// temperature is what a Pico sends for one sensor.
type temperature struct {
	Type        string  `json:"type"`
	Name        string  `json:"name"`
	Sensor      string  `json:"sensor"`
	Temperature float64 `json:"temperature"`
	Offset      float64 `json:"offset"`
}

// packet is the sensor's at a moment.
func (s *sensor) packet(now time.Time) temperature {
	return temperature{"temperature", s.name, s.rom, s.celsius(now), s.offset}
}

// status is what a Pico sends after a feed call.
type status struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

// status is the Pico's: one call in thirty fails.
func (p *pico) status() status {
	text := "API 200 OK"
	switch p.random.IntN(60) {
	case 0:
		text = "API Exception"
	case 1:
		text = "API 500 Internal Server Error"
	}
	return status{"status", p.name, text}
}
