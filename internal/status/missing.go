package status

import (
	"fmt"

	"picotop/feed"
)

// Missing tells in words what keeps the program from hearing and remembering. It is
// empty exactly if the feed is ready and so is the store, or none is kept.
func (s Status) Missing() []string {
	var lines []string
	for _, p := range s.Feed.Ports {
		if p.State != feed.Listening {
			lines = append(lines, because(fmt.Sprintf("port %d is %s", p.Port, p.State), p.Why))
		}
	}
	if !joined(s.Feed.Interfaces) {
		lines = append(lines, fmt.Sprintf("no network interface has joined group %v", s.Feed.Group))
	}
	if !s.History.Off && s.History.Err != "" {
		lines = append(lines, because("the history is not open", s.History.Err))
	}
	return lines
}

func joined(interfaces []feed.InterfaceHealth) bool {
	for _, i := range interfaces {
		if i.Joined {
			return true
		}
	}
	return false
}

// because adds the reason to a fact, if there is one.
func because(fact, why string) string {
	if why == "" {
		return fact
	}
	return fact + ": " + why
}
