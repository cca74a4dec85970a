package config

import (
	"strings"

	"picotop/feed"
)

// An Option is a flag of the command line, as a key.
type Option struct {
	Key     string
	Doc     string
	Example string // a value, as it is written in the file
	Default string // for people; empty if there is none
	Bool    bool   // it is true or false
	Many    bool   // it may be a list
	// Check says what is wrong with values, as the flag would.
	Check func(values []string) error
}

// Known is what others know of the file.
type Known struct {
	Options []Option // the flags of the command line
	// URL says what is wrong with the URL of a target, without repeating it. nil means
	// that nobody knows.
	URL func(string) error
}

// field is the option as a key.
func (o Option) field() field {
	doc := o.Doc
	if o.Default != "" {
		doc += " (" + o.Default + ")"
	}
	return field{key: o.Key, doc: doc, example: o.Example, read: func(r *reader, v value) {
		values, ok := r.values(o, v)
		if !ok {
			return
		}
		if err := o.Check(values); err != nil {
			r.fail(v.line, v.like(), "%s = %s: %s", o.Key, v.written(), feed.Clean(err.Error(), 300))
			return
		}
		r.file.Settings = append(r.file.Settings, Setting{Key: o.Key, Values: values, Line: v.line})
	}}
}

// written is what was written, lists included.
func (v value) written() string {
	if v.kind != list {
		return v.shown()
	}
	var all []string
	for _, n := range v.items {
		all = append(all, n.shown())
	}
	return plain("[" + strings.Join(all, ", ") + "]")
}

// values are what the flag would be given.
func (r *reader) values(o Option, v value) (values []string, ok bool) {
	if o.Bool {
		var on bool
		truth(&on)(r, v)
		return []string{v.text}, v.kind == boolean
	}
	nodes := []*node{v.node}
	if v.kind == list {
		if !o.Many {
			r.wrong(v, "one value")
			return nil, false
		}
		nodes = v.items
	}
	for _, n := range nodes {
		switch n.kind {
		case text, integer:
			values = append(values, n.text)
		default:
			r.fail(n.line, v.like(), "%s cannot be %s", o.Key, n.shown())
			return nil, false
		}
	}
	if len(values) == 0 {
		r.fail(v.line, v.like()+"; or put a # before it", "%s is an empty list", o.Key)
	}
	return values, len(values) > 0
}
