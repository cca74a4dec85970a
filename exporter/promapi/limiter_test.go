package promapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLimiter(2, 1)
		kind := func(err error) Kind {
			if e, ok := errors.AsType[*Error](err); ok {
				return e.Kind
			}
			return ""
		}
		var leaves []func()
		for range 2 {
			leave, err := g.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leave)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx); kind(err) != Timeout {
			t.Errorf("waiting in vain: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.enter(gone); kind(err) != Canceled {
			t.Errorf("a reader who left: %v", err)
		}

		got := make(chan error)
		go func() {
			leave, err := g.enter(t.Context())
			if err == nil {
				leave()
			}
			got <- err
		}()
		synctest.Wait()
		if _, err := g.enter(t.Context()); kind(err) != Unavailable {
			t.Errorf("one too many: %v", err)
		}
		leaves[0]()
		if err := <-got; err != nil {
			t.Errorf("its turn came: %v", err)
		}
		leaves[1]()
		if len(g.running) != 0 || len(g.queue) != 0 {
			t.Errorf("%d are still in, %d in the queue", len(g.running), len(g.queue))
		}
	})
}

// slow is a history in which nothing is found, and of the metric slow nothing
// until it is told to go on.
type slow struct {
	nothing
	asked   chan struct{} // told of each question
	release chan struct{}
}

func (s slow) Querier(int64, int64) (storage.Querier, error) {
	return slowQuerier{storage.NoopQuerier(), s}, nil
}

type slowQuerier struct {
	storage.Querier
	history slow
}

func (q slowQuerier) Select(ctx context.Context, _ bool, _ *storage.SelectHints, ms ...*labels.Matcher) storage.SeriesSet {
	if ms[0].Value != "slow" {
		return storage.EmptySeriesSet()
	}
	q.history.asked <- struct{}{}
	select {
	case <-q.history.release:
		return storage.EmptySeriesSet()
	case <-ctx.Done():
		return storage.ErrSeriesSet(ctx.Err())
	}
}

func answerTo(a *API, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/"+path, nil))
	return w
}

const (
	// bigQuery goes through more than a small one may.
	bigQuery = "query?query=max_over_time(slow[30d])"
	// hugeQuery may hold more than a big one may.
	hugeQuery = "query?query=max_over_time(slow[365d])"
)

func TestBigQueriesLeaveSmallOnesTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := slow{asked: make(chan struct{}, 100), release: make(chan struct{})}
		a := New(Config{History: h})
		ended := make(chan int)
		places := cap(a.limiters[big].queue)
		for range places {
			go func() { ended <- answerTo(a, bigQuery).Code }()
		}
		synctest.Wait()
		if n := len(h.asked); n != cap(a.limiters[big].running) {
			t.Errorf("%d run at once", n)
		}
		if w := answerTo(a, bigQuery); w.Code != 503 {
			t.Errorf("one too many: %d %s", w.Code, w.Body)
		}
		for _, path := range []string{"query?query=1", "query?query=vector(time())", "metadata", "rules", "alerts", "status/buildinfo", "format_query?query=a"} {
			if w := answerTo(a, path); w.Code != 200 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		for _, path := range []string{"query?query=nothing", "series?match[]=nothing", "query_range?query=nothing&start=1&end=2&step=1"} {
			if w := answerTo(a, path); w.Code != 200 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		close(h.release)
		for range places {
			if code := <-ended; code != 200 {
				t.Errorf("a big one: %d", code)
			}
		}
	})
}

// TestHugeQueryRunsBesideNoBigOne has huge queries and big ones ask in turn:
// what is bounded is the memory of all together.
func TestHugeQueryRunsBesideNoBigOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := slow{asked: make(chan struct{}, 100), release: make(chan struct{})}
		a := New(Config{History: h})
		ended := make(chan int)
		ask := func(path string) {
			go func() { ended <- answerTo(a, path).Code }()
			synctest.Wait()
		}
		running := func(want int) {
			t.Helper()
			synctest.Wait()
			if n := len(h.asked); n != want {
				t.Errorf("%d were let in, want %d", n, want)
			}
		}
		ask(bigQuery)
		ask(hugeQuery)
		running(1)
		h.release <- struct{}{}
		<-ended
		running(2) // the huge one
		ask(bigQuery)
		ask(hugeQuery)
		running(2)
		h.release <- struct{}{}
		<-ended
		running(3)
		h.release <- struct{}{}
		<-ended
		running(4)

		gone, cancel := context.WithCancel(t.Context())
		go func() {
			w := httptest.NewRecorder()
			a.ServeHTTP(w, httptest.NewRequestWithContext(gone, "GET", "/api/v1/"+hugeQuery, nil))
			ended <- w.Code
		}()
		synctest.Wait()
		cancel()
		if code := <-ended; code != 503 {
			t.Errorf("who left while waiting: %d", code)
		}
		h.release <- struct{}{}
		<-ended
		for s, l := range a.limiters {
			if len(l.queue)+len(l.running) > 0 {
				t.Errorf("a place of size %d is taken", s)
			}
		}
	})
}

// TestMemoryOfAQuery holds a query within what its place may hold, by what its
// samples take.
func TestMemoryOfAQuery(t *testing.T) {
	for query, want := range map[string]int{
		"a":                                     sampleBytes,
		"time()":                                sampleBytes,
		"max_over_time(a[5m:1m])":               sampleBytes,
		"quantile_over_time(0.5, a[5m:1m])":     2 * sampleBytes,
		"a[5m]":                                 windowBytes,
		"a + max_over_time(a[5m])":              windowBytes,
		"max_over_time(rate(a[5m])[1h:1m])":     windowBytes,
		"quantile_over_time(0.5, (a[5m]))":      sortedBytes,
		"quantile_over_time(scalar(b), a[5m])":  sortedBytes,
		"sum(quantile_over_time(0.5, a[5m]))":   sortedBytes,
		"max_over_time(a[5m]) + quantile(1, b)": windowBytes,
	} {
		expr, err := New(Config{}).parser.ParseExpr(query)
		if err != nil {
			t.Fatal(err)
		}
		c, err := costOf(expr, time.Hour, 60, regexpBudget{})
		if err != nil || c.sampleBytes != want {
			t.Errorf("%s: %d bytes, want %d, %v", query, c.sampleBytes, want, err)
		}
	}
	all := cap(limiters()[light].running)*light.memory() + cap(limiters()[small].running)*small.memory() +
		max(cap(limiters()[big].running)*big.memory(), cap(limiters()[huge].running)*huge.memory())
	if all > 100_000_000 {
		t.Errorf("all places together may hold %d bytes", all)
	}
}

func TestSmallQueryThatIsSlowBecomesABigOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := slow{asked: make(chan struct{}, 100), release: make(chan struct{})}
		a := New(Config{History: h})
		ended := make(chan int)
		began := time.Now()
		go func() { ended <- answerTo(a, "query?query=slow").Code }()
		<-h.asked
		if len(a.limiters[small].running) != 1 {
			t.Error("it is not in a small place")
		}
		<-h.asked
		if took := time.Since(began); took != smallTime || len(a.limiters[small].queue) != 0 || len(a.limiters[big].running) != 1 {
			t.Errorf("after %v it is not in a big place", took)
		}
		close(h.release)
		if code := <-ended; code != 200 {
			t.Errorf("status %d", code)
		}
	})
}

func TestClientWhoLeavesLeavesItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, path := range []string{bigQuery, "query?query=slow", "series?match[]=slow", "../../federate?match[]=slow"} {
			h := slow{asked: make(chan struct{}, 100), release: make(chan struct{})}
			a := New(Config{History: h})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				r := httptest.NewRequest("GET", "/api/v1/"+path, nil).WithContext(ctx)
				if rest, ok := strings.CutPrefix(path, "../.."); ok {
					r = httptest.NewRequest("GET", rest, nil).WithContext(ctx)
				}
				a.ServeHTTP(httptest.NewRecorder(), r)
				close(ended)
			}()
			<-h.asked
			cancel()
			<-ended
			for s, l := range a.limiters {
				if len(l.queue)+len(l.running) > 0 {
					t.Errorf("%s: a place of size %d is taken", path, s)
				}
			}
		}
	})
}

// TestUnreadAnswers has clients ask and not read: what fits into the network's
// buffers holds no place, and what does not is dropped after a while.
func TestUnreadAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{})
		long := "query_range?query=time()&start=0&end=10000&step=1"
		for range cap(a.limiters[light].running) * 2 {
			w := &stuck{release: make(chan struct{})}
			defer close(w.release)
			go a.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/query?query=1", nil))
		}
		synctest.Wait()
		if n := len(a.limiters[light].queue); n != 0 {
			t.Errorf("short answers hold %d places", n)
		}
		w := &stuck{release: make(chan struct{})}
		ended := make(chan struct{})
		began := time.Now()
		go func() {
			a.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/"+long, nil))
			close(ended)
		}()
		synctest.Wait()
		if want := began.Add(sendTime); !w.deadline.Equal(want) {
			t.Errorf("a long answer is dropped at %v, want %v", w.deadline, want)
		}
		close(w.release)
		<-ended
		for s, l := range a.limiters {
			if len(l.queue) > 0 {
				t.Errorf("a place of size %d is taken", s)
			}
		}
	})
}

// stuck is a client who does not read until it is released, and is gone then.
type stuck struct {
	header   http.Header
	deadline time.Time
	release  chan struct{}
}

func (s *stuck) Header() http.Header {
	if s.header == nil {
		s.header = http.Header{}
	}
	return s.header
}

func (s *stuck) WriteHeader(int) {}

func (s *stuck) Write([]byte) (int, error) {
	<-s.release
	return 0, os.ErrDeadlineExceeded
}

func (s *stuck) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}
