package app

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// logLinesWaiting bounds the lines of log that wait to be written.
	logLinesWaiting = 1000
	// logFlushTimeout is how long the last ones may take at the end.
	logFlushTimeout = time.Second
)

// A logQueue writes the log in a goroutine of its own, so that nothing waits for
// whoever reads it. While nobody does, such as a terminal that hangs, lines are
// dropped, and how many is said as soon as it goes on.
type logQueue struct {
	w     io.Writer
	lines chan []byte
	done  chan struct{} // closed when all is written

	mu      sync.Mutex
	dropped int
	closed  bool
}

func newLogQueue(w io.Writer) *logQueue {
	q := &logQueue{w: w, lines: make(chan []byte, logLinesWaiting), done: make(chan struct{})}
	go q.run()
	return q
}

// Write takes a line. It never blocks, and never fails.
func (q *logQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return len(line), nil
	}
	select {
	case q.lines <- append([]byte(nil), line...):
	default:
		q.dropped++
	}
	return len(line), nil
}

func (q *logQueue) run() {
	defer close(q.done)
	for line := range q.lines {
		// Where it cannot be written there is nowhere to say so.
		_, _ = q.w.Write(line)
		if n := q.takeDropped(); n > 0 {
			_, _ = fmt.Fprintf(q.w, "picotop: %d lines of log are missing here: nobody read them\n", n)
		}
	}
}

func (q *logQueue) takeDropped() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := q.dropped
	q.dropped = 0
	return n
}

// close waits until what was logged is written, but not for long.
func (q *logQueue) close() {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.lines)
	}
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-time.After(logFlushTimeout):
	}
}
