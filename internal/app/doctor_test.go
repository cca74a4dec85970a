package app

import (
	"net/netip"
	"os"
	"slices"
	"testing"

	"picotop/internal/peer"
)

func TestWhomARunningPicotopMisses(t *testing.T) {
	shed, loft := netip.MustParseAddr("192.0.2.3"), netip.MustParseAddr("192.0.2.4")
	h := peer.House{
		Sensors: []peer.Sensor{{Name: "Shed", Pico: shed}, {Name: "Tank", Pico: shed}, {Name: "Loft", Pico: loft}},
		Picos:   []peer.Pico{{Addr: shed, Name: "garden"}, {Addr: loft}},
		Conditions: []peer.Condition{
			{Kind: "freezing", Sensor: 0, Pico: -1},
			{Kind: "silent", Sensor: -1, Pico: 0},
			{Kind: "silent", Sensor: 2, Pico: -1},
			{Kind: "silent", Sensor: 9, Pico: -1}, // from elsewhere, so it may be anything
		},
	}
	want := []string{"the Pico garden at 192.0.2.3 (Shed, Tank)", "the sensor Loft"}
	var got []string
	for _, s := range silentIn(h) {
		got = append(got, s.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhereOthersKeepAHistory(t *testing.T) {
	home := t.TempDir()
	t.Setenv("SUDO_USER", "nobody-of-this-name")
	for _, dir := range othersData(home) {
		if dir != serviceData {
			t.Errorf("looks into %s", dir)
		}
	}
	if _, err := os.Lstat(serviceData); err == nil && len(othersData(serviceData)) != 0 {
		t.Error("the service's own place is another's")
	}
}
