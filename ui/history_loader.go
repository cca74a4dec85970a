package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/history"
)

// A rangeRequest asks the Source for one sensor's history.
type rangeRequest struct {
	sensor     string
	generation uint64 // tells it from earlier requests for the same sensor
	from, to   time.Time
	step       time.Duration
}

// A rangeResult carries its request, so that one that comes too late is
// recognised.
type rangeResult struct {
	request rangeRequest
	buckets []history.Bucket
	err     error
}

// maxConcurrentLoads keeps a screen full of rows from querying the store all at
// once, while the store has readings to write.
const maxConcurrentLoads = 2

// A loader queues range requests and limits how many run at once.
type loader struct {
	load           func(rangeRequest) tea.Msg
	queue          []rangeRequest
	running        int
	lastGeneration uint64 // of the newest request
}

// start returns a command that runs as many queued requests as may run now.
func (l *loader) start() tea.Cmd {
	var cmds []tea.Cmd
	for l.running < maxConcurrentLoads && len(l.queue) > 0 {
		req := l.queue[0]
		l.queue = l.queue[1:]
		l.running++
		cmds = append(cmds, func() tea.Msg { return l.load(req) })
	}
	return tea.Batch(cmds...)
}
