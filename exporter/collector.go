package exporter

import (
	"iter"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
)

// A collector turns one snapshot of its source into one page of metrics. It
// keeps nothing between scrapes, so a sensor that the house has forgotten is
// gone from the next page.
//
// One series that comes twice spoils a whole page for Prometheus. So of two
// things that the labels cannot tell apart only one is told.
type collector struct{ source Source }

// Describe sends every metric there can be, so that the registry can check
// each page against it.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range metrics {
		ch <- m.desc
	}
}

// Collect sends one page.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	state := c.source.State()
	collectNamed(ch, state.Sensors)
	collectSensors(ch, state.Sensors, picoNames(state.Picos))
	collectPicos(ch, state.Picos)
	ch <- otherPackets.at(float64(state.Others))
	ch <- refusedSensorReadings.at(float64(state.RefusedSensors))
	ch <- refusedPicoPackets.at(float64(state.RefusedPicos))
	ch <- displacedSensors.at(float64(state.Displaced))
	ps := c.source.Status()
	collectFeed(ch, ps.Feed)
	collectHistory(ch, ps.History)
}

// A name is what tells two sensors apart in the old metrics.
type name struct{ friendly, sensor string }

// collectNamed tells the old metrics. Sensors that nobody has named all have
// one name, and then the one heard last speaks for all, as it always did. A
// silent sensor has no temperature: a dead one must not look alive.
func collectNamed(ch chan<- prometheus.Metric, sensors []house.Sensor) {
	seen := make(map[name]time.Time, len(sensors))
	speaks := make(map[name]house.Sensor, len(sensors))
	for _, s := range sensors {
		n := name{clean(s.FriendlyName), clean(s.SensorName)}
		if s.Heard.After(seen[n]) {
			seen[n] = s.Heard
		}
		was, ok := speaks[n]
		if s.Valid && !s.Silent && (!ok || s.Heard.After(was.Heard)) {
			speaks[n] = s
		}
	}
	for n, t := range seen {
		ch <- oldLastSeen.at(unixSeconds(t), n.friendly, n.sensor)
	}
	for n, s := range speaks {
		ch <- oldTemperature.at(s.Celsius, n.friendly, n.sensor)
	}
}

func collectSensors(ch chan<- prometheus.Metric, sensors []house.Sensor, names map[netip.Addr]string) {
	for id, s := range unique(sensors, func(s house.Sensor) string { return clean(s.ID) }) {
		labels := []string{id, clean(s.SensorName), clean(s.FriendlyName), picoLabel(s.Pico, names)}
		if s.Valid && !s.Silent {
			ch <- sensorTemperature.at(s.Celsius, labels...)
		}
		if !s.Heard.IsZero() {
			ch <- sensorLastSeen.at(unixSeconds(s.Heard), labels...)
		}
		if s.Pico.IsValid() { // else known from history, which keeps no offset
			ch <- sensorOffset.at(s.Offset, labels...)
		}
		ch <- setAsideReadings.at(float64(s.SetAsideCount), labels...)
		for _, k := range conditions {
			ch <- sensorCondition.at(oneIf(s.Is(k)), append(labels, string(k))...)
		}
	}
}

// collectPicos tells a Pico's name and its address: the name is what people
// read, the address what keeps two Picos of one name apart for good. After a
// Pico got a new address, max by (pico) is still when it was last heard.
func collectPicos(ch chan<- prometheus.Metric, picos []house.Pico) {
	for address, p := range unique(picos, func(p house.Pico) string { return clean(p.Addr.String()) }) {
		if !p.Addr.IsValid() {
			continue // stands for the sensors known only from history
		}
		label := clean(p.Label())
		if !p.Heard.IsZero() {
			ch <- picoLastSeen.at(unixSeconds(p.Heard), label, address)
		}
		ch <- picoStatuses.at(float64(p.OKs), label, address, outcomeOK)
		ch <- picoStatuses.at(float64(p.Errors), label, address, outcomeError)
	}
}

func collectFeed(ch chan<- prometheus.Metric, h feed.Health) {
	for number, p := range unique(h.Ports, func(p feed.PortHealth) uint16 { return p.Port }) {
		port := strconv.Itoa(int(number))
		ch <- portListening.at(oneIf(p.State == feed.Listening), port)
		ch <- datagrams.at(float64(p.Datagrams), port)
		ch <- copiedDatagrams.at(float64(p.Copies), port)
		ch <- repeatedDatagrams.at(float64(p.Repeats), port)
		ch <- droppedDatagrams.at(float64(p.Drops), port)
	}
	for name, i := range unique(h.Interfaces, func(i feed.InterfaceHealth) string { return clean(i.Name) }) {
		ch <- interfaceJoined.at(oneIf(i.Joined), name)
	}
	ch <- rejoins.at(float64(h.Rejoins))
	ch <- ineffectiveRejoins.at(float64(h.Ineffective))

	refused := make(map[feed.Reason]uint64, len(h.Refused))
	for _, r := range h.Refused {
		refused[r.Reason] = r.Count
	}
	for _, reason := range feed.Reasons() {
		ch <- refusedDatagrams.at(float64(refused[reason]), string(reason))
	}
}

func collectHistory(ch chan<- prometheus.Metric, h status.History) {
	if h.Off {
		return
	}
	ch <- historyOpen.at(oneIf(h.Err == ""))
	ch <- historyAppended.at(float64(h.Appended))
	ch <- historyDropped.at(float64(h.Dropped))
	ch <- historyFull.at(oneIf(h.Full != ""))
	ch <- historySize.at(float64(h.Bytes))
}

// picoLabel is the label of the Pico at an address, and nothing if the address
// is not valid.
func picoLabel(addr netip.Addr, names map[netip.Addr]string) string {
	if !addr.IsValid() {
		return ""
	}
	return clean(house.Pico{Addr: addr, Name: names[addr]}.Label())
}

// picoNames finds the name of a Pico by its address.
func picoNames(picos []house.Pico) map[netip.Addr]string {
	names := make(map[netip.Addr]string, len(picos))
	for _, p := range picos {
		names[p.Addr] = p.Name
	}
	return names
}

// unique yields the items with their keys, and of several with one key only
// the first.
func unique[K comparable, T any](items []T, key func(T) K) iter.Seq2[K, T] {
	return func(yield func(K, T) bool) {
		sent := make(map[K]bool, len(items))
		for _, item := range items {
			k := key(item)
			if sent[k] {
				continue
			}
			sent[k] = true
			if !yield(k, item) {
				return
			}
		}
	}
}

// clean makes any text fit for a label value. The feed has cleaned it already;
// this is the promise that a scrape succeeds whoever forgets to.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// unixSeconds is the time as Prometheus has it. It stops at microseconds: a
// float64 holds no more of the present century.
func unixSeconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
