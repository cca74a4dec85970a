package doctor

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

// The checks, in the order of the report. The texts are part of the
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

// A Check is the result of looking at one thing.
type Check struct {
	ID      string   `json:"id"`
	Verdict Verdict  `json:"verdict"`
	Text    string   `json:"text"`    // one sentence, for a person
	Remedy  string   `json:"remedy"`  // a command to type, or what to do; empty if all is well
	Details []string `json:"details"` // more sentences; never nil
}

// newCheck returns a check that is OK until set says otherwise.
func newCheck(id string) *Check { return &Check{ID: id, Verdict: OK, Details: []string{}} }

// set sets the verdict and the sentence.
func (c *Check) set(v Verdict, text string) *Check {
	c.Verdict, c.Text = v, text
	return c
}

// try sets the remedy: what to type.
func (c *Check) try(remedy string) *Check {
	c.Remedy = remedy
	return c
}

// note adds a sentence.
func (c *Check) note(text string) { c.Details = append(c.Details, text) }

// severity orders the verdicts, the worst last.
var severity = map[Verdict]int{OK: 0, Unknown: 1, Warning: 2, Problem: 3}
