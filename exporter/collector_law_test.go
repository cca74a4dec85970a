package exporter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
)

// FuzzCollect states the law of this package: whatever the house holds, the
// page is whole and no series is on it twice.
func FuzzCollect(f *testing.F) {
	f.Add("ColdWaterTank\nLoft\nLoft", uint64(1))
	f.Add("\xff\n\xfe\n\n\"\\\x00\n💧", uint64(2))
	f.Add("", uint64(3))
	f.Add("\xff\n\x9f", uint64(54)) // two addresses whose zones differ only in what is not text
	f.Fuzz(func(t *testing.T, names string, seed uint64) {
		source := anyHouse(strings.Split(names, "\n"), rand.New(rand.NewPCG(seed, 0)))
		registry := prometheus.NewRegistry()
		registry.MustRegister(buildInfo(names))
		// Gatherers check what they gather.
		families, err := prometheus.Gatherers{&collector{source: source, program: registry}}.Gather()
		if err != nil {
			t.Fatal(err)
		}

		var text bytes.Buffer
		for _, family := range families {
			if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
				t.Fatal(err)
			}
		}
		page := text.String()
		parser := expfmt.NewTextParser(model.LegacyValidation)
		read, err := parser.TextToMetricFamilies(&text)
		if err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		told := map[string]bool{}
		for name, family := range read {
			for _, m := range family.Metric {
				series := fmt.Sprint(name, m.Label)
				if told[series] {
					t.Errorf("twice on the page: %s", series)
				}
				told[series] = true
			}
		}
	})
}

// anyHouse makes a house of these names in which anything may be the case,
// also what the other packages promise never is.
func anyHouse(names []string, r *rand.Rand) *fake {
	name := func() string { return names[r.IntN(len(names))] }
	coin := func() bool { return r.IntN(2) == 0 }
	addr := func() netip.Addr {
		switch r.IntN(6) {
		case 0:
			return netip.Addr{}
		case 1:
			return netip.IPv6LinkLocalAllNodes().WithZone(name())
		}
		return netip.AddrFrom4([4]byte{192, 168, 1, byte(r.IntN(4))})
	}
	heard := func() time.Time {
		if coin() {
			return time.Time{}
		}
		return time.Unix(r.Int64N(1<<40), r.Int64N(1e9))
	}

	kind := func() house.Kind { return house.Kinds()[r.IntN(len(house.Kinds()))] }
	f := &fake{history: status.History{Off: coin(), Bytes: r.Int64()}}
	if coin() {
		f.history.Err = name()
	}
	for range r.IntN(8) {
		f.state.Sensors = append(f.state.Sensors, house.Sensor{
			ID: name(), SensorName: name(), FriendlyName: name(), Pico: addr(), Heard: heard(),
			Valid: coin(), Celsius: r.NormFloat64() * 50, Offset: r.NormFloat64(),
			Silent: coin(), Freezing: coin(), Near: coin(), SetAside: coin(), FreezesAt: heard(),
		})
		f.state.Conditions = append(f.state.Conditions, house.Condition{Kind: kind(), Pico: r.IntN(9) - 1, Sensor: r.IntN(9) - 1})
		f.notify = append(f.notify, status.Notify{Target: name(), Sent: r.Uint64()})
		f.state.Picos = append(f.state.Picos, house.Pico{Addr: addr(), Name: name(), Heard: heard(), OKs: r.Uint64()})
		f.feed.Ports = append(f.feed.Ports, feed.PortHealth{Port: uint16(r.IntN(4)), State: feed.PortState(name())})
		f.feed.Refused = append(f.feed.Refused, feed.Refusals{Reason: feed.Reason(name()), Count: r.Uint64()})
	}
	return f
}
