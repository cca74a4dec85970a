package homeassistant

import "time"

const (
	// learning is after what time a temperature expires whose interval is not learnt.
	learning = 15 * time.Minute
	// misses is how many intervals may pass without a reading.
	misses = 6
)

// steps are the times after which a temperature may expire. They are few, since each
// change describes the entity anew.
var steps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
}

// expireAfter is how long after a reading its temperature expires, by the learnt
// interval. What it was before stays while that is not too short nor far too long, so
// that an interval between two steps does not change it all the time.
func expireAfter(before, interval time.Duration) time.Duration {
	least := misses * interval
	if interval == 0 {
		least = learning
	}
	step := steps[len(steps)-1]
	for _, s := range steps {
		if s >= least {
			step = s
			break
		}
	}
	if before >= step && before <= 4*step {
		return before
	}
	return step
}
