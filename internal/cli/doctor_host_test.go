package cli

import (
	"net/netip"
	"os"
	"slices"
	"testing"

	"github.com/spf13/cobra"

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
	if got := missed(h); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestTheDoctorRepeatsWhatWasAsked(t *testing.T) {
	cmd := &cobra.Command{Use: "doctor"}
	f := cmd.Flags()
	group, ports := groupValue(defaultGroup), portsValue{ports: defaultPorts()}
	var interfaces interfacesValue
	f.VarP(&group, "group", "g", "")
	f.VarP(&ports, "port", "p", "")
	f.VarP(&interfaces, "interface", "i", "")
	if got := repeated(cmd); got != "" {
		t.Errorf("nothing was given, but %q is repeated", got)
	}
	if err := f.Parse([]string{"-p", "12345", "-p", "9999", "-i", "eth0"}); err != nil {
		t.Fatal(err)
	}
	if got := repeated(cmd); got != "--port 12345,9999 --interface eth0" {
		t.Errorf("got %q", got)
	}
	for arg, want := range map[string]string{"picotop": "picotop", "./picotop": "./picotop", "/usr/local/bin/picotop": "/usr/local/bin/picotop"} {
		if got := calledAs(arg); got != want {
			t.Errorf("called as %q: %q", arg, got)
		}
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
