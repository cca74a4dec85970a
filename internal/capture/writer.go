package capture

import (
	"io"
	"net/netip"
	"runtime"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"picotop/feed"
)

// timeToLive is written into each packet: a socket does not tell the true
// one, and no reader should take this for it.
const timeToLive = 1

// An Interface is a network interface as it is named in a file.
type Interface struct {
	Index int
	Name  string
}

// writer writes datagrams as a pcapng file of raw IPv4 packets.
type writer struct {
	ng    *pcapgo.NgWriter
	name  func(index int) string
	ids   map[int]int // the file's number of an interface, by its index
	frame gopacket.SerializeBuffer
}

// newWriter begins a file with the given interfaces, of which there must be
// one. Those that come later are named by name.
func newWriter(w io.Writer, program string, ifaces []Interface, name func(index int) string) (*writer, error) {
	ng, err := pcapgo.NewNgWriterInterface(w, describe(ifaces[0].Name), pcapgo.NgWriterOptions{
		SectionInfo: pcapgo.NgSectionInfo{Hardware: runtime.GOARCH, OS: runtime.GOOS, Application: program},
	})
	if err != nil {
		return nil, err
	}
	out := &writer{
		ng: ng, name: name, ids: map[int]int{ifaces[0].Index: 0},
		frame: gopacket.NewSerializeBuffer(),
	}
	for _, i := range ifaces[1:] {
		if err := out.add(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func describe(name string) pcapgo.NgInterface {
	return pcapgo.NgInterface{Name: name, LinkType: layers.LinkTypeIPv4}
}

func (w *writer) add(i Interface) error {
	id, err := w.ng.AddInterface(describe(i.Name))
	w.ids[i.Index] = id
	return err
}

// write adds a datagram. It is buffered until flush.
func (w *writer) write(d feed.Datagram) error {
	if _, ok := w.ids[d.Interface]; !ok {
		if err := w.add(Interface{Index: d.Interface, Name: w.name(d.Interface)}); err != nil {
			return err
		}
	}
	ip := layers.IPv4{
		Version: 4, TTL: timeToLive, Protocol: layers.IPProtocolUDP, Flags: layers.IPv4DontFragment,
		SrcIP: four(d.From.Addr()), DstIP: four(d.To.Addr()),
	}
	udp := layers.UDP{SrcPort: layers.UDPPort(d.From.Port()), DstPort: layers.UDPPort(d.To.Port())}
	err := udp.SetNetworkLayerForChecksum(&ip)
	if err != nil {
		return err
	}
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(w.frame, options, &ip, &udp, gopacket.Payload(d.Payload)); err != nil {
		return err
	}
	frame := w.frame.Bytes()
	return w.ng.WritePacket(gopacket.CaptureInfo{
		Timestamp: d.Heard, CaptureLength: len(frame), Length: len(frame), InterfaceIndex: w.ids[d.Interface],
	}, frame)
}

// flush hands everything to the file.
func (w *writer) flush() error { return w.ng.Flush() }

// four returns the bytes of an address, zeros if there is none.
func four(a netip.Addr) []byte {
	if a = a.Unmap(); !a.Is4() {
		a = netip.IPv4Unspecified()
	}
	return a.AsSlice()
}
