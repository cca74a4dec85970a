package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"picotop/internal/sleep"
)

const (
	// conversion is how long a DS18B20 takes for one reading.
	conversion = time.Second
	// conversionSpread is how much longer it may take, with all around it.
	conversionSpread = 30 * time.Millisecond
	// What a call of the feed takes, which a status packet follows.
	callTime, callSpread = 100 * time.Millisecond, 800 * time.Millisecond
)

// A sensor is one made-up DS18B20.
type sensor interface {
	// packet is what its Pico sends for it at a moment, in one of its polls,
	// counted from 0.
	packet(now time.Time, poll int) temperature
}

// A pico is one made-up Pico.
type pico struct {
	*Simulation
	number  int
	sensors []sensor
	status  func(poll int) status // nil if it has no feed to call
	sleep   time.Duration         // between two polls

	// random spreads its times, and loses packets. With nil it is as regular as
	// a clock.
	random *rand.Rand
}

// run is the main loop of a Pico. It returns nil when ctx ends.
func (p *pico) run(ctx context.Context) error {
	// They were plugged in at different times.
	if p.number > 0 && !p.wait(ctx, 0, p.sleep) {
		return nil
	}
	for poll := 0; ; poll++ {
		for _, s := range p.sensors {
			if err := p.send(&p.temperatures, s.packet(p.cfg.Now(), poll)); err != nil {
				return err
			}
			if !p.wait(ctx, conversion, conversionSpread) {
				return nil
			}
		}
		if p.status != nil {
			if p.random != nil && !p.wait(ctx, callTime, callSpread) {
				return nil
			}
			if err := p.send(&p.statuses, p.status(poll)); err != nil {
				return err
			}
		}
		if !p.wait(ctx, p.sleep, 0) {
			return nil
		}
	}
}

// send sends a packet, unless it is to be lost, and counts it.
func (p *pico) send(count *atomic.Int64, packet any) error {
	if p.random != nil && p.random.Float64() < p.cfg.Loss {
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

// wait waits for d and up to spread longer. It reports whether the time has
// passed, and not ctx ended.
func (p *pico) wait(ctx context.Context, d, spread time.Duration) bool {
	if p.random != nil {
		d += time.Duration(p.random.Float64() * float64(spread))
	}
	return sleep.For(ctx, d)
}
