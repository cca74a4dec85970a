package doctor

import (
	"bytes"
	"testing"
	"time"

	"picotop/feed"
	"picotop/internal/goldentest"
	"picotop/internal/host"
)

// fullReport is a report with all checks in the order of the report:
// of a house that is well, and of one where nearly nothing is.
func fullReport(well bool) Report {
	now := time.Date(2026, 11, 23, 3, 25, 49, 0, time.UTC)
	all := []link{lo, eth0}
	port := portFact{number: testPort, state: feed.Listening}
	counters := "Udp: InErrors RcvbufErrors\nUdp: 3 3\n"
	home := store{dir: "/home/pi/.local/state/picotop", parent: "/home/pi/.local/state/picotop", exists: true, owner: "pi", free: 1 << 30}
	firewall, tr, f := firewallFacts{links: all, testPackets: ownCameBack}, trafficFrom(6, 1, nil), querierFacts{links: all, sniffer: newSniffer(group), cmdline: testCmdline}
	tr.senders[0].names, tr.senders[0].ports = map[string]bool{"Loft": true, "Outside": true}, map[uint16]int{testPort: 7}
	reversePath := reversePathFacts{links: all, modes: map[string]int{"eth0": 0}}
	drops := dropFacts{before: counters, after: counters, rmemMax: "212992\n", cmdline: testCmdline}
	heard := heardFacts{links: all, cmdline: testCmdline}
	if !well {
		port.state, port.holders = feed.Blocked, []host.SocketOwner{{PID: 812, Program: "python3 exporter.py", Unit: "temps.service"}}
		tr = trafficFrom(0, 0, map[feed.Reason]int{feed.NotJSON: 3})
		tr.senders[0].samples = map[feed.Reason]sample{feed.NotJSON: newSample([]byte(`{"temperature":nan}`))}
		firewall = firewallFacts{links: all, testPackets: ownLost, remedy: allowGroup(group, installedOnly("nft"))}
		drops.ours, drops.after = 4, "Udp: InErrors RcvbufErrors\nUdp: 7 7\n"
		home.free = 1 << 20
		heard.silent = []string{"the Pico shed at 192.0.2.3 (Shed)"}
	}
	r := Report{Schema: schema, At: now, Seconds: 30}
	for _, c := range []*Check{
		checkInterfaces(all, false, installedOnly(), nil),
		checkMembership(group, all, true, "", igmpTable, nil),
		checkRoutes(group, []link{eth0}, routeHeading+defaultRoute, nil),
		checkPorts([]portFact{port}, 1000),
		checkFirewall(firewall, tr),
		checkQuerier(f, tr),
		checkReversePath(reversePath, tr),
		checkBuffers(drops.rmemMax, nil),
		checkDrops(drops),
		checkHeard(tr, group, []portFact{port}, heard),
		checkUnreadable(tr, 0, nil, testCmdline),
		checkClock(now, now.Add(-time.Hour), well, nil),
		checkData([]store{home}, nil, testCmdline),
	} {
		r.Checks = append(r.Checks, *c)
	}
	r.conclude()
	return r
}

// TestReportGolden holds the JSON that other programs read, and the text that
// people do.
func TestReportGolden(t *testing.T) {
	for name, well := range map[string]bool{"well": true, "ill": false} {
		t.Run(name, func(t *testing.T) {
			r := fullReport(well)
			var js, text bytes.Buffer
			if err := r.WriteJSON(&js); err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Checks {
				c.WriteText(&text)
			}
			r.WriteConclusion(&text)
			goldentest.Compare(t, "testdata/"+name+".json", js.Bytes())
			goldentest.Compare(t, "testdata/"+name+".txt", text.Bytes())
		})
	}
}
