package notify

import (
	"fmt"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// A Message is what a target is told at one time. Its JSON is what a command reads.
type Message struct {
	ID    string    `json:"id"` // the same for each attempt
	At    time.Time `json:"at"` // when it was written
	Title string    `json:"title"`
	Lines []Line    `json:"events"` // worst first
}

// A Line is one incident of a message.
type Line struct {
	State  State      `json:"state"`
	Kind   house.Kind `json:"kind,omitempty"`
	Label  string     `json:"label,omitempty"`
	Sensor string     `json:"sensor,omitempty"` // its ID
	Pico   string     `json:"pico,omitempty"`   // its address
	Since  time.Time  `json:"since,omitzero"`
	Text   string     `json:"text"`
}

// A State is how far an incident is. Its text is what other programs read.
type State string

// The states.
const (
	Begun   State = "begun"
	Stands  State = "stands" // it is told again
	Over    State = "over"
	Testing State = "test"
)

// Text is the whole message for people.
func (m Message) Text() string { return m.Title + "\n" + m.body() }

// body is the message without its title.
func (m Message) body() string {
	var lines []string
	for _, l := range m.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, "\n")
}

// title says what a message is about.
func title(lines []Line) string {
	n := map[State]int{}
	for _, l := range lines {
		n[l.State]++
	}
	var parts []string
	if begun := n[Begun]; begun > 0 {
		parts = append(parts, format.Count(begun, "warning"))
	}
	if stands := n[Stands]; stands > 0 {
		parts = append(parts, fmt.Sprintf("%d still stands", stands))
		if stands > 1 {
			parts[len(parts)-1] = fmt.Sprintf("%d still stand", stands)
		}
	}
	if over := n[Over]; over > 0 {
		parts = append(parts, fmt.Sprintf("%d over", over))
	}
	return "picotop: " + strings.Join(parts, ", ")
}
