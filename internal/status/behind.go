package status

import (
	"time"

	"picotop/internal/format"
)

// behindFor is how far a database may be behind before that is worth a line.
const behindFor = 5 * time.Minute

// Behind tells in words which databases are yet to get what is stored, a line each.
func (s Status) Behind() []string {
	var lines []string
	for _, r := range s.RemoteWrite {
		if r.Behind >= behindFor {
			lines = append(lines, because(r.Target+" is "+format.Duration(r.Behind)+" behind", r.Err))
		}
	}
	return lines
}
