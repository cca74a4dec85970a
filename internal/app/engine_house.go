package app

import (
	"cmp"
	"context"
	"hash/fnv"
	"maps"
	"net/netip"
	"sync"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/engine"
)

// enginePicoPort stands for the port of a Pico whose packets nobody here saw.
const enginePicoPort = 9

// An engineHouse is one house that is judged here by what an engine keeps: it is told the
// readings of the last day, and then what is new.
type engineHouse struct {
	client *engine.Client
	name   string // as the engine has it
	label  string // as people read it
	now    func() time.Time
	house  *house.House

	picos map[string]netip.Addr // by name; restore's, then poll's
	upTo  time.Time             // until when readings were read; likewise

	mu     sync.Mutex           // guards the rest
	seen   map[string]time.Time // the last reading of each sensor
	at     time.Time            // when readings were read last
	latest time.Time            // the newest reading
}

func newEngineHouse(client *engine.Client, name string, rules house.Rules, now func() time.Time) *engineHouse {
	return &engineHouse{
		client: client, name: name, label: feed.Clean(name, feed.MaxNameRunes), now: now, house: house.New(house.Config{Rules: rules}),
		picos: map[string]netip.Addr{}, seen: map[string]time.Time{},
	}
}

// openEngineHouse reads a house of an engine for the first time. One of which nothing was
// heard is a [NoReadingsError].
func openEngineHouse(ctx context.Context, client *engine.Client, name string, rules house.Rules, now func() time.Time) (*engineHouse, error) {
	e := newEngineHouse(client, name, rules, now)
	if err := e.restore(ctx); err != nil {
		return nil, err
	}
	if len(e.state().Sensors) == 0 {
		return nil, &NoReadingsError{At: client.String()}
	}
	return e, nil
}

// restore tells the house of the past, as a start of picotop does.
func (e *engineHouse) restore(ctx context.Context) error {
	now := e.now()
	e.learnPicos(ctx)
	last, err := e.client.Last(ctx, e.name, now.Add(-forgetAfter), now.Add(-restoreSpan))
	if err != nil {
		return err
	}
	e.recall(last)
	e.upTo = now.Add(-restoreSpan)
	if err := e.readUpTo(ctx, now, e.recall); err != nil {
		return err
	}
	e.house.Resume(now)
	e.noteRead(now)
	return nil
}

// learnPicos reads the addresses of the Picos. An engine that does not tell them keeps
// nobody from being shown.
func (e *engineHouse) learnPicos(ctx context.Context) {
	picos, err := e.client.Picos(ctx, e.name)
	if err != nil {
		return
	}
	maps.Copy(e.picos, picos)
}

// readUpTo reads what came since the last time, in bounded pieces.
func (e *engineHouse) readUpTo(ctx context.Context, now time.Time, take func([]engine.Reading)) error {
	for e.upTo.Before(now) {
		end := e.upTo.Add(engine.MaxWindow)
		if end.After(now) {
			end = now
		}
		list, err := e.client.Readings(ctx, e.name, end, end.Sub(e.upTo))
		if err != nil {
			return err
		}
		take(list)
		e.upTo = end
	}
	return nil
}

// poll reads what is new, and what came late: a writer may have waited.
func (e *engineHouse) poll(ctx context.Context) error {
	now := e.now()
	e.upTo = later(e.upTo.Add(-engineLate), now.Add(-restoreSpan))
	if err := e.readUpTo(ctx, now, e.apply); err != nil {
		return err
	}
	e.house.Advance(now)
	e.noteRead(now)
	return nil
}

// noteRead notes that readings were read up to now.
func (e *engineHouse) noteRead(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at = now
}

// recall tells the house of readings of the past.
func (e *engineHouse) recall(list []engine.Reading) {
	for _, r := range list {
		if e.isNew(r) {
			e.house.Recall(house.Reading{
				Sensor: r.Sensor, SensorName: sentName(r), FriendlyName: r.FriendlyName, At: r.At, Celsius: r.Celsius,
			}, e.pico(r.Pico))
		}
	}
}

// apply tells the house of readings as if they came now.
func (e *engineHouse) apply(list []engine.Reading) {
	for _, r := range list {
		if e.isNew(r) {
			e.house.Apply(feed.Packet{
				Kind: feed.Temperature, Sensor: r.Sensor, Name: sentName(r), Celsius: r.Celsius,
				From: netip.AddrPortFrom(e.pico(r.Pico), enginePicoPort), Heard: r.At,
			})
		}
	}
}

// sentName is the name that a Pico sent, as far as the labels tell.
func sentName(r engine.Reading) string { return cmp.Or(r.SensorName, r.FriendlyName, r.Sensor) }

// isNew reports whether a reading is later than all of its sensor before, and notes it.
func (e *engineHouse) isNew(r engine.Reading) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !r.At.After(e.seen[r.Sensor]) || len(e.seen) >= 2*house.MaxSensors {
		return false
	}
	e.seen[r.Sensor] = r.At
	e.latest = later(e.latest, r.At)
	return true
}

// pico is the address of a Pico that is told by name. One whose address nobody tells gets
// one that no machine has, of the block that RFC 6666 sets aside.
func (e *engineHouse) pico(name string) netip.Addr {
	if name == "" {
		return netip.Addr{}
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr
	}
	addr, ok := e.picos[name]
	if !ok {
		if len(e.picos) >= 2*house.MaxPicos {
			return netip.Addr{}
		}
		bytes := [16]byte{0: 0x01}
		h := fnv.New64a()
		_, _ = h.Write([]byte(name)) // it never fails
		h.Sum(bytes[:8])
		copy(bytes[8:], h.Sum(nil))
		addr = netip.AddrFrom16(bytes)
		e.picos[name] = addr
	}
	e.house.RecallPico(addr, name)
	return addr
}

// state is the house as it was when readings were read last: while nothing can be read
// nobody knows who is silent.
func (e *engineHouse) state() house.State {
	return e.house.State(e.readAt())
}

func (e *engineHouse) readAt() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at
}

// lastHeard is the time of the newest reading.
func (e *engineHouse) lastHeard() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.latest
}

// ranged is the history of one sensor.
func (e *engineHouse) ranged(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	s := engine.Sensor{House: e.name, ID: sensor}
	for _, known := range e.state().Sensors {
		if known.ID == sensor {
			s.Name = known.SensorName
		}
	}
	return e.client.Range(ctx, s, from, to, step)
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
