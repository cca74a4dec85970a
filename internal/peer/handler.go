package peer

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
)

const (
	// pollEvery is how often the stream looks for a change: a reading is to be
	// on a screen elsewhere within a second.
	pollEvery = 200 * time.Millisecond
	// Heartbeat is how often the stream says something even if nothing
	// changed.
	Heartbeat = 3 * time.Second
	// writeTimeout is how long one snapshot may take to be taken.
	writeTimeout = 10 * time.Second
	maxRanges    = 4
)

// A Source is the house that is served. Its methods are called from several
// goroutines at once and must not block, but for Range and Past.
type Source interface {
	State() house.State     // the house as it is now
	Status() status.Status  // how the program itself fares
	Packets() []feed.Packet // those that came last, newest first, MaxPackets at most
	Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error)
	// Past is what was wrong: what began in [from, to], newest first, [house.MaxPast] of it
	// at most.
	Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error)
	// Decide takes what the owner decided; the error says in one line why it does not.
	Decide(d house.Decision) error
}

// Handler serves the house under the paths above. By TCP it is to be read only. program is
// the version of the program, and pid its process.
func Handler(src Source, program string, pid int) http.Handler {
	h := &handler{src: src, program: program, pid: pid, ranges: make(chan struct{}, maxRanges)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathHouse, h.house)
	mux.HandleFunc("GET "+PathStream, h.stream)
	mux.HandleFunc("GET "+PathRange, h.ranged)
	mux.HandleFunc("GET "+PathPast, h.past)
	mux.HandleFunc("POST "+PathDecide, h.decide)
	return mux
}

type handler struct {
	src     Source
	program string
	pid     int
	streams streamSlots
	ranges  chan struct{} // a slot for each question under way
}

// Snapshot is the house of a source as it is told now.
func Snapshot(src Source, program string, pid int) House {
	s := Of(src.State(), src.Status())
	s.Program, s.PID, s.Packets = program, pid, []Packet{}
	for _, p := range src.Packets() {
		s.Packets = append(s.Packets, PacketOf(p))
	}
	return s
}

func (h *handler) snapshot() House { return Snapshot(h.src, h.program, h.pid) }

func (h *handler) house(w http.ResponseWriter, _ *http.Request) { answer(w, h.snapshot()) }

// stream sends a snapshot a line: one at once, one when anything changed, and
// one now and then, so that a reader knows that this lives.
func (h *handler) stream(w http.ResponseWriter, r *http.Request) {
	give, ok := h.streams.take(r)
	if !ok {
		http.Error(w, "too many dashboards are attached", http.StatusServiceUnavailable)
		return
	}
	defer give()
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	to := http.NewResponseController(w)
	enc := json.NewEncoder(w)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var sent House
	for {
		now := h.snapshot()
		if sent.API == "" || now.Revision != sent.Revision || now.At.Sub(sent.At) >= Heartbeat {
			// The server's own time-out is for a whole answer, and this one
			// has no end. Where deadlines cannot be set there is none.
			_ = to.SetWriteDeadline(time.Now().Add(writeTimeout))
			if enc.Encode(now) != nil || to.Flush() != nil {
				return
			}
			sent = now
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

func (h *handler) ranged(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, fromErr := time.Parse(time.RFC3339Nano, q.Get("from"))
	to, toErr := time.Parse(time.RFC3339Nano, q.Get("to"))
	step, stepErr := strconv.ParseFloat(q.Get("step"), 64)
	if fromErr != nil || toErr != nil || stepErr != nil || step < 1 || step > 366*86400 || q.Get("sensor") == "" {
		http.Error(w, "needs sensor, from and to such as 2026-11-23T21:47:00Z, and step in seconds", http.StatusBadRequest)
		return
	}
	if !take(h.ranges) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	defer give(h.ranges)
	buckets, err := h.src.Range(r.Context(), q.Get("sensor"), from, to, Seconds(step).Duration())
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	out := Ranges{API: Name, Version: Version, Buckets: make([]Bucket, len(buckets))}
	for i, b := range buckets {
		out.Buckets[i] = Bucket(b)
	}
	answer(w, out)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // an error here means that nobody is listening
}

func take(slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func give(slots chan struct{}) { <-slots }
