package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v2"

	"picotop/exporter"
	"picotop/history"
	"picotop/house"
	"picotop/internal/engine"
	"picotop/internal/peer"
	"picotop/internal/remotewrite"
	"picotop/internal/victoriatest"
)

// TestPastOfADatabase tells what was wrong from a database to which a picotop sends, and
// into which the packaged rules write, too.
func TestPastOfADatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("starts VictoriaMetrics")
	}
	for _, age := range victoriatest.Ages {
		t.Run(string(age), func(t *testing.T) { testPastOfADatabase(t, age) })
	}
}

func testPastOfADatabase(t *testing.T, age victoriatest.Age) {
	address := age.Start(t)
	// VictoriaMetrics takes nothing of the far past or future: this is the real time.
	now := time.Now().Truncate(time.Second).Add(-time.Minute)
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }

	store := warnedStore(t, at)
	sendAll(t, store, now, remotewrite.Target{URL: address + "/api/v1/write", Since: 24 * time.Hour, Timeout: time.Minute}, "mum", "boat")
	var b strings.Builder
	rule := func(from, to int, labels string) {
		for m := from; m <= to; m++ {
			fmt.Fprintf(&b, "ALERTS{%s,alertstate=\"firing\"} 1 %d\n", labels, at(m).UnixMilli())
		}
	}
	rule(-299, -278, `house="mum",alertname="PicotopFreezing",condition="freezing",sensor="28ff01",sensor_name="Tank",friendly_name="Tank",pico="loft",job="picotop"`)
	rule(-200, -190, `house="mum",alertname="PicotopDown",job="picotop",instance="pi:8000"`)
	rule(-180, -170, `house="mum",alertname="DiskFull",instance="nas"`)
	rule(-160, -150, `house="boat",alertname="PicotopDown",instance="boat:8000"`)
	importInto(t, address, b.String())

	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	client, err := engine.New(engine.Config{Target: peer.Target{URL: u}, Match: `{house="mum"}`, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	v, err := openEngine(t.Context(), Config{}, client, slog.New(slog.DiscardHandler), clock)
	if err != nil {
		t.Fatal(err)
	}
	list, err := v.Past(t.Context(), time.Unix(0, 0), now)
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %q %.0f to %.0f", c.Kind, c.Label, c.From.Sub(now).Minutes(), c.To.Sub(now).Minutes()))
	}
	want := []string{
		`no_packets "" -50 to -48`,
		`silent "shed" -90 to -80`,
		`PicotopDown "" -200 to -190`,
		`freezing "Tank" -300 to -278`, // by both
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// warnedStore holds readings and warnings of some hours, all of them written.
func warnedStore(t *testing.T, at func(minutes int) time.Time) *history.Store {
	t.Helper()
	cfg := history.Config{Dir: t.TempDir(), Now: func() time.Time { return at(0) }}
	s, err := history.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for m := -310; m < 0; m++ {
		s.Append(history.Sample{Sensor: "28ff01", SensorName: "Tank", FriendlyName: "Tank", At: at(m), Celsius: 3})
	}
	for _, w := range []struct {
		from, to int
		what     history.Warning
	}{
		{-300, -282, history.Warning{Name: exporter.AlertName(house.Freezing), Sensor: "28ff01", SensorName: "Tank", FriendlyName: "Tank"}},
		{-90, -80, history.Warning{Name: exporter.AlertName(house.Silent), Pico: "shed"}},
		{-50, -48, history.Warning{Name: exporter.AlertName(house.NoPackets)}},
	} {
		for m := w.from; m < w.to; m++ {
			s.Warn(at(m), []history.Warning{w.what})
		}
		s.Warn(at(w.to), nil)
	}
	if err := s.Close(); err != nil { // that writes what waits
		t.Fatal(err)
	}
	if s, err = history.Open(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// sendAll sends the store to a database, once for each house, and returns when all of it
// can be read there.
func sendAll(t *testing.T, store *history.Store, now time.Time, to remotewrite.Target, houses ...string) {
	t.Helper()
	var targets []remotewrite.Target
	for _, name := range houses {
		one := to
		one.Name, one.Labels = name, map[string]string{"house": name}
		targets = append(targets, one)
	}
	s, err := remotewrite.New(targets, remotewrite.Options{
		Source: remoteSource{store.Queryable(), store}, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		Load: func() ([]byte, error) { return nil, nil }, Save: func([]byte) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var sending sync.WaitGroup
	sending.Go(func() { s.Run(ctx) })
	defer sending.Wait()
	defer stop()
	for range 300 {
		sent := 0
		for _, st := range s.Stats() {
			if st.Sent > 0 && st.Behind == 0 {
				sent++
			}
		}
		if sent == len(houses) {
			return
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatalf("not all was sent: %+v", s.Stats())
}

// TestPackagedAlertsAreKnown holds that the log calls the packaged alerts of a condition by
// what picotop calls it.
func TestPackagedAlertsAreKnown(t *testing.T) {
	text, err := os.ReadFile("../../packaging/prometheus/prometheus_alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	names := alertNames()
	for _, rule := range file.Groups[0].Rules {
		if !strings.HasPrefix(rule.Alert, names.Prefix) {
			t.Errorf("%s does not begin with %s", rule.Alert, names.Prefix)
		}
		for _, k := range house.Kinds() {
			of := strings.HasPrefix(rule.Expr, "picotop_") && strings.Contains(rule.Expr, fmt.Sprintf("_condition{condition=%q", string(k)))
			if got := names.Warnings[rule.Alert]; of && got != exporter.AlertName(k) {
				t.Errorf("%s tells of %s, and is taken for %q", rule.Alert, k, got)
			}
		}
	}
}

// TestPastOfNobody: while the list of houses is looked at there is no past.
func TestPastOfNobody(t *testing.T) {
	f := newFakeEngine(t, housesAnswer("mum", "boat"))
	now := evening
	v := lookWith(t, f.URL, &now)
	if _, err := v.Past(t.Context(), now.Add(-time.Hour), now); err == nil {
		t.Error("there is a past of no house")
	}
}
