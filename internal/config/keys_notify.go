package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// notifyFields are the keys for all messages.
func notifyFields(n *Notify) []field {
	return []field{
		{key: "repeat_after", doc: `A warning that nobody acknowledged is told again after this time; "off" is never.`, example: `"1h"`, read: span(&n.RepeatAfter, time.Minute, 30*24*time.Hour, true)},
		{key: "notify_per_hour", doc: "So many messages an hour are sent to one target at the most.", example: "20", read: count(&n.PerHour, 1, 1000)},
	}
}

const quietExample = `quiet_hours = { from = "22:00", to = "07:00" }`

// quietFields are the keys of the quiet hours.
func quietFields(q *QuietHours) []field {
	return []field{
		{key: "from", doc: "When they begin.", example: `"22:00"`, read: clock(&q.From)},
		{key: "to", doc: "When they end.", example: `"07:00"`, read: clock(&q.To)},
		{key: "freezing", doc: "What freezes is told all the same.", example: "true", read: truth(&q.Freezing)},
	}
}

func readQuiet(r *reader, v value) {
	if !r.isTable(v.node, "quiet_hours", quietExample) {
		return
	}
	q := QuietHours{Set: true, Freezing: true}
	before := len(r.errs)
	r.fields(v.node, "quiet_hours", "quiet_hours", quietFields(&q))
	switch {
	case len(r.errs) > before, r.torn:
	case v.under["from"] == nil || v.under["to"] == nil:
		r.fail(v.line, "write it like this: "+quietExample, "quiet hours need from and to")
	case q.From == q.To:
		r.fail(v.line, "write it like this: "+quietExample, "quiet hours from %s to %s are none", q.From, q.To)
	}
	r.file.Notify.Quiet = q
}

// maxTargets bounds how many are told.
const maxTargets = 50

const targetExample = `[[notify]], and below it: url = "ntfy://ntfy.sh/my-house"`

// targetFields are the keys of one target.
func targetFields(t *Target) []field {
	return append(secretFields(&t.URL, "Where messages go, in the form of shoutrrr: ntfy, smtp, telegram, pushover, gotify, ...", `"ntfy://ntfy.sh/my-house"`, `"ntfy-url"`, `"PICOTOP_NTFY"`),
		field{key: "command", doc: "Instead of a URL: a program that is run, without a shell, and reads the message as JSON.", example: `["/usr/local/bin/tell", "--house"]`, read: arguments(&t.Command), instead: true},
		field{key: "name", doc: "What the target is called in logs and metrics.", example: `"phone"`, read: words(&t.Name)},
		field{key: "on", doc: "What it wants to be told, worst first as in this list. Without it: what needs somebody to act.", example: allKinds(), read: kinds(&t.On)},
		field{key: "timeout", doc: "How long one attempt may take.", example: `"30s"`, read: span(&t.Timeout, time.Second, 10*time.Minute, false)},
	)
}

// secretFields are the three ways to give a URL that nobody else is to see.
func secretFields(s *Secret, doc, example, file, env string) []field {
	return []field{
		{key: "url", doc: doc, example: example, read: func(r *reader, v value) { url(r, v, s) }},
		{key: "url_file", doc: "Instead: a file that holds the URL. If it does not begin with / it is in $CREDENTIALS_DIRECTORY, where systemd's LoadCredential= puts it, or else beside this file.", example: file, instead: true, read: secretFile(s)},
		{key: "url_env", doc: "Instead: a variable of the environment that holds the URL.", example: env, instead: true, read: func(r *reader, v value) { variable(r, v, &s.env) }},
	}
}

// secretFile reads the name of the file that holds a secret.
func secretFile(s *Secret) func(*reader, value) {
	return func(r *reader, v value) {
		path(r, v, &s.file)
		s.dir = filepath.Dir(r.file.Path)
	}
}

// passwordFile and passwordVariable read where a password is.
func passwordFile(s *Secret) func(*reader, value) {
	return func(r *reader, v value) {
		s.isPassword = true
		secretFile(s)(r, v)
	}
}

func passwordVariable(s *Secret) func(*reader, value) {
	return func(r *reader, v value) {
		s.isPassword = true
		variable(r, v, &s.env)
	}
}

func path(r *reader, v value, to *string) {
	switch {
	case v.kind != text || strings.TrimSpace(v.text) == "" || plain(v.text) != v.text:
		r.wrong(v, "the name of a file")
	case strings.Contains(v.text, "://"):
		r.fail(v.line, "write it as url, or the name of a file that holds it: "+v.key+" = "+v.example, "%s is the name of a file, not a URL", v.key)
	default:
		*to = v.text
	}
}

func variable(r *reader, v value, to *string) {
	s := strings.TrimPrefix(v.text, "$")
	if v.kind != text || s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		// What was written may be the secret itself.
		r.fail(v.line, v.like(), "%s is the name of a variable: letters, digits and _", v.key)
		return
	}
	*to = s
}

func readTargets(r *reader, v value) {
	if v.kind == table {
		r.fail(v.line, "write "+targetExample, "there may be several targets, so each begins with [[notify]]")
		return
	}
	if v.kind != list {
		r.fail(v.line, "write "+targetExample, "notify is a section, not a value")
		return
	}
	if len(v.items) > maxTargets {
		r.fail(v.items[maxTargets].line, "leave some out", "there are more than %d targets", maxTargets)
		return
	}
	for i, n := range v.items {
		if n.kind != table {
			r.fail(n.line, "write "+targetExample, "a target is a section, not a value")
			continue
		}
		t := Target{Timeout: defaultTimeout, Line: n.line}
		before := len(r.errs)
		r.fields(n, fmt.Sprintf("notify.%d", i+1), "[[notify]]", targetFields(&t))
		if len(r.errs) > before {
			continue
		}
		r.oneWay(n, "a target", "url", "url_file", "url_env", "command")
		r.file.Notify.Targets = append(r.file.Notify.Targets, t)
	}
}

// oneWay makes sure that of several ways exactly one was taken.
func (r *reader) oneWay(n *node, what string, ways ...string) {
	var taken []string
	for _, w := range ways {
		if n.under[w] != nil {
			taken = append(taken, w)
		}
	}
	switch len(taken) {
	case 0:
		if r.torn {
			return // the line with it may be the one that could not be read
		}
		r.fail(n.line, "write one of: "+strings.Join(ways, ", "), "%s needs to be told where", what)
	case 1:
	default:
		r.fail(n.line, "keep one of them", "%s has one way, and here are %s", what, strings.Join(taken, " and "))
	}
}

// targetsTogether gives each target a name of its own.
func (r *reader) targetsTogether() {
	taken := map[string]int{}
	for _, t := range r.file.Notify.Targets {
		if first, twice := taken[t.Name]; twice && t.Name != "" {
			r.fail(t.Line, "give each another name", "two targets are called %s; the first is in line %d", quoted(t.Name), first)
		}
		taken[t.Name] = t.Line
	}
	for i := range r.file.Notify.Targets {
		t := &r.file.Notify.Targets[i]
		if t.Name != "" {
			continue
		}
		base := t.defaultName()
		t.Name = base
		for n := 2; taken[t.Name] != 0; n++ {
			t.Name = fmt.Sprintf("%s %d", base, n)
		}
		taken[t.Name] = t.Line
	}
}

// defaultName is what a target without a name is called. It holds no secret.
func (t *Target) defaultName() string {
	scheme, _, ok := strings.Cut(t.URL.value, "://")
	switch {
	case ok:
		return strings.ToLower(scheme)
	case t.URL.file != "":
		return plain(filepath.Base(t.URL.file))
	case t.URL.env != "":
		return plain(t.URL.env)
	case len(t.Command) > 0:
		return plain(filepath.Base(t.Command[0]))
	}
	return "target"
}

// heartbeatFields are the keys of the heartbeat.
func heartbeatFields(h *Heartbeat) []field {
	return append(secretFields(&h.URL, "Called while all is well heard, so that somebody elsewhere notices when picotop is gone.", `"https://hc-ping.com/your-uuid"`, `"heartbeat-url"`, `"PICOTOP_HEARTBEAT"`),
		field{key: "every", doc: "How often.", example: `"5m"`, read: span(&h.Every, 10*time.Second, 24*time.Hour, false)},
	)
}

func readHeartbeat(r *reader, v value) {
	h := Heartbeat{Every: defaultEvery, Line: v.line}
	v.field = &heartbeatFields(&h)[0]
	switch before := len(r.errs); {
	case v.kind == text: // heartbeat = "https://..."
		v.key = "heartbeat"
		url(r, v, &h.URL)
	case v.kind != table:
		r.fail(v.line, `write it like this: heartbeat = "https://hc-ping.com/your-uuid"`, "heartbeat is a URL, not %s", v.kind)
	default:
		r.fields(v.node, "heartbeat", "[heartbeat]", heartbeatFields(&h))
		if len(r.errs) == before {
			r.oneWay(v.node, "the heartbeat", "url", "url_file", "url_env")
		}
	}
	if s := h.URL.value; s != "" && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		r.fail(v.line, v.like(), "the heartbeat is called by http or https only")
	}
	r.file.Notify.Heartbeat = h
}
