package homeassistant

import "encoding/json"

// A message is what the broker should have at a topic.
type message struct {
	topic   string
	payload []byte
	retain  bool // the broker keeps it for who subscribes later
	// essence is the part of payload that is told at once when it changes; other changes
	// wait. Empty means all of it.
	essence string
	// described is the topic that has to be known for a moment first, since Home
	// Assistant hears nothing of an entity before; empty if none has.
	described string
}

// toJSON is never asked for what cannot be written.
func toJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
