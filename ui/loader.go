package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/history"
)

// A question asks for one sensor's past.
type question struct {
	sensor     string
	generation uint64
	from, to   time.Time
	step       time.Duration
}

// An answer carries its question, so that one that comes too late is known.
type answer struct {
	question question
	buckets  []history.Bucket
	err      error
}

// loadsAtOnce keeps a screen full of rows from asking the store everything at
// the same time, while the readings want to be written.
const loadsAtOnce = 2

// loads is the queue of questions to the store.
type loads struct {
	ask     func(question) tea.Msg
	waiting []question
	running int
	asked   uint64 // the generation of the newest question
}

// next starts as many questions as may run.
func (l *loads) next() tea.Cmd {
	var cmds []tea.Cmd
	for l.running < loadsAtOnce && len(l.waiting) > 0 {
		q := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.running++
		cmds = append(cmds, func() tea.Msg { return l.ask(q) })
	}
	return tea.Batch(cmds...)
}
