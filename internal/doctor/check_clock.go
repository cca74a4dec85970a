package doctor

import (
	"fmt"
	"time"
)

// A year in which this program did not exist yet, and one in which it will
// long be forgotten: a clock beyond them is wrong.
const (
	firstYear = 2026
	lastYear  = 2060
)

// checkClock judges the time. synced is whether the kernel calls it set, err why
// it does not say; newest is
// when anything was written to the history last, zero if never.
func checkClock(now, newest time.Time, synced bool, err error) *Check {
	c := newCheck(idClock)
	const remedy = "sudo timedatectl set-ntp true"
	const stamp = "2006-01-02 15:04 MST"
	switch {
	case now.Year() < firstYear || now.Year() > lastYear:
		return c.set(Problem, fmt.Sprintf("the clock says %s, which cannot be: what is recorded gets wrong times", now.Format(stamp))).try(remedy)
	case newest.Sub(now) > time.Minute:
		return c.set(Problem, fmt.Sprintf("the clock says %s, and the history was written at %s: one of them is wrong", now.Format(stamp), newest.In(now.Location()).Format(stamp))).try(remedy)
	case err != nil:
		return c.set(Unknown, fmt.Sprintf("the clock says %s; whether it is set by the network could not be seen: %v", now.Format(stamp), err))
	case !synced:
		return c.set(Warning, fmt.Sprintf("the clock says %s, and is not set by the network (NTP): a Raspberry Pi forgets the time without power", now.Format(stamp))).try(remedy)
	}
	return c.set(OK, fmt.Sprintf("the clock says %s, and is set by the network", now.Format(stamp)))
}
