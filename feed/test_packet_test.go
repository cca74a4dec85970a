package feed

import (
	"net"
	"runtime"
	"testing"
)

func TestAnOwnPacketComesBackThroughLo(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the loopback interface is named lo on Linux only")
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	fates, err := SendTestPackets(t.Context(), group, []net.Interface{*lo})
	if err != nil {
		t.Fatal(err)
	}
	if fates[lo.Index] != CameBack {
		t.Errorf("fates %v", fates)
	}
}

func TestAnInterfaceThatIsGoneIsNotTried(t *testing.T) {
	fates, err := SendTestPackets(t.Context(), group, []net.Interface{{Index: 4711, Name: "gone0"}})
	if err != nil || len(fates) != 0 {
		t.Errorf("fates %v, error %v", fates, err)
	}
}
