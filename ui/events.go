package ui

import (
	"cmp"
	"fmt"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// eventList draws the events, newest first, in exactly the given rectangle. All
// lines begin their text in the same column.
func eventList(s *viewState, width, height int) []string {
	shown := foldEvents(s.house.Events, height)
	times := 0
	for _, e := range shown {
		times = max(times, textWidth(s.timestamp(e.At)))
	}
	lines := make([]string, 0, max(height, 0))
	for _, e := range shown {
		l := newLine(width).add("", leftMargin(width)).addLeft(s.theme.faint, s.timestamp(e.At), times)
		if width >= minFullWidth {
			l.add("", " ")
		}
		text := eventText(e.Event, s.locale, width < minFullWidth)
		if e.count > 1 {
			text = e.folded(width < minFullWidth)
		}
		lines = append(lines, l.add("", " "+cutNames(text, width-l.used-1, eventNames(e.Event)...)).String())
	}
	return fitHeight(lines, width, height)
}

// foldWithin is how far apart events of one kind may be to be told in one line.
const foldWithin = time.Minute

// A foldedEvent is one event, or several of one kind at about one time.
type foldedEvent struct {
	house.Event     // the newest of them
	count       int // how many there are
}

// foldedTexts are what several sensors did at one time.
var foldedTexts = map[house.Kind]string{
	house.NewSensor: "heard for the first time", house.Silent: "went silent", house.HeardAgain: "are heard again",
	house.NameClash: "have the name of another", house.NameClashOver: "have their names for themselves again",
	house.Near: "are near their limits and falling", house.Freezing: "fell to their limits", house.Thawed: "are above their limits again",
}

// shortFoldedTexts are those that are too long for a narrow screen.
var shortFoldedTexts = map[house.Kind]string{
	house.NewSensor: "are new", house.NameClash: "share names", house.NameClashOver: "have own names",
	house.Near: "are near their limits", house.Thawed: "are above limits",
}

// folded says what several did.
func (e foldedEvent) folded(short bool) string {
	things := "sensors"
	if e.Pico {
		things = "picos"
	}
	text := foldedTexts[e.Kind]
	if s := shortFoldedTexts[e.Kind]; short && s != "" {
		text = s
	}
	return fmt.Sprintf("%d %s %s", e.count, things, text)
}

// foldEvents are the newest lines of news, at most so many.
func foldEvents(events []house.Event, most int) []foldedEvent {
	var all []foldedEvent
	for _, e := range events {
		if !isNews(e) {
			continue
		}
		if n := len(all); n > 0 {
			last := &all[n-1]
			if last.Kind == e.Kind && last.Pico == e.Pico && foldedTexts[e.Kind] != "" && last.At.Sub(e.At) < foldWithin {
				last.count++
				continue
			}
			if n >= most {
				break
			}
		}
		if most > 0 {
			all = append(all, foldedEvent{e, 1})
		}
	}
	return all
}

// isNews reports whether an event says something that the one before it did not.
func isNews(e house.Event) bool {
	return e.Kind != house.SetAsideOver && e.Kind != house.NearOver
}

// eventText puts an event into words.
func eventText(e house.Event, f locale, short bool) string {
	text, shorter := eventWords(e, f)
	if short && shorter != "" {
		return shorter
	}
	if e.For > 0 && !short {
		text += ", after " + format.Duration(e.For)
	}
	return text
}

// eventNames are the names in the words for an event, in their order.
func eventNames(e house.Event) []string {
	if e.Kind == house.Renamed {
		return []string{e.Text, e.Label}
	}
	return []string{e.Label}
}

// eventWords are the words for an event, and fewer of them for a narrow screen, which
// are empty if there are none.
func eventWords(e house.Event, f locale) (text, shorter string) {
	sensors := ""
	if e.Pico && e.Sensors > 0 {
		sensors = ", " + format.Count(e.Sensors, "sensor")
	}
	switch e.Kind {
	case house.Freezing:
		return e.Label + " fell below " + f.degrees(e.Celsius), e.Label + " below " + f.degrees(e.Celsius)
	case house.Thawed:
		return e.Label + " is above " + f.degrees(e.Celsius) + " again", ""
	case house.Silent:
		return e.Label + " went silent" + sensors, ""
	case house.HeardAgain:
		return e.Label + " is heard again" + sensors, ""
	case house.SetAside:
		why := cmp.Or(e.Text, house.PowerOn.Text()) // an older picotop knows no other
		return e.Label + ": ignored one reading of " + f.degrees(e.Celsius) + " (" + why + ")",
			e.Label + ": ignored " + f.degrees(e.Celsius)
	case house.Clash:
		return e.Label + ": ROM code " + e.Text, e.Label + ": one ROM code, two Picos"
	case house.ClashOver:
		return e.Label + ": only one is left of ROM code " + e.Text, e.Label + ": only one Pico left"
	case house.Renamed:
		return e.Text + " is now called " + e.Label, ""
	case house.UploadFails:
		return e.Label + ": feed calls fail, " + e.Text, e.Label + ": feed calls fail"
	}
	if text, ok := houseEvents[e.Kind]; ok {
		if e.Text != "" {
			return text + ": " + e.Text, text
		}
		return text, ""
	}
	if text, ok := plainEvents[e.Kind]; ok {
		return e.Label + text, short(e)
	}
	return fmt.Sprintf("%s: %s", e.Label, e.Kind), ""
}

// short is an event in few words; empty if it has no shorter ones.
func short(e house.Event) string {
	if text, ok := shortEvents[e.Kind]; ok {
		return e.Label + text
	}
	return ""
}

// houseEvents are those of the house as a whole.
var houseEvents = map[house.Kind]string{
	house.NoPackets:    "nothing heard from any Pico",
	house.PacketsAgain: "Picos are heard again",
	house.CannotStore:  "readings cannot be stored",
	house.StoresAgain:  "readings are stored again",
	house.ClockNotSet:  "the clock is not set",
	house.ClockSet:     "the clock is set",
}

// shortEvents follow the label on a narrow screen, where plainEvents are long.
var shortEvents = map[house.Kind]string{
	house.Near: ": near its limit", house.NearOver: ": no longer near", house.NewSensor: ": new",
	house.Broken: ": impossible values", house.BrokenOver: ": possible values", house.TooFastOver: ": no longer too fast",
	house.NameClash: ": two have this name", house.NameClashOver: ": one has this name", house.Replaced: ": replaced", house.ReplacedOver: ": not replaced",
	house.TooWarmOver: ": no longer too warm", house.SetAsideOver: ": believed again",
}

// plainEvents follow the label, and need no value.
var plainEvents = map[house.Kind]string{
	house.Near:          " is near its limit and falling",
	house.NearOver:      " is no longer falling to its limit",
	house.NewSensor:     " heard for the first time",
	house.UploadWorks:   ": feed calls work again",
	house.Broken:        " sends nothing but impossible values",
	house.BrokenOver:    " sends possible values again",
	house.TooWarm:       " is too warm",
	house.TooWarmOver:   " is no longer too warm",
	house.TooFast:       " changes too fast",
	house.TooFastOver:   " no longer changes too fast",
	house.NameClash:     " has the name of another sensor",
	house.NameClashOver: " has its name for itself again",
	house.Replaced:      " is silent, and a new sensor has its name",
	house.ReplacedOver:  " is no longer replaced",
	house.SetAsideOver:  " is believed again",
}
