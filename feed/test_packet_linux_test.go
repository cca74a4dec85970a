package feed

import "testing"

func TestSilenceIsTriedWithAnOwnPacket(t *testing.T) {
	l := run(t, []uint16{freePort(t)}, make(chan Packet))
	eventually(t, "a test packet to come back", func() bool {
		for _, i := range l.Health().Interfaces {
			if i.TestPacket == CameBack {
				return true
			}
		}
		return false
	})
}
