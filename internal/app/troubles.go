package app

import (
	"fmt"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

// troubleAfter is how long the program may be hindered before that is a warning: a
// cable is plugged in again, a disk is busy.
const troubleAfter = time.Minute

// troubles finds out what keeps the program from watching the house. The zero value has
// found nothing.
type troubles struct {
	deaf time.Time // since when not all can be heard; zero if it can
}

// tell tells the house. store is nil if nothing is to be kept.
func (t *troubles) tell(h *house.House, heard feed.Health, store *history.Stats, now time.Time) {
	deaf := whyDeaf(heard)
	switch {
	case deaf == "":
		t.deaf = time.Time{}
	case t.deaf.IsZero():
		t.deaf = now
	}
	if now.Sub(t.deaf) < troubleAfter {
		deaf = ""
	}
	h.SetTrouble(house.NoPackets, deaf, now)
	if store == nil {
		return
	}
	err := store.Err
	if now.Sub(store.Since) < troubleAfter {
		err = ""
	}
	h.SetTrouble(house.CannotStore, err, now)
	h.SetTrouble(house.ClockNotSet, store.Clock, now)
}

// whyDeaf says why nothing can be heard; empty if something can.
func whyDeaf(h feed.Health) string {
	why := ""
	for _, p := range h.Ports {
		if p.State == feed.Listening {
			why = ""
			break
		}
		why = fmt.Sprintf("port %d is %s", p.Port, p.State)
	}
	if why != "" {
		return why
	}
	for _, i := range h.Interfaces {
		if i.Joined {
			return ""
		}
	}
	return fmt.Sprintf("no network interface has joined group %v", h.Group)
}
