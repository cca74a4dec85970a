package app

import (
	"context"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

// apply tells the house of each packet and of the time, and history of each
// reading and of what is wrong.
func (i *instance) apply(ctx context.Context, packets <-chan feed.Packet) {
	packetLog := newPacketLog(i.logger)
	var noRoom noRoomLog
	var found troubles
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			i.storeReadings(i.house.Advance(i.now()))
			found.tell(i.house, i.listener.Health(), i.storeStats(), i.now())
			st := i.house.State(i.now())
			i.storeAlerts(st)
			i.notifier.Update(st)
			if i.tellsHomeAssistant() {
				i.assistant.Update(st)
			}
			noRoom.look(i.logger, st)
			i.applied.Store(int64(time.Since(i.started)))
		case packet := <-packets:
			packetLog.add(packet)
			i.recent.add(packet)
			i.storeReadings(i.house.Apply(packet))
		}
	}
}

// storeStats are those of the history, nil without one.
func (i *instance) storeStats() *history.Stats {
	if i.store == nil {
		return nil
	}
	st := i.store.Stats()
	return &st
}

// storeReadings tells history what the house believes.
func (i *instance) storeReadings(readings []house.Reading) {
	if i.store == nil {
		return
	}
	for _, r := range readings {
		i.store.Append(history.Sample(r))
	}
}
