package house

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"picotop/internal/romcode"
	"picotop/internal/sensorname"
)

const (
	// maxRows bounds how many sensors of one ROM code there can be, and how many
	// may wait to be one.
	maxRows = 4
	// maxClaimed bounds the readings of a claim: those of the shortest silence
	// at the shortest interval.
	maxClaimed = 64
	// clashLasts is how long one of two may be silent before they no longer
	// clash.
	clashLasts = 10 * time.Minute
)

// A code is a ROM code and the sensors that send it. It should be one; but
// configurations are copied, and there are chips whose code can be written. They
// are told apart by their Picos.
type code struct {
	text   string
	rows   []*sensor // never empty
	claims []*claim
	clash  time.Time // since when several are alive; zero if they are not
	told   *clashLabels
}

// A claim is what an address sent of a code whose sensor was heard a moment ago
// from elsewhere. If that goes on there are two sensors; if it has ended the
// sensor has moved. Until then the readings wait.
type claim struct {
	pico     netip.Addr
	since    time.Time // of the first reading
	readings []observation
}

// newID returns the name of one more sensor of a code: the code, and for others
// than the first a number behind it.
func (h *House) newID(code string) string {
	id := code
	for n := 2; h.sensors[id] != nil; n++ {
		id = code + "~" + strconv.Itoa(n)
	}
	return id
}

// splitID returns the ROM code in an ID, in its one spelling, and the ID with
// it so spelt.
func splitID(id string) (code, canonical string) {
	code, number := id, ""
	if i := strings.LastIndexByte(id, '~'); i > 0 {
		if n, err := strconv.Atoi(id[i+1:]); err == nil && n >= 2 {
			code, number = id[:i], id[i:]
		}
	}
	code = romcode.Canonical(code)
	return code, code + number
}

func (c *code) remove(s *sensor) {
	c.rows = slices.DeleteFunc(c.rows, func(r *sensor) bool { return r == s })
}

// at returns the sensor that the code has at a Pico, nil if none.
func (c *code) at(p netip.Addr) *sensor {
	for _, s := range c.rows {
		if s.pico.addr == p {
			return s
		}
	}
	return nil
}

// freeLocked returns the sensor of a code that may have moved to where a claim
// comes from: one that is not alive elsewhere and was not heard since, with the
// name that was sent if there is such a one. nil if there is none.
func (h *House) freeLocked(c *code, k *claim, now time.Time) *sensor {
	var best *sensor
	bestNamed := false
	name := sensorname.Label(k.readings[len(k.readings)-1].name)
	for _, s := range c.rows {
		named := s.sensorName == name
		if s.heard.After(k.since) || h.aliveLocked(s, now, named) {
			continue
		}
		if best == nil || named && !bestNamed || named == bestNamed && s.heard.After(best.heard) {
			best, bestNamed = s, named
		}
	}
	return best
}

// aliveLocked reports whether a sensor is taken to be alive where it was heard
// last. One that is only recalled is while another with its code and another
// name speaks elsewhere, until it has had time to speak itself.
func (h *House) aliveLocked(s *sensor, now time.Time, named bool) bool {
	if s.live {
		return now.Sub(s.heard) <= leastSilence(s.interval())
	}
	return !named && s.pico.addr.IsValid() && now.Sub(h.resumed) <= shortestSilence
}

// claimLocked notes a reading whose sensor is alive elsewhere.
func (h *House) claimLocked(c *code, o observation) {
	i := slices.IndexFunc(c.claims, func(k *claim) bool { return k.pico == o.pico })
	if i < 0 {
		if len(c.claims) >= maxRows {
			h.refusedSensors++
			h.refusedAt = o.at
			return
		}
		i = len(c.claims)
		c.claims = append(c.claims, &claim{pico: o.pico, since: o.at})
	}
	k := c.claims[i]
	k.readings = append(k.readings, o)
}

// settleLocked decides about the claims of a code, and whether its sensors
// clash.
func (h *House) settleLocked(c *code, now time.Time) {
	for i := 0; i < len(c.claims); i++ {
		k := c.claims[i]
		s := c.at(k.pico)
		if s == nil {
			s = h.freeLocked(c, k, now)
		}
		several := len(k.readings) >= maxClaimed ||
			!slices.ContainsFunc(c.rows, func(s *sensor) bool { return !s.heard.After(k.since) })
		if s == nil && !several {
			continue
		}
		c.claims = slices.Delete(c.claims, i, i+1)
		i--
		h.grantLocked(c, k, s)
		if h.codes[c.text] != c {
			return // its sensors gave their places to others meanwhile
		}
	}
	h.clashLocked(c, now)
}

// grantLocked gives what was claimed to a sensor, which moves, or if it is nil to
// a new one. If there is no room for that, which is counted, the readings are
// lost.
func (h *House) grantLocked(c *code, k *claim, s *sensor) {
	newest := k.readings[len(k.readings)-1].at
	switch {
	case s != nil:
		h.moveToLocked(s, k.pico, newest)
	case len(c.rows) < maxRows:
		s = h.newSensorLocked(k.readings[0])
	default:
		h.refusedSensors += uint64(len(k.readings))
		h.refusedAt = newest
	}
	if s == nil {
		return
	}
	heard, known := s.pico.heard, s.pico.trust
	for _, o := range k.readings {
		if o.at.After(s.heard) {
			h.readingLocked(s, o)
		}
	}
	if heard.After(s.pico.heard) { // it was heard when they came, and since
		s.pico.heard, s.pico.trust = heard, known
	}
}

// clashLabels are how a clash is told.
type clashLabels struct{ who, where string }

// clashLocked notes whether several sensors of a code are alive. A clash goes on
// while one of them is silent for a moment.
func (h *House) clashLocked(c *code, now time.Time) {
	clashing := func(s *sensor) bool {
		quiet := now.Sub(s.heard)
		return s.live && (quiet <= leastSilence(s.interval()) || s.clash && quiet <= clashLasts)
	}
	alive := 0
	for _, s := range c.rows {
		if clashing(s) {
			alive++
		}
	}
	for _, s := range c.rows {
		s.clash = alive > 1 && clashing(s)
	}
	switch {
	case alive > 1 && c.clash.IsZero():
		c.clash, c.told = now, c.labels()
		h.revision++
		e := Event{At: now, Kind: Clash, Label: c.told.who, Text: c.told.where, Sensors: alive}
		if since, ok := h.goesOnLocked(e); ok {
			c.clash = since
		} else {
			h.addEventLocked(e)
		}
	case alive <= 1 && !c.clash.IsZero():
		h.addEventLocked(Event{At: now, Kind: ClashOver, Label: c.told.who, Text: c.told.where, For: now.Sub(c.clash)})
		c.clash, c.told = time.Time{}, nil
		h.revision++
	}
}

// labels names the sensors that clash, and says whence they come.
func (c *code) labels() *clashLabels {
	var names, places []string
	for _, s := range c.rows {
		if !s.clash {
			continue
		}
		if name := s.displayName; !slices.Contains(names, name) {
			names = append(names, name)
		}
		places = append(places, s.pico.label())
	}
	return &clashLabels{strings.Join(names, " and "), c.text + " from " + strings.Join(places, " and ")}
}
