package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// schema is the version of a Report's JSON. Fields may be added to it; one
// that changes its meaning makes a new version.
const schema = 1

// A Report is the result of a run: every check, and what they add up to.
type Report struct {
	Schema  int       `json:"schema"`
	At      time.Time `json:"at"`
	Seconds float64   `json:"listened_seconds"` // 0 if nothing could be listened to
	Verdict Verdict   `json:"verdict"`          // the worst of all
	Cause   string    `json:"cause"`            // the most likely one, in one line
	First   string    `json:"first"`            // what to do first
	Checks  []Check   `json:"checks"`
}

// WriteJSON writes the report for other programs, as one indented object.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// causeOrder is the order in which a problem explains the others: a machine
// without a network hears nothing, whatever else is amiss.
var causeOrder = [...]string{
	idInterfaces, idMembership, idPorts, idReversePath, idFirewall, idUnreadable, idQuerier, idHeard,
	idData, idClock, idBuffers, idDrops, idRoutes,
}

// conclude finds the worst verdict and the most likely cause.
func (r *Report) conclude() {
	for _, worst := range []Verdict{Problem, Warning} {
		if c := r.first(worst, causeOrder[:]...); c != nil {
			r.Verdict, r.Cause, r.First = worst, c.Text, c.Remedy
			return
		}
	}
	r.Verdict, r.Cause = OK, "nothing is wrong"
	if c := r.find(idHeard); c != nil && c.Verdict == OK {
		r.Cause += ": " + c.Text
	}
}

// first returns the first of these checks that has a verdict, nil if none has.
func (r *Report) first(v Verdict, ids ...string) *Check {
	for _, id := range ids {
		if c := r.find(id); c != nil && c.Verdict == v {
			return c
		}
	}
	return nil
}

// find returns a check that was made already, nil if it was not.
func (r *Report) find(id string) *Check {
	for i := range r.Checks {
		if r.Checks[i].ID == id {
			return &r.Checks[i]
		}
	}
	return nil
}
