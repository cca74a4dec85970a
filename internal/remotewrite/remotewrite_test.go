package remotewrite

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/snappy"
	writev2 "github.com/prometheus/client_golang/exp/api/remote/genproto/v2"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"google.golang.org/protobuf/proto"
)

// A fakeStore has two sensors that were read each ten seconds.
type fakeStore struct {
	mu          sync.Mutex
	from, until int64
	oldest      int64 // what is told of it; 0 means from

	silent     []int64 // when sensor a was found to be silent
	from2, to2 int64   // when it said nothing; 0 means never
}

// grow adds what a time brings.
func (f *fakeStore) grow(by time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until += by.Milliseconds()
}

const spacing = int64(10_000)

func (f *fakeStore) Streams() ([]Stream, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []Stream{{Name: "readings", Metrics: []string{"temperature", "silent"}, Ends: map[string]string{"silent": "temperature"}, Until: f.until, Oldest: cmp.Or(f.oldest, f.from)}}, true
}

func (f *fakeStore) Querier(mint, maxt int64) (storage.Querier, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fakeQuerier{storage.NoopQuerier(), f, max(mint, f.from), min(maxt, f.until)}, nil
}

type fakeQuerier struct {
	storage.Querier
	of         *fakeStore
	mint, maxt int64
}

type sample struct {
	t int64
	v float64
}

func (s sample) ST() int64                     { return 0 }
func (s sample) T() int64                      { return s.t }
func (s sample) F() float64                    { return s.v }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Copy() chunks.Sample           { return s }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }

func (q fakeQuerier) series(sensor string) storage.Series {
	var list []chunks.Sample
	for t := (q.mint + spacing - 1) / spacing * spacing; t <= q.maxt; t += spacing {
		if sensor == "a" && q.of.from2 <= t && t < q.of.to2 {
			continue
		}
		list = append(list, sample{t, float64(t % 1000)})
	}
	return storage.NewListSeries(labels.FromStrings("__name__", "temperature", "sensor", sensor), list)
}

func (q fakeQuerier) Select(context.Context, bool, *storage.SelectHints, ...*labels.Matcher) storage.SeriesSet {
	list := []storage.Series{q.series("a"), q.series("b")}
	var silent []chunks.Sample
	for _, t := range q.of.silent {
		if q.mint <= t && t <= q.maxt {
			silent = append(silent, sample{t, 1})
		}
	}
	if silent != nil {
		list = append(list, storage.NewListSeries(labels.FromStrings("__name__", "silent", "sensor", "a"), silent))
	}
	return &fakeSet{series: list, at: -1}
}

type fakeSet struct {
	storage.SeriesSet
	series []storage.Series
	at     int
}

func (s *fakeSet) Next() bool         { s.at++; return s.at < len(s.series) }
func (s *fakeSet) At() storage.Series { return s.series[s.at] }
func (s *fakeSet) Err() error         { return nil }

// A receiver counts each sample that it took.
type receiver struct {
	mu    sync.Mutex
	taken map[string]map[int64]int // by series and time
	last  map[string]int64
	stale []int64 // when a stale marker was
	order bool    // a sample came before an earlier one of its series, for the first time
	n     int
	trial func(n int, w http.ResponseWriter) bool // whether a request is taken
}

func newReceiver() *receiver {
	return &receiver{taken: map[string]map[int64]int{}, last: map[string]int64{}, trial: func(int, http.ResponseWriter) bool { return true }}
}

// RoundTrip lets a client talk to it without a socket.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		panic(err)
	}
	r.n++
	if !r.trial(r.n, w) {
		return
	}
	for _, s := range decode(req.Header.Get("Content-Type"), raw) {
		key := ""
		for _, l := range s.Labels {
			key += l.Name + "=" + l.Value + ","
		}
		if r.taken[key] == nil {
			r.taken[key] = map[int64]int{}
		}
		for _, p := range s.Samples {
			if p.Timestamp < r.last[key] && r.taken[key][p.Timestamp] == 0 {
				r.order = true
			}
			if value.IsStaleNaN(p.Value) {
				r.stale = append(r.stale, p.Timestamp)
			}
			r.last[key] = max(r.last[key], p.Timestamp)
			r.taken[key][p.Timestamp]++
		}
	}
	w.Header().Set("X-Prometheus-Remote-Write-Samples-Written", "1")
	w.WriteHeader(http.StatusNoContent)
}

func decode(kind string, raw []byte) []prompb.TimeSeries {
	if kind != "application/x-protobuf;proto=io.prometheus.write.v2.Request" {
		var req prompb.WriteRequest
		if err := req.Unmarshal(raw); err != nil {
			panic(err)
		}
		return req.Timeseries
	}
	var req writev2.Request
	if err := proto.Unmarshal(raw, &req); err != nil {
		panic(err)
	}
	var all []prompb.TimeSeries
	for _, s := range req.Timeseries {
		var one prompb.TimeSeries
		for i := 0; i < len(s.LabelsRefs); i += 2 {
			one.Labels = append(one.Labels, prompb.Label{Name: req.Symbols[s.LabelsRefs[i]], Value: req.Symbols[s.LabelsRefs[i+1]]})
		}
		for _, p := range s.Samples {
			one.Samples = append(one.Samples, prompb.Sample{Timestamp: p.Timestamp, Value: p.Value})
		}
		all = append(all, one)
	}
	return all
}

// twice is how many samples were taken more than once, and missing how many of the
// store never.
func (r *receiver) count(f *fakeStore, after int64) (missing, twice int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, sensor := range []string{"a", "b"} {
		times := r.taken["__name__=temperature,house=mum,sensor="+sensor+","]
		for t := (max(f.from, after+1) + spacing - 1) / spacing * spacing; t <= f.until; t += spacing {
			switch n := times[t]; {
			case n == 0:
				missing++
			case n > 1:
				twice += n - 1
			}
		}
	}
	return missing, twice
}

// aDisk keeps the positions over restarts.
type aDisk struct {
	text []byte
	err  error
}

func (d *aDisk) load() ([]byte, error) { return d.text, nil }
func (d *aDisk) save(b []byte) error {
	if d.err != nil {
		return d.err
	}
	d.text = bytes.Clone(b)
	return nil
}

// direct answers requests without a socket, so that time can be made up.
type direct struct{ http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	if w.Code == 999 {
		return nil, errors.New("connection refused")
	}
	if w.Code == 998 {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	return w.Result(), nil
}

func newSender(t *testing.T, f *fakeStore, d *aDisk, handlers map[string]http.Handler, p Protocol) *Sender {
	t.Helper()
	var targets []Target
	for name := range handlers {
		targets = append(targets, aTarget(name, p))
	}
	return New(targets, Options{
		Source: f, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Load: d.load, Save: d.save,
		transport: func(t Target) http.RoundTripper { return direct{handlers[t.Name]} },
	})
}

// aTarget gets all of the last month.
func aTarget(name string, p Protocol) Target {
	return Target{
		Name: name, URL: always("http://db/api/v1/write"), Protocol: p, Timeout: 30 * time.Second,
		Since: 30 * 24 * time.Hour, Labels: map[string]string{"house": "mum"},
	}
}

// aWeek is a store of the last seven days.
func aWeek() *fakeStore {
	now := time.Now().UnixMilli()
	return &fakeStore{from: now - 7*24*3600*1000, until: now}
}

func TestNothingIsLost(t *testing.T) {
	code := func(code int, after string) func(int, http.ResponseWriter) bool {
		return func(n int, w http.ResponseWriter) bool {
			if n > 3 && n < 8 {
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				w.WriteHeader(code)
				return false
			}
			return true
		}
	}
	for name, test := range map[string]struct {
		trial    func(int, http.ResponseWriter) bool
		protocol Protocol
		atLeast  time.Duration // that it takes
	}{
		"all is well":                {trial: func(int, http.ResponseWriter) bool { return true }},
		"all is well, in version 2":  {trial: func(int, http.ResponseWriter) bool { return true }, protocol: V2},
		"it answers 500":             {trial: code(500, "")},
		"it answers 429":             {trial: code(429, "120"), atLeast: 8 * time.Minute},
		"it answers 503 with a time": {trial: code(503, "60"), atLeast: 4 * time.Minute},
		"the password is wrong":      {trial: code(401, "")},
		"the path is wrong":          {trial: code(404, "")},
		"nobody answers":             {trial: code(999, "")},
		"it hangs":                   {trial: code(998, ""), atLeast: 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, r := aWeek(), newReceiver()
				r.trial = test.trial
				s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": r}, test.protocol)
				ctx, stop := context.WithCancel(t.Context())
				started := time.Now()
				var wg sync.WaitGroup
				wg.Go(func() { s.Run(ctx) })
				for s.Stats()[0].Sent < 2*60480 && time.Since(started) < time.Hour {
					time.Sleep(time.Second)
				}
				took := time.Since(started)
				stop()
				wg.Wait()
				missing, twice := r.count(f, 0)
				if missing > 0 || twice > 0 || r.order || took < test.atLeast {
					t.Errorf("missing %d, twice %d, out of order %v, took %v: %+v", missing, twice, r.order, took, s.Stats())
				}
			})
		})
	}
}

// TestKilled states the law: whenever a sender is killed, the next one loses nothing, and
// repeats no more than the request that was on its way.
func TestKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r, d := aWeek(), newReceiver(), &aDisk{}
		kills := 0
		for {
			ctx, kill := context.WithCancel(t.Context())
			s := newSender(t, f, d, map[string]http.Handler{"db": r}, V1)
			end := r.n + rand.IntN(6)
			r.trial = func(n int, _ http.ResponseWriter) bool {
				if n > end {
					kill() // before it hears that this was taken
				}
				return true
			}
			var wg sync.WaitGroup
			wg.Go(func() { s.Run(ctx) })
			time.Sleep(time.Minute)
			done := ctx.Err() == nil
			kill()
			wg.Wait()
			if done {
				break
			}
			kills++
		}
		missing, twice := r.count(f, 0)
		t.Logf("%d kills: missing %d, twice %d", kills, missing, twice)
		if missing > 0 || twice > kills*maxSamples || r.order || kills == 0 {
			t.Errorf("missing %d, twice %d in %d kills, out of order %v", missing, twice, kills, r.order)
		}
	})
}

// runFor runs a sender for a time of the bubble's clock.
func runFor(t *testing.T, s *Sender, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	s.Run(ctx)
}

func TestRefusedIsSteppedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := aWeek(), newReceiver()
		bad := (f.until/spacing - 100) * spacing
		s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			body, _ := io.ReadAll(req.Body)
			raw, _ := snappy.Decode(nil, body)
			for _, one := range decode(req.Header.Get("Content-Type"), raw) {
				for _, p := range one.Samples {
					if p.Timestamp == bad {
						w.WriteHeader(http.StatusBadRequest)
						return
					}
				}
			}
			req.Body = io.NopCloser(bytes.NewReader(body))
			r.ServeHTTP(w, req)
		})}, V1)
		runFor(t, s, time.Hour)
		missing, twice := r.count(f, 0)
		if st := s.Stats()[0]; missing != 2 || twice != 0 || st.Refused != 2 || st.Behind != 0 {
			t.Errorf("missing %d, twice %d: %+v", missing, twice, st)
		}
	})
}

// TestSilence holds that a series ends once when its sensor falls silent, in order, over
// restarts, and in both versions.
func TestSilence(t *testing.T) {
	for _, p := range []Protocol{V1, V2} {
		synctest.Test(t, func(t *testing.T) {
			f, r, d := aWeek(), newReceiver(), &aDisk{}
			found := f.from + 60*60*1000 + 3
			f.from2, f.to2, f.silent = found-60*1000, found+60*1000, []int64{found}
			end := f.until
			for f.until = f.from; f.until < end; f.until = min(end, f.until+30*60*1000) {
				runFor(t, newSender(t, f, d, map[string]http.Handler{"db": r}, p), time.Second)
			}
			runFor(t, newSender(t, f, d, map[string]http.Handler{"db": r}, p), time.Minute)
			missing, twice := r.count(f, 0)
			if len(r.stale) != 1 || r.stale[0] != found || missing != 12 || twice > 0 || r.order {
				t.Errorf("%s: stale at %v, not %d; missing %d, twice %d, out of order %v", p, r.stale, found, missing, twice, r.order)
			}
			if len(r.taken) != 2 {
				t.Errorf("%s: %d series", p, len(r.taken))
			}
		})
	}
}

// TestOwn holds that figures of the program are sent once a minute, that an outage costs
// those of its time and no readings, and that they come after a backlog.
func TestOwn(t *testing.T) {
	for _, p := range []Protocol{V1, V2} {
		synctest.Test(t, func(t *testing.T) {
			f, r := aWeek(), newReceiver()
			away := false
			r.trial = func(_ int, w http.ResponseWriter) bool {
				if away {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				return !away
			}
			s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": r}, p)
			s.opts.Own = func() []Figure {
				return []Figure{{"picotop_sensors", nil, 20}, {"picotop_datagrams_total", map[string]string{"a": "b"}, 1}}
			}
			runFor(t, s, 10*time.Minute)
			r.mu.Lock()
			away = true
			r.mu.Unlock()
			runFor(t, s, 10*time.Minute)
			r.mu.Lock()
			away = false
			r.mu.Unlock()
			f.grow(20 * time.Minute)
			runFor(t, s, 10*time.Minute)
			for _, key := range []string{"__name__=picotop_sensors,house=mum,", "__name__=picotop_datagrams_total,a=b,house=mum,"} {
				if n := len(r.taken[key]); n < 18 || n > 22 {
					t.Errorf("%s: %s %d times", p, key, n)
				}
			}
			if missing, twice := r.count(f, 0); missing > 0 || twice > 0 || s.Stats()[0].Failed == 0 {
				t.Errorf("%s: missing %d, twice %d: %+v", p, missing, twice, s.Stats())
			}
		})
	}
}

// TestOwnAtTheEnd holds that figures that are on their way when picotop ends are no failure.
func TestOwnAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(998) })
		s := newSender(t, &fakeStore{}, &aDisk{}, map[string]http.Handler{"db": hangs}, V1)
		s.opts.Own = func() []Figure { return []Figure{{"picotop_sensors", nil, 20}} }
		var log bytes.Buffer
		s.targets[0].logger = slog.New(slog.NewTextHandler(&log, nil))
		runFor(t, s, 20*time.Second)
		if log.Len() > 0 || s.Stats()[0].Err != "" {
			t.Errorf("%s%+v", log.String(), s.Stats())
		}
	})
}

// TestSetTargets holds that a target that is taken away gets no more, that one that is
// changed, or comes back, goes on from its position, and that one that is the same is not
// disturbed, not even while it hangs.
func TestSetTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, d := aWeek(), &aDisk{}
		same, moved, elsewhere := newReceiver(), newReceiver(), newReceiver()
		hangs := 0
		handlers := map[string]http.Handler{
			"same": same, "moved": moved,
			"hangs": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { hangs++; w.WriteHeader(998) }),
		}
		s := newSender(t, f, d, nil, V1)
		s.opts.transport = func(t Target) http.RoundTripper {
			if t.MadeOf == "elsewhere" {
				return direct{elsewhere}
			}
			return direct{handlers[t.Name]}
		}
		set := func(list ...[2]string) {
			var targets []Target
			for _, one := range list {
				target := aTarget(one[0], V1)
				target.MadeOf = one[1]
				targets = append(targets, target)
			}
			s.SetTargets(targets)
		}
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { s.Run(ctx) })
		set([2]string{"same", ""}, [2]string{"moved", ""}, [2]string{"hangs", ""})
		time.Sleep(5 * time.Second)
		first := f.until
		time.Sleep(10 * time.Second)
		f.grow(10 * time.Second)
		set([2]string{"moved", "elsewhere"}, [2]string{"same", ""}, [2]string{"hangs", ""})
		time.Sleep(12 * time.Second)
		if st := s.Stats(); len(st) != 3 || st[0].Target != "moved" || st[0].Sent != uint64(2*(60480+1+1)) || st[0].Behind != 0 {
			t.Errorf("it moved: %+v", st)
		}
		synctest.Wait()
		if hangs != 1 {
			t.Errorf("what hangs was asked %d times", hangs)
		}
		set()
		time.Sleep(time.Minute)
		f.grow(time.Minute)
		synctest.Wait()
		n := same.n
		time.Sleep(time.Minute)
		synctest.Wait()
		if same.n != n || len(s.Stats()) != 0 {
			t.Errorf("it was sent to, and is no target: %+v", s.Stats())
		}
		set([2]string{"moved", "elsewhere"}, [2]string{"same", ""})
		time.Sleep(15 * time.Second)
		stop()
		wg.Wait()
		if missing, twice := same.count(f, 0); missing > 0 || twice > 0 {
			t.Errorf("same: missing %d, twice %d", missing, twice)
		}
		if missing, twice := elsewhere.count(f, first); missing > 0 || twice > 0 {
			t.Errorf("elsewhere: missing %d, twice %d", missing, twice)
		}
	})
}

func TestOneThatHangsKeepsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := aWeek(), newReceiver()
		hangs := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(998) })
		s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": r, "hangs": hangs}, V1)
		runFor(t, s, time.Minute)
		if missing, twice := r.count(f, 0); missing > 0 || twice > 0 {
			t.Errorf("missing %d, twice %d: %+v", missing, twice, s.Stats())
		}
	})
}

// TestClockRanAhead holds that a clock that runs far ahead for a while holds nothing back,
// and that what was stored since it is right is sent once.
func TestClockRanAhead(t *testing.T) {
	for name, test := range map[string]struct {
		before, ahead time.Duration // how much was sent before, and how far the clock ran ahead
		noticed       time.Duration // how much later it is noticed; a minute unless it is said
	}{
		"years, between two good times": {before: 7 * 24 * time.Hour, ahead: 9 * 365 * 24 * time.Hour},
		"years, at the first contact":   {ahead: 9 * 365 * 24 * time.Hour},
		"an hour":                       {before: 7 * 24 * time.Hour, ahead: time.Hour},
		"some minutes":                  {before: 7 * 24 * time.Hour, ahead: 5 * time.Minute},
		"two minutes":                   {before: 7 * 24 * time.Hour, ahead: 2 * time.Minute, noticed: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, d := newReceiver(), &aDisk{}
				var log bytes.Buffer
				run := func(f *fakeStore, ahead time.Duration) {
					s := newSender(t, f, d, map[string]http.Handler{"db": r}, V1)
					s.opts.Now = func() time.Time { return time.Now().Add(ahead) }
					s.targets[0].logger = slog.New(slog.NewTextHandler(&log, nil))
					runFor(t, s, 5*time.Second)
				}
				good := aWeek()
				if test.before > 0 {
					run(good, 0)
				}
				at := time.Now().Add(test.ahead).UnixMilli()
				run(&fakeStore{from: at - 60*1000, until: at, oldest: good.from}, test.ahead)
				if test.before == 0 {
					clear(r.taken)
				}
				time.Sleep(cmp.Or(test.noticed, time.Minute))
				good.until = time.Now().UnixMilli() // what the queue held was stored with the right time
				run(good, 0)
				missing, twice := r.count(good, 0)
				if missing > 0 || twice > 0 || strings.Count(log.String(), "the clock ran ahead") != 1 {
					t.Errorf("missing %d, twice %d\n%s", missing, twice, log.String())
				}
			})
		})
	}
}

func TestDeletedBeforeItWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r, d := aWeek(), newReceiver(), &aDisk{}
		last := f.until - 6*24*3600*1000
		p := positions{save: d.save, list: map[string]map[string]position{}}
		if err := p.set("db", "readings", position{Until: last, Last: last}); err != nil {
			t.Fatal(err)
		}
		f.from = last + 24*3600*1000
		s := newSender(t, f, d, map[string]http.Handler{"db": r}, V1)
		runFor(t, s, time.Minute)
		if missing, _ := r.count(f, 0); missing > 0 || s.Stats()[0].Lost.Round(time.Minute) != 24*time.Hour {
			t.Errorf("missing %d: %+v", missing, s.Stats())
		}
	})
}

// TestNotThereYet holds that what is missing at the start, such as a file with the URL, is
// looked for again, that this is told meanwhile, and that nothing is lost by it.
func TestNotThereYet(t *testing.T) {
	for name, take := range map[string]func(*Target, error){
		"the URL":          func(t *Target, err error) { t.URL = func() (string, error) { return "http://db/write", err } },
		"the password":     func(t *Target, err error) { t.User, t.Password = "me", func() (string, error) { return "secret", err } },
		"the certificates": func(t *Target, err error) { t.TLS = func() (*tls.Config, error) { return nil, err } },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, r := aWeek(), newReceiver()
				s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": r}, V1)
				take(&s.targets[0].Target, errors.New("no such file"))
				runFor(t, s, 10*time.Minute)
				if st := s.Stats()[0]; !strings.HasPrefix(st.Err, name+": no such file") || st.Behind < 7*24*time.Hour || r.n > 0 {
					t.Errorf("it is missing: %+v", st)
				}
				f.grow(10 * time.Minute)
				take(&s.targets[0].Target, nil)
				runFor(t, s, 2*time.Minute)
				if missing, twice := r.count(f, 0); missing > 0 || twice > 0 || s.Stats()[0].Err != "" {
					t.Errorf("missing %d, twice %d: %+v", missing, twice, s.Stats())
				}
			})
		})
	}
}

func TestOldReceiverOfVersionTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := aWeek(), newReceiver()
		s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Header.Get("X-Prometheus-Remote-Write-Version") != "0.1.0" {
				w.WriteHeader(http.StatusUnsupportedMediaType)
				return
			}
			r.ServeHTTP(w, req)
		})}, V2)
		runFor(t, s, time.Minute)
		if missing, twice := r.count(f, 0); missing > 0 || twice > 0 {
			t.Errorf("missing %d, twice %d: %+v", missing, twice, s.Stats())
		}
	})
}

// TestBehindGrows states that a target that is away falls behind by as much as is stored.
func TestBehindGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := aWeek(), newReceiver()
		away := true
		r.trial = func(_ int, w http.ResponseWriter) bool {
			if away {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return !away
		}
		s := newSender(t, f, &aDisk{}, map[string]http.Handler{"db": r}, V1)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { s.Run(ctx) })
		time.Sleep(time.Minute)
		before := s.Stats()[0].Behind
		f.grow(12 * time.Minute)
		time.Sleep(12 * time.Minute)
		if grown := s.Stats()[0].Behind - before; grown != 12*time.Minute {
			t.Errorf("fell behind by %v in 12 minutes", grown)
		}
		r.mu.Lock()
		away = false
		r.mu.Unlock()
		time.Sleep(10 * time.Minute)
		if st := s.Stats()[0]; st.Behind != 0 || st.Err != "" {
			t.Errorf("it is back: %+v", st)
		}
		stop()
		wg.Wait()
	})
}
