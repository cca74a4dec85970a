package ui

import (
	"fmt"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// pastText says what was wrong, from when to when, and for how long.
func pastText(c house.PastCondition, s *viewState) string {
	words, known := pastWords[c.Kind]
	if !known {
		words.long = unknownPast(c)
	}
	long := "less than 1 min"
	if lasted := lastedFor(c, s.now); lasted >= time.Minute {
		long = format.Duration(lasted)
	}
	from, to := c.From.In(s.locale.zone), c.To.In(s.locale.zone)
	until := to.Format("15:04")
	switch {
	case c.Lasts:
		until, long = "now", long+" so far"
	case from.Year() != to.Year():
		until = to.Format("2 Jan 2006 15:04")
	case from.YearDay() != to.YearDay():
		until = to.Format("2 Jan 15:04")
	}
	return fmt.Sprintf("%s%s from %s to %s, %s", c.Label, words.long, from.Format("15:04"), until, long)
}

// pastShort says on a narrow screen what was wrong and for how long, after the label.
func pastShort(c house.PastCondition, s *viewState) string {
	words, known := pastWords[c.Kind]
	if !known {
		words.short = unknownPast(c)
	}
	text := words.short + ", " + format.Age(lastedFor(c, s.now))
	if c.Lasts {
		text += " so far"
	}
	return text
}

// unknownPast tells of what has no words, such as a kind of a newer picotop, by its name.
func unknownPast(c house.PastCondition) string {
	if c.Label == "" {
		return string(c.Kind)
	}
	return ": " + string(c.Kind)
}

// lastedFor is how long it lasted, or has lasted so far.
func lastedFor(c house.PastCondition, now time.Time) time.Duration {
	if c.Lasts && now.After(c.To) {
		c.To = now
	}
	return max(c.To.Sub(c.From), 0)
}

// pastWords follow the label of what was wrong, which the house has not; the short ones on
// a narrow screen.
var pastWords = map[house.Kind]struct{ long, short string }{
	house.Freezing:    {" was below its limit", " below limit"},
	house.Silent:      {" was silent", " silent"},
	house.Broken:      {" sent impossible values", " impossible"},
	house.NoPackets:   {"nothing heard from any Pico", "nothing heard"},
	house.CannotStore: {"readings could not be stored", "not stored"},
	house.ClockNotSet: {"the clock was not set", "clock not set"},
	house.TooWarm:     {" was too warm", " too warm"},
	house.TooFast:     {" changed too fast", " too fast"},
	house.Near:        {" was near its limit", " near limit"},
	house.Upload:      {": feed calls failed", ": feed calls fail"},
	house.Clash:       {": one ROM code, two Picos", ": code at two"},
	house.NameClash:   {": two had this name", ": name of two"},
	house.Replaced:    {" was silent and replaced", " replaced"},
	house.SetAside:    {": a reading was doubted", " doubted"},
}
