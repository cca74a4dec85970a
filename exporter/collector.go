package exporter

import (
	"iter"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
)

// A collector turns one snapshot of its source into one page of metrics. It keeps
// nothing between scrapes but which conditions stood, so a sensor that the house has
// forgotten is gone from the next page.
//
// One series that comes twice spoils a whole page for Prometheus. So of two
// things that the labels cannot tell apart only one is told.
type collector struct {
	source  Source
	program prometheus.Gatherer // the metrics of the program itself
	stood   stood
}

// Gather makes a page. The program's own metrics take time for asking the system, and
// are gathered meanwhile.
func (c *collector) Gather() ([]*dto.MetricFamily, error) {
	var (
		program []*dto.MetricFamily
		err     error
		done    = make(chan struct{})
	)
	go func() {
		defer close(done)
		program, err = c.program.Gather()
	}()
	p := c.page()
	<-done
	return p.sorted(program), err
}

func (c *collector) page() *metricsPage {
	p, state := new(metricsPage), c.source.State()
	ps := c.source.Status()
	p.addNamed(state.Sensors)
	sensors := labelled(state)
	p.addSensors(sensors, state.At)
	p.addPicos(state.Picos)
	c.stood.addConditions(p, sensors, state)
	p.add(otherPackets, float64(state.Others))
	p.add(refusedSensorReadings, float64(state.RefusedSensors))
	p.add(refusedPicoPackets, float64(state.RefusedPicos))
	p.add(displacedSensors, float64(state.Displaced))
	p.addFeed(ps.Feed)
	p.addHistory(ps.History)
	p.addNotifications(ps.Notify)
	p.addRemoteWrites(ps.RemoteWrite)
	p.addMQTT(ps.MQTT)
	if ps.Config.File != "" {
		p.add(configReloaded, oneIf(ps.Config.Err == ""))
	}
	return p
}

// A name is what tells two sensors apart in the old metrics.
type name struct{ friendly, sensor string }

// addNamed tells the old metrics. Sensors that nobody has named all have
// one name, and then the one heard last speaks for all, as it always did. A
// silent sensor has no temperature: a dead one must not look alive.
func (p *metricsPage) addNamed(sensors []house.Sensor) {
	seen := make(map[name]time.Time, len(sensors))
	speaks := make(map[name]*house.Sensor, len(sensors))
	for i := range sensors {
		s := &sensors[i]
		n := name{clean(s.FriendlyName), clean(s.SensorName)}
		if was, ok := seen[n]; !ok || s.Heard.After(was) {
			seen[n] = s.Heard
		}
		was := speaks[n]
		if s.Valid && !s.Silent && (was == nil || s.Heard.After(was.Heard)) {
			speaks[n] = s
		}
	}
	for n := range unique(sensors, func(s *house.Sensor) name { return name{clean(s.FriendlyName), clean(s.SensorName)} }) {
		labels := oldLastSeen.with(n.friendly, n.sensor)
		p.add(oldLastSeen, unixSeconds(seen[n]), labels...)
		if s := speaks[n]; s != nil {
			p.add(oldTemperature, s.Celsius, labels...)
		}
	}
}

func (p *metricsPage) addSensors(sensors []labelledSensor, now time.Time) {
	for _, s := range sensors {
		labels := s.labels
		if s.Valid && !s.Silent {
			p.add(sensorTemperature, s.Celsius, labels...)
		}
		if !s.Heard.IsZero() {
			p.add(sensorLastSeen, unixSeconds(s.Heard), labels...)
		}
		if s.Pico.IsValid() { // else known from history, which keeps no offset
			p.add(sensorOffset, s.Offset, labels...)
		}
		if !s.FreezesAt.IsZero() {
			p.add(secondsToFreezing, max(0, s.FreezesAt.Sub(now).Seconds()), labels...)
		}
		p.add(setAsideReadings, float64(s.SetAsideCount), labels...)
	}
}

// A labelledSensor has the labels that most of its metrics share.
type labelledSensor struct {
	*house.Sensor
	id     string
	labels []*dto.LabelPair
}

func labelled(state house.State) []labelledSensor {
	picos := make(map[netip.Addr]string, len(state.Picos))
	for _, p := range state.Picos {
		picos[p.Addr] = clean(p.Label())
	}
	list := make([]labelledSensor, 0, len(state.Sensors))
	for id, s := range unique(state.Sensors, func(s *house.Sensor) string { return clean(s.ID) }) {
		labels := sensorTemperature.with(clean(s.FriendlyName), picoLabel(s.Pico, picos), id, clean(s.SensorName))
		list = append(list, labelledSensor{s, id, labels})
	}
	return list
}

// picoLabel is the label of the Pico at an address, and nothing if the address
// is not valid.
func picoLabel(addr netip.Addr, labels map[netip.Addr]string) string {
	if !addr.IsValid() {
		return ""
	}
	if label, ok := labels[addr]; ok {
		return label
	}
	return clean(addr.String())
}

// addPicos tells a Pico's name and its address: the name is what people
// read, the address what keeps two Picos of one name apart for good. After a
// Pico got a new address, max by (pico) is still when it was last heard.
func (p *metricsPage) addPicos(picos []house.Pico) {
	for address, pico := range heardPicos(picos) {
		label := clean(pico.Label())
		if !pico.Heard.IsZero() {
			p.add(picoLastSeen, unixSeconds(pico.Heard), picoLastSeen.with(address, label)...)
		}
		p.add(picoStatuses, float64(pico.OKs), picoStatuses.with(address, outcomeOK, label)...)
		p.add(picoStatuses, float64(pico.Errors), picoStatuses.with(address, outcomeError, label)...)
	}
}

// heardPicos yields the Picos by address, without the one that stands for the sensors
// known only from history.
func heardPicos(picos []house.Pico) iter.Seq2[string, *house.Pico] {
	return func(yield func(string, *house.Pico) bool) {
		for address, p := range unique(picos, func(p *house.Pico) string { return clean(p.Addr.String()) }) {
			if p.Addr.IsValid() && !yield(address, p) {
				return
			}
		}
	}
}

func (p *metricsPage) addFeed(h feed.Health) {
	for number, at := range unique(h.Ports, func(p *feed.PortHealth) uint16 { return p.Port }) {
		port := portListening.with(strconv.Itoa(int(number)))
		p.add(portListening, oneIf(at.State == feed.Listening), port...)
		p.add(datagrams, float64(at.Datagrams), port...)
		p.add(copiedDatagrams, float64(at.Copies), port...)
		p.add(repeatedDatagrams, float64(at.Repeats), port...)
		p.add(droppedDatagrams, float64(at.Drops), port...)
	}
	for name, i := range unique(h.Interfaces, func(i *feed.InterfaceHealth) string { return clean(i.Name) }) {
		p.add(interfaceJoined, oneIf(i.Joined), interfaceJoined.with(name)...)
	}
	p.add(rejoins, float64(h.Rejoins))
	p.add(ineffectiveRejoins, float64(h.Ineffective))

	refused := make(map[feed.Reason]uint64, len(h.Refused))
	for _, r := range h.Refused {
		refused[r.Reason] = r.Count
	}
	for _, reason := range feed.Reasons() {
		p.add(refusedDatagrams, float64(refused[reason]), refusedDatagrams.with(string(reason))...)
	}
}

func (p *metricsPage) addHistory(h status.History) {
	if h.Off {
		return
	}
	p.add(historyOpen, oneIf(h.Err == ""))
	p.add(historyAppended, float64(h.Appended))
	p.add(historyDropped, float64(h.Dropped))
	p.add(historyFull, oneIf(h.Full != ""))
	p.add(historySize, float64(h.Bytes))
}

func (p *metricsPage) addNotifications(targets []status.Notify) {
	for target, n := range unique(targets, func(n *status.Notify) string { return clean(n.Target) }) {
		p.add(notifications, float64(n.Sent), notifications.with(outcomeSent, target)...)
		p.add(notifications, float64(n.Failed), notifications.with(outcomeFailed, target)...)
		p.add(notifications, float64(n.Dropped), notifications.with(outcomeDropped, target)...)
	}
}

func (p *metricsPage) addRemoteWrites(targets []status.RemoteWrite) {
	for target, r := range unique(targets, func(r *status.RemoteWrite) string { return clean(r.Target) }) {
		p.add(remoteWriteSamples, float64(r.Sent), remoteWriteSamples.with(outcomeSent, target)...)
		p.add(remoteWriteSamples, float64(r.Refused), remoteWriteSamples.with(outcomeRefused, target)...)
		p.add(remoteWriteFailed, float64(r.Failed), remoteWriteFailed.with(target)...)
		p.add(remoteWriteBehind, r.Behind.Seconds(), remoteWriteBehind.with(target)...)
		p.add(remoteWriteLost, r.Lost.Seconds(), remoteWriteLost.with(target)...)
	}
}

func (p *metricsPage) addMQTT(m status.MQTT) {
	if m.Broker == "" {
		return
	}
	p.add(mqttConnected, oneIf(m.Connected))
	p.add(mqttMessages, float64(m.Published), mqttMessages.with(outcomeSent)...)
	p.add(mqttMessages, float64(m.Failed), mqttMessages.with(outcomeFailed)...)
}

// unique yields the items with their keys, and of several with one key only
// the first.
func unique[K comparable, T any](items []T, key func(*T) K) iter.Seq2[K, *T] {
	return func(yield func(K, *T) bool) {
		sent := make(map[K]bool, len(items))
		for i := range items {
			k := key(&items[i])
			if sent[k] {
				continue
			}
			sent[k] = true
			if !yield(k, &items[i]) {
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
