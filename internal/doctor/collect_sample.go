package doctor

import "picotop/feed"

// What is shown of a packet that cannot be read, in bytes.
const (
	beginningBytes = 60
	beforeFault    = 30
	afterFault     = 20
)

// A sample is what a person needs to see of a packet that cannot be read. Its
// text is clean.
type sample struct {
	beginning string
	place     feed.Place // where reading stopped; zero if the fault is not at any one byte
	around    string     // what is before and after it, if that is not within the beginning
}

func newSample(payload []byte) sample {
	s := sample{beginning: excerpt(payload, 0, beginningBytes), place: feed.Locate(payload)}
	if s.place.Found != "" && s.place.Offset+len(s.place.Found) > beginningBytes {
		s.around = excerpt(payload, s.place.Offset-beforeFault, s.place.Offset+afterFault)
	}
	return s
}

// excerpt returns the bytes from one to another, as far as they are there.
func excerpt(payload []byte, from, to int) string {
	from, to = max(from, 0), min(to, len(payload))
	return feed.Clean(string(payload[from:to]), to-from)
}
