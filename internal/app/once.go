package app

import (
	"context"
	"io"
	"log"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/house"
	"picotop/internal/overview"
	"picotop/internal/peer"
	"picotop/internal/sleep"
)

const (
	// OnceWait is how long Once listens at the most, unless it is told otherwise: in
	// this time a sensor that is known and does not speak is found silent, if it sends
	// each twelve seconds or oftener.
	OnceWait = 75 * time.Second
	// onceRound is how long no new sensor may have come before all are taken to be
	// heard, where nobody knows how often they send. Picos mostly send every 10 to 15
	// seconds.
	onceRound = 15 * time.Second
	// onceEvery is how often is looked whether every sensor was heard.
	onceEvery = 200 * time.Millisecond
)

// A OnceConfig says how long Once may listen.
type OnceConfig struct {
	Wait time.Duration // at the most; 0 means OnceWait
	// OnProgress is told how many sensors were heard, now and then; nil means that
	// nobody wants to know.
	OnProgress func(sensors int, listening time.Duration)
}

// A NothingHeardError says that no sensor is known, after listening for a while.
type NothingHeardError struct{ Waited time.Duration }

func (*NothingHeardError) Error() string { return "no Pico was heard" }

// A Told is what Once tells: a house, or all houses where there are several.
type Told struct {
	House  peer.House
	Houses *overview.List // nil if there is one house
}

// Once returns the house as it is: at once if a picotop runs already, else after
// listening until every sensor had its turn. It returns a [*NothingHeardError] if
// there is nothing to tell, and the error of ctx if that ends before it could tell.
func Once(ctx context.Context, cfg Config, once OnceConfig) (Told, error) {
	cleanUp, err := prepare(&cfg)
	if err != nil {
		return Told{}, err
	}
	defer cleanUp()
	cfg.looksOnce = true
	logger, closeLog := openLogFile(cfg)
	defer closeLog()
	log.SetOutput(io.Discard)
	source, err := openView(ctx, cfg, logger)
	if err != nil {
		return Told{}, err
	}
	if v, ok := source.(*engineView); ok {
		return v.once(cfg.Version), nil
	}
	a := source.(*attach)
	local, client, _ := a.current()
	var told peer.House
	started := a.now()
	if client != nil {
		defer a.closeClient()
		told, _, _ = client.Last()
	} else if told, err = local.once(ctx, once); err != nil {
		return Told{}, err
	}
	if len(told.Sensors)+len(told.Conditions) == 0 {
		return Told{}, &NothingHeardError{Waited: a.now().Sub(started)}
	}
	return Told{House: told}, nil
}

// once listens until every sensor had its turn, and tells of the house.
func (i *instance) once(ctx context.Context, once OnceConfig) (peer.House, error) {
	defer i.close()
	if once.Wait == 0 {
		once.Wait = OnceWait
	}
	if once.OnProgress == nil {
		once.OnProgress = func(int, time.Duration) {}
	}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	g, listening := errgroup.WithContext(listening)
	g.Go(func() error { return i.run(listening) })
	r := newRound(i.State(), i.now())
	for !r.isOver(i.State(), i.house.LongestInterval()) && r.listening(i.now()) < once.Wait && sleep.For(listening, onceEvery) {
		once.OnProgress(r.heard, r.listening(i.now()))
	}
	told := peer.Snapshot(i, i.Version, os.Getpid())
	stop()
	if err := g.Wait(); err != nil {
		return peer.House{}, err
	}
	return told, ctx.Err()
}

// A round finds out when every sensor of a house had its turn.
type round struct {
	started time.Time
	known   bool      // whether there were sensors at the start
	sensors int       // how many there are
	heard   int       // since the start
	grew    time.Time // when there was last one more of them
}

// newRound begins to listen for a house of which something may be known.
func newRound(st house.State, now time.Time) *round {
	return &round{started: now, known: len(st.Sensors) > 0, sensors: len(st.Sensors), grew: now}
}

func (r *round) listening(now time.Time) time.Duration { return now.Sub(r.started) }

// isOver reports whether every sensor had its turn: each that was known was heard or
// is silent; and where none was known, or one is missing, none came that is new for so
// long that the slowest would have.
func (r *round) isOver(st house.State, longestInterval time.Duration) bool {
	heard, missing, silent := 0, 0, 0
	for _, s := range st.Sensors {
		switch {
		case !s.Heard.Before(r.started):
			heard++
		case s.Silent:
			silent++
		default:
			missing++
		}
	}
	if len(st.Sensors) > r.sensors || heard > r.heard {
		r.grew = st.At
	}
	r.sensors, r.heard = len(st.Sensors), heard
	if heard+silent == 0 || missing > 0 {
		return false
	}
	if r.known && silent == 0 {
		return true
	}
	return st.At.Sub(r.grew) >= max(onceRound, longestInterval+longestInterval/2)
}
