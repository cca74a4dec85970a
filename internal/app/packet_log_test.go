package app

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
)

// logged returns what a packetLog writes of statuses that come one after the other
// from one sender, each so many seconds after the last.
func logged(level slog.Level, every time.Duration, texts ...string) []string {
	var out bytes.Buffer
	l := newPacketLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	now := time.Unix(1_700_000_000, 0)
	for _, text := range texts {
		l.add(feed.Packet{Kind: feed.Status, Name: "Loft", Text: text, Heard: now, From: netip.MustParseAddrPort("192.0.2.1:99")})
		now = now.Add(every)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func TestStatusesInTheLog(t *testing.T) {
	const (
		ok    = `level=INFO msg=status from=192.0.2.1:99 name=Loft status=OK`
		fails = `level=INFO msg=status from=192.0.2.1:99 name=Loft status=Exception`
		debug = `level=DEBUG msg=status from=192.0.2.1:99 name=Loft status=OK`
	)
	tests := map[string]struct {
		level slog.Level
		every time.Duration
		texts []string
		want  []string
	}{
		"the same again is said once":          {slog.LevelInfo, time.Second, []string{"OK", "OK", "OK"}, []string{ok}},
		"a change, and how often before":       {slog.LevelInfo, time.Second, []string{"OK", "OK", "OK", "Exception"}, []string{ok, fails + " last_repeated=2"}},
		"each change":                          {slog.LevelInfo, time.Second, []string{"OK", "Exception", "OK"}, []string{ok, fails, ok}},
		"the same again an hour later":         {slog.LevelInfo, 25 * time.Minute, []string{"OK", "OK", "OK", "OK"}, []string{ok, ok + " last_repeated=2"}},
		"every one, when debugging, and plain": {slog.LevelDebug, time.Second, []string{"OK", "OK", "Exception"}, []string{ok, debug, fails + " last_repeated=1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, logged(tt.level, tt.every, tt.texts...)); diff != "" {
				t.Errorf("logged (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFloodOfStatusesDoesNotFillTheLog(t *testing.T) {
	var out bytes.Buffer
	l := newPacketLog(slog.New(slog.NewTextHandler(&out, nil)))
	now := time.Unix(1_700_000_000, 0)
	forged := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1)
	}
	for i := range 50_000 {
		l.add(feed.Packet{Kind: feed.Status, Name: "Forged", Text: "API 200 OK", Heard: now, From: forged(i)})
	}
	if n := strings.Count(out.String(), "name=Forged"); n != statusesAtOnce {
		t.Errorf("%d lines", n)
	}
	out.Reset()
	l.add(feed.Packet{Kind: feed.Status, Name: "LoftPico", Text: "API 200 OK", Heard: now.Add(time.Second)})
	if text := out.String(); !strings.Contains(text, "left_out=49700") || !strings.Contains(text, "name=LoftPico") {
		t.Errorf("logged %q", text)
	}
	for i := range 5000 { // slowly, so that all are logged
		l.add(feed.Packet{Kind: feed.Status, Name: "Forged", Text: "x", Heard: now.Add(time.Duration(i) * time.Second), From: forged(i)})
	}
	if len(l.statuses) > maxStatuses {
		t.Errorf("%d senders are remembered", len(l.statuses))
	}
}

func TestTheDashboardsLogIsBounded(t *testing.T) {
	dir := t.TempDir()
	logger, closeLog := openLogFile(Config{Data: dir})
	line := strings.Repeat("x", 1000)
	for range 5000 {
		logger.Info(line)
	}
	closeLog()
	files, err := filepath.Glob(filepath.Join(dir, "picotop*.log"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || info.Size() > maxLog<<20 {
			t.Errorf("%s is %v, %v", name, info.Size(), err)
		}
	}
}
