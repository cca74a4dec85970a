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

// bigQuery goes through more than a small one may.
const bigQuery = "query?query=max_over_time(slow[365d])"

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
