package doctor

import "time"

// schema is the version of a Report's JSON. Fields may be added to it; one
// that changes its meaning makes a new version.
const schema = 1

// A Verdict is what came of one check. Its text is part of the program's
// interface.
type Verdict string

// The verdicts. Unknown means that it could not be checked, and the text says
// why; it is neither good nor bad.
const (
	OK      Verdict = "ok"
	Warning Verdict = "warning"
	Problem Verdict = "problem"
	Unknown Verdict = "unknown"
)

// The checks, in the order in which they are told. The texts are part of the
// program's interface.
const (
	idInterfaces  = "interfaces"
	idMembership  = "membership"
	idRoutes      = "routes"
	idPorts       = "ports"
	idFirewall    = "firewall"
	idQuerier     = "querier"
	idReversePath = "reverse_path"
	idBuffers     = "buffers"
	idDrops       = "drops"
	idHeard       = "heard"
	idUnreadable  = "unreadable"
	idClock       = "clock"
	idData        = "data"
)

// A Check is one thing that was looked at.
type Check struct {
	ID      string   `json:"id"`
	Verdict Verdict  `json:"verdict"`
	Text    string   `json:"text"`    // one sentence, for a person
	Remedy  string   `json:"remedy"`  // a command to type; empty if there is none
	Details []string `json:"details"` // more sentences; never nil
}

// A Report is everything that was found.
type Report struct {
	Schema  int       `json:"schema"`
	At      time.Time `json:"at"`
	Seconds float64   `json:"listened_seconds"`
	Verdict Verdict   `json:"verdict"` // the worst of all
	Cause   string    `json:"cause"`   // the most likely one, in one line
	First   string    `json:"first"`   // what to do first: a command, or empty
	Checks  []Check   `json:"checks"`
}

// blame is the order in which a problem explains the others: a machine without
// a network hears nothing, whatever else is amiss.
var blame = [...]string{
	idInterfaces, idMembership, idPorts, idReversePath, idFirewall, idUnreadable, idQuerier, idHeard,
	idData, idClock, idBuffers, idDrops, idRoutes,
}

// conclude finds the worst verdict and the most likely cause.
func (r *Report) conclude() {
	for _, worst := range []Verdict{Problem, Warning} {
		for _, id := range blame {
			for _, c := range r.Checks {
				if c.ID == id && c.Verdict == worst {
					r.Verdict, r.Cause, r.First = worst, c.Text, c.Remedy
					return
				}
			}
		}
	}
	r.Verdict, r.Cause = OK, "nothing is wrong"
	for _, c := range r.Checks {
		if c.ID == idHeard && c.Verdict == OK {
			r.Cause += ": " + c.Text
		}
	}
}

// finding begins a check that goes well unless it is told otherwise.
func finding(id string) *Check { return &Check{ID: id, Verdict: OK, Details: []string{}} }

// be sets the verdict and the sentence.
func (c *Check) be(v Verdict, text string) *Check {
	c.Verdict, c.Text = v, text
	return c
}

// try sets what to type.
func (c *Check) try(remedy string) *Check {
	c.Remedy = remedy
	return c
}

// note adds a sentence.
func (c *Check) note(text string) { c.Details = append(c.Details, text) }
