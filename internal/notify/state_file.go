package notify

import (
	"encoding/json"
	"time"

	"picotop/feed"
	"picotop/house"
)

// The file holds what was told, what waits to be sent, and what freezes. What else was not
// told yet is not in it: if it stands the house finds it again.

const (
	fileVersion = 1
	maxFileText = 2000 // runes of one text
)

type stateJSON struct {
	Version   int                  `json:"version"`
	Incidents []incidentJSON       `json:"incidents"`
	Targets   map[string]queueJSON `json:"targets"`
}

type incidentJSON struct {
	Kind   house.Kind           `json:"kind"`
	Sensor string               `json:"sensor,omitempty"`
	Pico   string               `json:"pico,omitempty"`
	Label  string               `json:"label,omitempty"`
	Text   string               `json:"text"`
	Seen   time.Time            `json:"seen"`
	Began  time.Time            `json:"began"`
	Last   time.Time            `json:"last"`
	Over   time.Time            `json:"over,omitzero"`
	Told   map[string]time.Time `json:"told"`
}

type queueJSON struct {
	Out  *Message    `json:"message,omitempty"`
	Sent []time.Time `json:"sent_last_hour,omitempty"`
}

// stateLocked is what is to be saved, and its number.
func (n *Notifier) stateLocked() (text []byte, number uint64) {
	n.changes++
	file := stateJSON{Version: fileVersion, Incidents: []incidentJSON{}, Targets: map[string]queueJSON{}}
	for _, i := range n.sortedLocked() {
		if len(i.told) > 0 || i.kind == house.Freezing && !i.quiet {
			file.Incidents = append(file.Incidents, incidentJSON{
				Kind: i.kind, Sensor: i.sensor, Pico: i.pico, Label: i.label, Text: i.text,
				Seen: i.seen, Began: i.began, Last: i.last, Over: i.over, Told: i.told,
			})
		}
	}
	for name, q := range n.queues {
		file.Targets[name] = queueJSON{Out: q.out, Sent: q.at}
	}
	text, err := json.Marshal(file)
	if err != nil { // not to be expected: it is text and times
		n.opts.Logger.Error("what was told is not saved", "err", err)
		return nil, n.changes
	}
	return text, n.changes
}

// save writes a state down, unless a newer one is on disk already. If that cannot be, it
// is logged once. A disk that hangs keeps back messages, and nobody else.
func (n *Notifier) save(text []byte, number uint64) {
	n.saving.Lock()
	defer n.saving.Unlock()
	if n.opts.Save == nil || text == nil || number <= n.saved {
		return
	}
	n.saved = number
	switch err := n.opts.Save(text); {
	case err == nil:
		n.trouble = ""
	case err.Error() != n.trouble:
		n.trouble = err.Error()
		n.opts.Logger.Warn("what was told is not saved, and would be told again after a restart", "err", err)
	}
}

// load goes on where the last run stopped. A file that cannot be read is as good as none.
func (n *Notifier) load() {
	if n.opts.Load == nil {
		return
	}
	text, err := n.opts.Load()
	if err != nil || text == nil {
		if err != nil {
			n.opts.Logger.Warn("what was told before is not known", "err", err)
		}
		return
	}
	var file stateJSON
	if err := json.Unmarshal(text, &file); err != nil || file.Version > fileVersion {
		n.opts.Logger.Warn("what was told before is not known: its file is damaged, or of a newer picotop")
		return
	}
	clean := func(s string) string { return feed.Clean(s, maxFileText) }
	for _, i := range file.Incidents {
		if len(n.incidents) >= maxIncidents {
			break
		}
		if i.Told == nil {
			i.Told = map[string]time.Time{}
		}
		k := key{kind: house.Kind(clean(string(i.Kind))), sensor: clean(i.Sensor), pico: clean(i.Pico)}
		n.incidents[k] = &incident{
			key: k, label: clean(i.Label), text: clean(i.Text), seen: i.Seen, began: i.Began, last: i.Last, over: i.Over, told: i.Told,
		}
	}
	for name, q := range file.Targets {
		if q.Out != nil {
			q.Out.Title = clean(q.Out.Title)
			for i := range q.Out.Lines {
				q.Out.Lines[i].Text = clean(q.Out.Lines[i].Text)
			}
		}
		n.queues[name] = &queue{out: q.Out, at: q.Sent}
	}
}
