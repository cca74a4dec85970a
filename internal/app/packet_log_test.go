package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/feed"
)

func TestAFloodOfStatusesDoesNotFillTheLog(t *testing.T) {
	var out bytes.Buffer
	l := newPacketLog(slog.New(slog.NewTextHandler(&out, nil)))
	now := time.Unix(1_700_000_000, 0)
	for range 50_000 {
		l.add(feed.Packet{Kind: feed.Status, Name: "Forged", Text: "API 200 OK", Heard: now})
	}
	if n := strings.Count(out.String(), "name=Forged"); n != statusesAtOnce {
		t.Errorf("%d lines", n)
	}
	out.Reset()
	l.add(feed.Packet{Kind: feed.Status, Name: "LoftPico", Text: "API 200 OK", Heard: now.Add(time.Second)})
	if text := out.String(); !strings.Contains(text, "left_out=49700") || !strings.Contains(text, "name=LoftPico") {
		t.Errorf("logged %q", text)
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
