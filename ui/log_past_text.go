package ui

import (
	"fmt"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// pastText says what was wrong, from when to when, and for how long; on a narrow screen
// without the times.
func pastText(c house.PastCondition, s *viewState, short bool) string {
	lasted := c.To.Sub(c.From)
	if c.Lasts {
		lasted = max(s.now.Sub(c.From), lasted)
	}
	words, known := pastWords[c.Kind]
	if !known {
		words.long, words.short = ": "+string(c.Kind), ": "+string(c.Kind)
	}
	long := "less than 1 min"
	switch {
	case short:
		words.long, long = words.short, format.Age(lasted)
	case lasted >= time.Minute:
		long = format.Duration(lasted)
	}
	if c.Lasts {
		long += " so far"
	}
	if short {
		return c.Label + words.long + ", " + long
	}
	from, to := c.From.In(s.locale.zone), c.To.In(s.locale.zone)
	until := to.Format("15:04")
	switch {
	case c.Lasts:
		until = "now"
	case from.Year() != to.Year():
		until = to.Format("2 Jan 2006 15:04")
	case from.YearDay() != to.YearDay():
		until = to.Format("2 Jan 15:04")
	}
	return fmt.Sprintf("%s%s from %s to %s, %s", c.Label, words.long, from.Format("15:04"), until, long)
}

// pastWords follow the label of what was wrong, which the house has not; the short ones on
// a narrow screen.
var pastWords = map[house.Kind]struct{ long, short string }{
	house.Freezing:    {" was below its limit", " below its limit"},
	house.Silent:      {" was silent", " silent"},
	house.Broken:      {" sent impossible values", " impossible"},
	house.NoPackets:   {"nothing was heard from any Pico", "nothing heard"},
	house.CannotStore: {"readings could not be stored", "not stored"},
	house.ClockNotSet: {"the clock was not set", "clock not set"},
	house.TooWarm:     {" was too warm", " too warm"},
	house.TooFast:     {" changed too fast", " too fast"},
	house.Near:        {" was near its limit", " near its limit"},
	house.Upload:      {": feed calls failed", ": feed calls fail"},
	house.Clash:       {": one ROM code, two Picos", ": code at two"},
	house.NameClash:   {": two had this name", ": name of two"},
	house.Replaced:    {" was silent and replaced", " replaced"},
	house.SetAside:    {": readings were ignored", " ignored"},
}
