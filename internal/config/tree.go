package config

import (
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A kind is what a node is.
type kind int

const (
	table kind = iota
	list
	text
	integer
	float
	boolean
	moment // a date or a time of the day
)

// String says what it is, for a line of error.
func (k kind) String() string {
	return [...]string{
		table: "a section", list: "a list", text: "a text", integer: "a number", float: "a number",
		boolean: "true or false", moment: "a date or time",
	}[k]
}

// A node is a value in the file, with its line. The library's own decoder forgets
// where a value stood, and stops at the first that does not fit.
type node struct {
	kind  kind
	line  int
	text  string // all but table and list: text without its quotes, others as written
	names []string
	under map[string]*node // of a table, by name
	items []*node          // of a list
}

func newTable(line int) *node { return &node{kind: table, line: line, under: map[string]*node{}} }

// child returns what is there under a name, a new table if nothing is.
func (n *node) child(name string, line int) *node {
	if c := n.under[name]; c != nil {
		return c
	}
	return n.put(name, newTable(line))
}

func (n *node) put(name string, c *node) *node {
	if n.under[name] == nil {
		n.names = append(n.names, name)
	}
	n.under[name] = c
	return c
}

// parse reads a file that the library has found to be TOML.
func parse(b []byte) *node {
	t := treeBuilder{root: newTable(0)}
	for i, c := range b {
		if c == '\n' {
			t.ends = append(t.ends, uint32(i))
		}
	}
	t.p.Reset(b)
	at := t.root
	for t.p.NextExpression() {
		e := t.p.Expression()
		switch e.Kind {
		case unstable.Table:
			at = t.descend(t.root, e.Key(), false)
		case unstable.ArrayTable:
			at = t.descend(t.root, e.Key(), true)
		case unstable.KeyValue:
			t.keyValue(at, e)
		}
	}
	return t.root
}

type treeBuilder struct {
	p    unstable.Parser
	root *node
	ends []uint32 // of the lines
}

// line is the line that a node is in. The library's own Shape counts from the
// beginning each time.
func (t *treeBuilder) line(n *unstable.Node) int {
	before, _ := slices.BinarySearch(t.ends, n.Raw.Offset)
	return before + 1
}

// descend finds the table of that name, of an array the last one, or with more a new
// one at its end.
func (t *treeBuilder) descend(n *node, key unstable.Iterator, more bool) *node {
	for key.Next() {
		k := key.Node()
		name, line := string(k.Data), t.line(k)
		if more && key.IsLast() {
			c := n.under[name]
			if c == nil || c.kind != list {
				c = n.put(name, &node{kind: list, line: line})
			}
			c.items = append(c.items, newTable(line))
			return c.items[len(c.items)-1]
		}
		n = n.child(name, line)
		if n.kind == list && len(n.items) > 0 {
			n = n.items[len(n.items)-1]
		}
		if n.kind != table {
			return newTable(line) // the library does not let this through
		}
	}
	return n
}

func (t *treeBuilder) keyValue(n *node, e *unstable.Node) {
	key := e.Key()
	for key.Next() {
		k := key.Node()
		if key.IsLast() {
			v := t.value(e.Value(), t.line(k))
			n.put(string(k.Data), v)
			return
		}
		if n = n.child(string(k.Data), t.line(k)); n.kind != table {
			return
		}
	}
}

func (t *treeBuilder) value(e *unstable.Node, line int) *node {
	if e.Raw.Length > 0 {
		line = t.line(e)
	}
	n := &node{line: line, text: string(e.Data)}
	switch e.Kind {
	case unstable.InlineTable:
		n = newTable(line)
		for it := e.Children(); it.Next(); {
			t.keyValue(n, it.Node())
		}
	case unstable.Array:
		n.kind = list
		for it := e.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				n.items = append(n.items, t.value(it.Node(), line))
			}
		}
	case unstable.String:
		n.kind = text
	case unstable.Integer:
		n.kind = integer
	case unstable.Float:
		n.kind = float
	case unstable.Bool:
		n.kind = boolean
	default:
		n.kind = moment
	}
	return n
}
