package format

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration writes a length of time in the two units that matter: "4.2 s",
// "2 min 3 s", "3 h 20 min", "2 d 5 h".
func Duration(d time.Duration) string {
	switch s := int(d.Round(time.Second) / time.Second); {
	case d < 10*time.Second:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return strings.TrimSuffix(fmt.Sprintf("%d min %d s", s/60, s%60), " 0 s")
	case s < 24*3600:
		return strings.TrimSuffix(fmt.Sprintf("%d h %d min", s/3600, s/60%60), " 0 min")
	default:
		return strings.TrimSuffix(fmt.Sprintf("%d d %d h", s/86400, s/3600%24), " 0 h")
	}
}

// Clock writes a length of time as a clock does: "0:07", "1:02:03".
func Clock(d time.Duration) string {
	s := int(d / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Age writes how old something is in at most six cells, such as "4 s", "1h49" or
// "2d03".
func Age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0 s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02d", d/time.Hour, d%time.Hour/time.Minute)
	case d < 100*24*time.Hour:
		return fmt.Sprintf("%dd%02d", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}

// Interval writes how often something happens: "every 15 s", "every 5 min".
func Interval(d time.Duration) string {
	if d >= 2*time.Minute {
		return fmt.Sprintf("every %d min", int(d.Round(time.Minute)/time.Minute))
	}
	return fmt.Sprintf("every %d s", max(int(d.Round(time.Second)/time.Second), 1))
}

// Span writes how far back something reaches, in one unit: "41 days".
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*365*day:
		return Count(int(d/(365*day)), "year")
	case d >= 2*day:
		return Count(int(d/day), "day")
	case d >= 2*time.Hour:
		return Count(int(d/time.Hour), "hour")
	default:
		return Count(int(d/time.Minute), "minute")
	}
}

// Seconds writes a length of time in seconds, with a decimal if it is below ten.
func Seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// Ago is an age to its smallest unit that matters: it must not look newer than
// it is.
func Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return Duration(max(d, 0).Truncate(time.Second))
	case d < 24*time.Hour:
		return Duration(d.Truncate(time.Minute))
	}
	return Duration(d.Truncate(time.Hour))
}
