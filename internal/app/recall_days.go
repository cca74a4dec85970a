package app

import (
	"context"
	"time"

	"picotop/house"
)

// recallDays tells the house how cold it was on the days before, by the hourly figures
// of the history. That takes some milliseconds for each sensor, so the screen does not
// wait for it.
func (i *instance) recallDays(ctx context.Context) {
	today := i.now().UTC().Truncate(24 * time.Hour)
	from := today.Add(-house.HabitDays * 24 * time.Hour)
	for _, s := range i.State().Sensors {
		days, err := i.store.Range(ctx, s.ID, from, today, 24*time.Hour)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			i.logger.Warn("where cold is normal is not known", "err", err)
			return
		}
		var lows []house.DayLow
		for _, d := range days {
			if d.Count > 0 {
				lows = append(lows, house.DayLow{Day: d.Start, Celsius: d.Min})
			}
		}
		i.house.RecallDays(s.ID, lows)
	}
}
