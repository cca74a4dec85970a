package app

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picotop/history"
	"picotop/house"
)

func TestWarningsOf(t *testing.T) {
	st := house.State{
		Picos:   []house.Pico{{Addr: netip.MustParseAddr("192.168.1.7")}, {Name: "shed"}},
		Sensors: []house.Sensor{{ID: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank"}},
	}
	for _, k := range []house.Kind{house.Freezing, house.Broken, house.SetAside} {
		st.Conditions = append(st.Conditions, house.Condition{Kind: k, Sensor: 0, Pico: -1})
	}
	st.Conditions = append(st.Conditions, house.Condition{Kind: house.NoPackets, Sensor: -1, Pico: -1})
	for i := range st.Picos {
		st.Conditions = append(st.Conditions, house.Condition{Kind: house.Silent, Sensor: -1, Pico: i})
	}
	sensor := func(name string) history.Warning {
		return history.Warning{Name: name, Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank"}
	}
	want := []history.Warning{
		sensor("Freezing"), sensor("Broken"), sensor("SetAside"),
		{Name: "NoPackets"},
		{Name: "Silent", Pico: "192.168.1.7"},
		{Name: "Silent", Pico: "shed"},
	}
	if d := cmp.Diff(warningsOf(st), want); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func TestSilencesOf(t *testing.T) {
	st := house.State{Sensors: []house.Sensor{
		{ID: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank", Silent: true, Valid: true},
		{ID: "maybe by chance", Silent: true, Unsure: true, Valid: true},
		{ID: "never believed", Silent: true},
		{ID: "speaks", Valid: true},
	}}
	want := []history.Sample{{Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank"}}
	if d := cmp.Diff(want, silencesOf(st)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
