package exporter

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestConnectionsAreBounded(t *testing.T) {
	noon := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		states []http.ConnState // of the connections that are there, in their order
		closed int              // which of them goes, from 0; the newest is the last
	}{
		"all are idle: the first":         {[]http.ConnState{http.StateIdle, http.StateIdle, http.StateIdle}, 0},
		"the first has a request":         {[]http.ConnState{http.StateActive, http.StateIdle, http.StateIdle}, 1},
		"one said nothing yet":            {[]http.ConnState{http.StateActive, http.StateActive, http.StateNew}, 2},
		"all have a request: the newest":  {[]http.ConnState{http.StateActive, http.StateActive, http.StateActive}, 3},
		"one is gone, so there is a room": {[]http.ConnState{http.StateClosed, http.StateActive, http.StateIdle}, -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			now := noon
			var log strings.Builder
			c := newConnections(3, func() time.Time { now = now.Add(time.Second); return now }, slog.New(slog.NewTextHandler(&log, nil)))
			var ends []net.Conn // the clients'
			open := func() net.Conn {
				server, client := net.Pipe()
				t.Cleanup(func() { _, _ = server.Close(), client.Close() })
				ends = append(ends, client)
				c.changed(server, http.StateNew)
				return server
			}
			for _, state := range tt.states {
				if conn := open(); state != http.StateNew {
					c.changed(conn, state)
				}
			}
			open()
			for i, end := range ends {
				// A pipe that is open has nothing to read yet.
				_ = end.SetReadDeadline(time.Unix(1, 0))
				_, err := end.Read(make([]byte, 1))
				if closed := err == io.EOF; closed != (i == tt.closed) {
					t.Errorf("connection %d: closed is %t", i, closed)
				}
			}
			if told := log.Len() > 0; told != (tt.closed >= 0) {
				t.Errorf("the log says %q", log.String())
			}
		})
	}
}
