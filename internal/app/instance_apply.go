package app

import (
	"context"
	"time"

	"picotop/feed"
	"picotop/history"
)

// apply tells the house of each packet and of the time, and history of each
// reading and of what is wrong.
func (i *instance) apply(ctx context.Context, packets <-chan feed.Packet) {
	packetLog := newPacketLog(i.logger)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			i.house.Advance(i.now())
			i.storeAlerts()
		case packet := <-packets:
			packetLog.add(packet)
			i.recent.add(packet)
			reading, ok := i.house.Apply(packet)
			if ok && i.store != nil {
				i.store.Append(history.Sample(reading))
			}
		}
	}
}
