// Package notify tells people who do not look of what is wrong in the house.
//
// A [Notifier] is shown the house once a second with Update, and sends by itself while
// Run runs: each condition that stands is an incident, of which each target is told
// once when it begins, again after a while until the owner acknowledges it, and once
// when it is over. What happens within a minute is one message.
//
// It promises that nothing is lost and nothing told twice: what is to be sent and what
// was sent are on disk before and after each attempt, so that only a kill between the
// answer of a target and the next write can repeat a message. A target that does not
// answer keeps back its own messages alone, which are tried again ever more seldom.
// Update never waits for any of that.
//
// incident.go says what there is to tell, plan.go to whom and when, queue.go what waits
// to be sent, state_file.go what is on disk; sender_*.go are the ways to tell.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"picotop/house"
	"picotop/internal/status"
)

const (
	// gather is how long after the first of several incidents they are told together.
	gather = time.Minute
	// workEvery is how often a target is looked after.
	workEvery = time.Second
	// settleAfter is how long after the start an incident of the last run is looked for
	// before it is told that it is over: the house has to hear of it first.
	settleAfter = 10 * time.Minute
	// finish is how long an attempt may go on when the program ends, or is set anew: who
	// does not know what came of it has to send it again.
	finish = 3 * time.Second
	// staleAfter is how old what Update showed may be for a heartbeat.
	staleAfter = time.Minute
)

// A Config says whom to tell, and when.
type Config struct {
	Targets     []Target
	Quiet       QuietHours
	RepeatAfter time.Duration // until it is acknowledged; 0 means never
	Fahrenheit  bool          // degrees in the texts
	PerHour     int           // messages to one target at the most; 0 means without end
	Heartbeat   Heartbeat
}

// A Target is told of what is wrong: at a URL or by a command.
type Target struct {
	Name    string        // unique; not secret
	URL     string        // in shoutrrr's form; secret
	Command []string      // program and arguments; empty if there is a URL
	On      []house.Kind  // empty means [DefaultKinds]
	Timeout time.Duration // of one attempt; 0 means 30 s
}

// QuietHours are when nobody is told. The zero value is never.
type QuietHours struct {
	From, To time.Duration // since midnight; To may be on the next day. Equal means never
	Freezing bool          // what freezes is told all the same
}

// A Heartbeat is called while the house is well heard. The zero value calls nobody.
type Heartbeat struct {
	URL   string // secret
	Every time.Duration
}

// DefaultKinds are the conditions of which a target is told that does not say: those
// for which somebody has to act. What is only near a limit may yet turn.
func DefaultKinds() []house.Kind {
	return slices.DeleteFunc(house.Kinds(), func(k house.Kind) bool { return !k.Warns() || k == house.Near || k == house.Upload })
}

// Options are what a Notifier needs besides its Config.
type Options struct {
	// Load returns what Save was given last, nil if that was nothing. Both may be nil:
	// then nothing outlasts the program.
	Load func() ([]byte, error)
	Save func([]byte) error

	Logger *slog.Logger
	Now    func() time.Time

	// Told is the house as another picotop saw it until now, which told of it. The zero
	// value is none.
	Told house.State
	// NotBefore is when this one begins to tell: the other may be back by then. The zero
	// value is at once.
	NotBefore time.Time
}

// A Notifier is safe for concurrent use. Make one with New.
type Notifier struct {
	opts    Options
	changed chan struct{} // holds a word when cfg is new

	latest  atomic.Pointer[house.State] // as Update showed it
	saving  sync.Mutex                  // guards saved and trouble; taken without mu
	saved   uint64                      // the number of the state that was saved last
	trouble string                      // why it could not be saved, as was logged

	mu        sync.Mutex // guards the rest; nobody who has it waits for anything
	cfg       Config
	seen      *house.State // the latest that was taken up
	began     time.Time    // of the first one
	state     house.State
	begun     bool   // something began to freeze that is not on disk yet
	changes   uint64 // numbers what is to be saved
	incidents map[key]*incident
	queues    map[string]*queue // by target
	senders   map[string]usedSender
}

// New returns a Notifier that goes on where the last one with its directory stopped.
func New(cfg Config, opts Options) *Notifier {
	n := &Notifier{
		opts: opts, cfg: cfg, changed: make(chan struct{}, 1),
		incidents: map[key]*incident{}, queues: map[string]*queue{}, senders: map[string]usedSender{},
	}
	n.load()
	n.matchQueuesLocked()
	return n
}

// SetConfig changes whom to tell, and when. What a target was told stays known; what
// waits for one that is gone is dropped.
func (n *Notifier) SetConfig(cfg Config) {
	n.mu.Lock()
	n.cfg = cfg
	n.matchQueuesLocked()
	n.mu.Unlock()
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

// matchQueuesLocked gives each target a queue, and drops those of targets that are gone.
func (n *Notifier) matchQueuesLocked() {
	for name, q := range n.queues {
		if !slices.ContainsFunc(n.cfg.Targets, func(t Target) bool { return t.Name == name }) {
			if q.out != nil {
				n.opts.Logger.Warn("a message is dropped, since its target is gone", "target", name)
			}
			delete(n.queues, name)
			delete(n.senders, name)
		}
	}
	for _, t := range n.cfg.Targets {
		if n.queues[t.Name] == nil {
			n.queues[t.Name] = &queue{}
		}
	}
}

// Update shows the house as it is now. It never waits; st must not be changed later.
func (n *Notifier) Update(st house.State) { n.latest.Store(&st) }

// catchUpLocked takes up what Update showed last.
func (n *Notifier) catchUpLocked() {
	st := n.latest.Load()
	if st == nil || st == n.seen {
		return
	}
	if n.seen == nil {
		n.began = st.At
		for _, i := range n.incidents {
			i.last = st.At // nobody knows when those of the last run ended
		}
		n.adoptLocked(n.opts.Told)
	}
	n.seen, n.state = st, *st
	n.followLocked(*st)
}

// isHeard reports whether any sensor is heard, which is what a heartbeat says. It is not
// known of a house that nobody looks after any more.
func (n *Notifier) isHeard() bool {
	st := n.latest.Load()
	if st == nil || n.opts.Now().Sub(st.At) > staleAfter {
		return false
	}
	if slices.ContainsFunc(st.Conditions, func(c house.Condition) bool { return c.Kind == house.NoPackets }) {
		return false
	}
	return slices.ContainsFunc(st.Sensors, func(s house.Sensor) bool { return !s.Silent })
}

// Run sends until ctx ends. It waits a few seconds for an attempt that is under way; what
// does not come back by then is tried again by the next run.
func (n *Notifier) Run(ctx context.Context) {
	for ctx.Err() == nil {
		n.mu.Lock()
		cfg := n.cfg
		n.mu.Unlock()
		working, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		for _, t := range cfg.Targets {
			all.Go(func() { n.work(working, t) })
		}
		all.Go(func() { n.beat(working, cfg.Heartbeat) })
		select {
		case <-ctx.Done():
		case <-n.changed:
		}
		stop()
		all.Wait()
	}
}

// work looks after one target until ctx ends.
func (n *Notifier) work(ctx context.Context, t Target) {
	send, err := n.senderOf(t)
	if err != nil {
		n.opts.Logger.Error("this target cannot be told", "target", t.Name, "err", err)
		n.fail(t.Name, err)
		return
	}
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	for {
		if m := n.next(t); m != nil {
			n.attempt(ctx, t, send, *m)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// senderOf is the sender of a target. It outlasts a change of other settings, since it may
// know of a message that is on its way.
func (n *Notifier) senderOf(t Target) (sender, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	old := n.senders[t.Name]
	if old.send != nil && old.url == t.URL && slices.Equal(old.command, t.Command) {
		return old.send, nil
	}
	send, err := newSender(t)
	n.senders[t.Name] = usedSender{send, t.URL, t.Command}
	return send, err
}

// A usedSender is a sender and what it was made of.
type usedSender struct {
	send    sender
	url     string
	command []string
}

// attempt sends a message once, and notes what came of it.
func (n *Notifier) attempt(ctx context.Context, t Target, send sender, m Message) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout())
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(finish, cancel) })()
	err := send(within, m)
	if err != nil && ctx.Err() != nil {
		return // the program ends: the next run tries again
	}
	n.attempted(t.Name, err)
}

// timeout is how long one attempt may take.
func (t Target) timeout() time.Duration {
	if t.Timeout == 0 {
		return 30 * time.Second
	}
	return t.Timeout
}

// Stats says how the telling goes, by target in their order.
func (n *Notifier) Stats() []status.Notify {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []status.Notify
	for _, t := range n.cfg.Targets {
		q := n.queues[t.Name]
		s := status.Notify{Target: t.Name, Sent: q.sent, Failed: q.failed, Dropped: q.dropped, Err: q.err}
		if q.out != nil {
			s.Waiting = 1
		}
		all = append(all, s)
	}
	return all
}

// Test tells one target that this is a test.
func Test(ctx context.Context, t Target, now time.Time) error {
	send, err := newSender(t)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	return send(ctx, Message{
		At: now, Title: "picotop: a test", Lines: []Line{{Text: "This is a test: picotop would tell of warnings here.", State: Testing}},
	})
}

// a hungError says that a target did not answer in time.
type hungError struct{ after time.Duration }

func (e *hungError) Error() string { return fmt.Sprintf("no answer within %v", e.after) }
