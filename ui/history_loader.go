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

// loadHistory requests the history of the rows on the screen that lack it.
func (m *model) loadHistory() tea.Cmd {
	for _, i := range m.table.visibleItems() {
		if i.row == nil || !i.row.sparklineData.needsLoad(m.viewState.now) {
			continue
		}
		m.loader.lastGeneration++
		from := i.row.sparklineData.startLoad(m.viewState.now, m.loader.lastGeneration)
		m.loader.queue = append(m.loader.queue, rangeRequest{
			sensor: i.row.sensor.ID, generation: m.loader.lastGeneration,
			from: from, to: m.viewState.now, step: i.row.sparklineData.step,
		})
	}
	return m.loader.start()
}

// applyRangeResult adds a sensor's history to its row, unless a newer request has
// replaced this one.
func (m *model) applyRangeResult(result rangeResult) {
	m.loader.running--
	r := m.table.rows[result.request.sensor]
	if r == nil || r.sparklineData.generation != result.request.generation || result.err != nil {
		return // a row whose load failed asks again after a while
	}
	r.sparklineData.addHistory(result.buckets)
}
