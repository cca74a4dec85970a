package homeassistant

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strings"
)

// maxSafe is how long a name in a topic may be.
const maxSafe = 64

// plain are the characters that names in topics are made of.
const plain = "abcdefghijklmnopqrstuvwxyz0123456789_-"

// safe makes a name of letters, digits, _ and - of any text, as Home Assistant wants them
// in topics and IDs. A text that is such a name already, in lower case, stays; any other
// gets a number that is its own behind it.
func safe(text string) string {
	name := inPlain(text)
	if name == text && name != "" && len(name) <= maxSafe {
		return name
	}
	return fmt.Sprintf("%s_%08x", strings.Trim(name[:min(len(name), maxSafe)], "_"), hash(text))
}

// inPlain puts _ for what is not plain.
func inPlain(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(plain, r) {
			return r
		}
		return '_'
	}, strings.ToLower(text))
}

func hash(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum32()
}

// topics are where things stand at the broker.
type topics struct {
	discovery string // below which Home Assistant looks
	base      string // below which picotop's own are
	node      string // tells this picotop from others, below discovery
}

func newTopics(b Broker, host string) topics {
	// People type this one, so it has no number behind it.
	name := inPlain(host)
	t := topics{
		discovery: cmp.Or(b.Discovery, DefaultDiscovery),
		base:      cmp.Or(b.Topic, "picotop/"+cmp.Or(name, "host")),
	}
	t.node = safe(strings.ReplaceAll(t.base, "/", "_"))
	return t
}

func (t topics) availability() string { return t.base + "/availability" }

// birth is where Home Assistant says that it has come up.
func (t topics) birth() string { return t.discovery + "/status" }

// config is where an entity is described.
func (t topics) config(component, object string) string {
	return t.discovery + "/" + component + "/" + t.node + "/" + object + "/config"
}

// filters match all that is retained of this picotop, but for its availability.
func (t topics) filters() []string {
	return []string{t.discovery + "/+/" + t.node + "/+/config", t.base + "/+/+/" + conditionsTopic}
}

const (
	readingTopic    = "reading"
	conditionsTopic = "conditions"
)
