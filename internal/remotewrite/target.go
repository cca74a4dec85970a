package remotewrite

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"picotop/internal/sleep"
	"picotop/internal/status"
)

const (
	// lookEvery is how often to look for what is new.
	lookEvery = 10 * time.Second
	// Between two attempts are seconds at first, then a minute. A target may ask for
	// more, up to an hour.
	firstWait, longestWait, longestAsked = time.Second, time.Minute, time.Hour
	// ownEvery is how often the program's own figures are sent.
	ownEvery = time.Minute
	// progressEvery is how often a long backlog is logged.
	progressEvery = time.Minute
	// A sample that is refused takes no other with it, so a batch is halved until it is
	// found. Where all are refused, such as by a database that takes nothing old, that
	// is soon given up.
	mostSearches, fewSearches = 2 * maxSamples, 4
	// farBehind is a backlog that is logged.
	farBehind = 10 * time.Minute
)

// A target is sent to by one goroutine, which alone uses what mu does not guard.
type target struct {
	Target
	sender   *Sender
	client   *client // nil until connect
	logger   *slog.Logger
	protocol Protocol // that is spoken
	window   int64    // ms; in so much time there were so many samples as a request holds
	told     time.Time
	ownAt    time.Time // when the program's own figures were sent

	searches int  // how often a batch may still be halved to find what is refused
	passed   bool // some of the batch was taken
	hopeless bool // none of the last batch was

	mu    sync.Mutex
	stats status.RemoteWrite
}

func newTarget(t Target, s *Sender) *target {
	return &target{
		Target: t, sender: s, window: firstWindow, protocol: t.Protocol,
		logger: s.opts.Logger.With("target", t.Name), stats: status.RemoteWrite{Target: t.Name},
	}
}

// start runs the target in a goroutine, until ctx ends or stop is called, which waits.
func (t *target) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { t.run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

func (t *target) copyStats() status.RemoteWrite {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stats
}

func (t *target) run(ctx context.Context) {
	defer t.disconnect()
	for ctx.Err() == nil {
		more, err := t.round(ctx)
		if !more && err == nil {
			err = t.sendOwn(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		t.note(err)
		if !more || err != nil {
			sleep.For(ctx, lookEvery)
		}
	}
}

// note keeps an error, and logs it when it is a new one.
func (t *target) note(err error) {
	text := ""
	if err != nil {
		text = oneLine(err.Error())
	}
	t.mu.Lock()
	was := t.stats.Err
	t.stats.Err = text
	t.mu.Unlock()
	switch {
	case text != "" && text != was:
		t.logger.Warn("remote write does not get through, and is tried again", "err", text)
	case text == "" && was != "":
		t.logger.Info("remote write gets through again")
	}
}

func (t *target) count(change func(*status.RemoteWrite)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.stats)
}

// round sends one request of each stream, and reports whether there is more.
func (t *target) round(ctx context.Context) (more bool, err error) {
	streams, ok := t.sender.opts.Source.Streams()
	if !ok {
		return false, nil
	}
	for _, s := range streams {
		if s.Until == 0 {
			continue
		}
		at, err := t.at(s)
		if err != nil {
			return false, err
		}
		if at.Until < s.Until {
			t.measure(streams) // before the attempt, which may hang
			if err = t.step(ctx, s, at); err != nil {
				return false, err
			}
		}
	}
	behind := t.measure(streams)
	t.progress(behind)
	return behind > 0, t.connect()
}

// connect finds out where the target is, and how to be believed there, unless that is
// known.
func (t *target) connect() (err error) {
	if t.client != nil {
		return nil
	}
	var base http.RoundTripper
	if test := t.sender.opts.transport; test != nil {
		base = test(t.Target)
	}
	t.client, err = newClient(t.Target, base)
	return err
}

func (t *target) disconnect() {
	if t.client != nil {
		t.client.close()
		t.client = nil
	}
}

// attempt sends a batch once. After a failure the target may be elsewhere, or have other
// certificates.
func (t *target) attempt(ctx context.Context, b batch) answer {
	if err := t.connect(); err != nil {
		return answer{outcome: again, err: err}
	}
	a := t.client.send(ctx, t.protocol, b)
	if a.outcome == again {
		t.disconnect()
	}
	return a
}

// measure keeps how far the target is behind. What it gets at its first contact counts
// once it is known where that begins.
func (t *target) measure(streams []Stream) time.Duration {
	var behind time.Duration
	for _, s := range streams {
		if at, ok := t.sender.positions.get(t.Name, s.Name); ok && s.Until != 0 {
			from := max(at.Until, min(s.Oldest-1, s.Until)) // nothing is left of what was before
			behind = max(behind, ms(s.Until-from))
		}
	}
	t.count(func(st *status.RemoteWrite) { st.Behind = behind })
	return behind
}

// at is where a stream goes on, and where it begins at the first contact.
func (t *target) at(s Stream) (position, error) {
	at, ok := t.sender.positions.get(t.Name, s.Name)
	now := t.sender.opts.Now()
	was := at
	if ok && at.Until > now.UnixMilli() { // all that is sent is a minute old and more
		at, ok = at.back(min(s.Until, now.UnixMilli()))
		t.logger.Warn("the clock ran ahead: what the target may miss since then is sent", "stream", s.Name,
			"ahead", ms(was.Until-now.UnixMilli()).Round(time.Second))
	}
	switch {
	case !ok:
		at = firstContact(min(s.Until, now.Add(-t.Since).UnixMilli()))
	case at.Last != 0 && s.Oldest > at.Last && s.Oldest > at.Until+1:
		lost := ms(s.Oldest - 1 - at.Until)
		t.logger.Error("the history deleted what was not sent yet", "stream", s.Name, "lost", lost.Round(time.Second))
		t.count(func(st *status.RemoteWrite) { st.Lost += lost })
		at = position{Until: s.Oldest - 1}
	case s.Oldest > at.Until+1: // nothing was there
		return at.over(max(at.Until, min(s.Oldest-1, s.Until))), nil
	}
	if at == was {
		return at, nil
	}
	if err := t.sender.positions.set(t.Name, s.Name, at); err != nil {
		return at, fmt.Errorf("keeping the position: %w", err)
	}
	return at, nil
}

// step sends the samples after a position that fit in one request, until they are
// answered, and moves the position.
func (t *target) step(ctx context.Context, s Stream, at position) error {
	batch, err := t.read(ctx, s, at.Until, s.Until)
	if err != nil {
		return fmt.Errorf("reading the history: %w", err)
	}
	t.searches, t.passed = mostSearches, false
	if t.hopeless {
		t.searches = fewSearches
	}
	for _, part := range batch.split(maxSamples) {
		if err := t.deliver(ctx, part); err != nil {
			return err
		}
	}
	t.hopeless = batch.samples() > 0 && !t.passed
	next := at.after(batch)
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		if err = t.sender.positions.set(t.Name, s.Name, next); err == nil {
			return nil
		}
		// Without it a restart would send the same again.
		t.note(fmt.Errorf("keeping the position: %w", err))
		if !sleep.For(ctx, wait) {
			return ctx.Err()
		}
	}
}

// deliver sends a batch until it is answered. An error is that ctx ended.
func (t *target) deliver(ctx context.Context, b batch) error {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		answer := t.attempt(ctx, b)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch answer.outcome {
		case taken:
			t.passed = true
			t.count(func(st *status.RemoteWrite) { st.Sent += uint64(b.samples()) })
			t.note(nil)
			return nil
		case unknownProtocol:
			t.logger.Warn("the target does not know remote write 2.0; 1.0 is used", "err", oneLine(answer.err.Error()))
			t.protocol, wait = V1, firstWait
			continue
		case refused:
			return t.deliverParts(ctx, b, answer.err)
		}
		t.count(func(st *status.RemoteWrite) { st.Failed++ })
		t.note(answer.err)
		if streams, ok := t.sender.opts.Source.Streams(); ok {
			t.measure(streams) // an outage grows
		}
		pause := max(wait/2+rand.N(wait/2+1), min(answer.after, longestAsked))
		if !sleep.For(ctx, pause) {
			return ctx.Err()
		}
	}
}

// deliverParts finds by halves what a target refuses in a batch, and steps over it.
func (t *target) deliverParts(ctx context.Context, b batch, why error) error {
	n := b.samples()
	if n > 1 && t.searches > 0 {
		t.searches--
		for _, half := range b.split((n + 1) / 2) {
			if err := t.deliver(ctx, half); err != nil {
				return err
			}
		}
		return nil
	}
	t.count(func(st *status.RemoteWrite) { st.Refused += uint64(n) })
	t.refusedLog(n, why)
	return nil
}

func (t *target) refusedLog(n int, why error) {
	if now := t.sender.opts.Now(); now.Sub(t.told).Abs() >= progressEvery {
		t.told = now
		t.logger.Warn("the target refuses samples for good; they are stepped over", "samples", n, "err", oneLine(why.Error()))
	}
}

// progress logs how a long backlog goes.
func (t *target) progress(behind time.Duration) {
	if now := t.sender.opts.Now(); behind > farBehind && now.Sub(t.told).Abs() >= progressEvery {
		t.told = now
		t.logger.Info("remote write sends what the target does not have yet", "behind", behind.Round(time.Second), "sent", t.copyStats().Sent)
	}
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
