package cli

import "testing"

func TestARecordingOnTheScreen(t *testing.T) {
	d := openDashboard(t, "replay", "../capture/testdata/tcpdump-lo.pcap", "--speed", "max")
	d.waitFor(t, "Cold Water Tank")
	d.waitFor(t, "ended") // "replay" may stand there already
	press(t, d, "q")
	d.ends(t)
}
