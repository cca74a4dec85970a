package capture

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"
	"go.uber.org/goleak"

	"picotop/feed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	from  = netip.MustParseAddrPort("192.0.2.7:50123")
	to    = netip.MustParseAddrPort("239.0.0.1:11235")
	heard = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

	same = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
)

// file is a File in memory that holds so many bytes; 0 means any number.
type file struct {
	bytes.Buffer
	room int
}

func (f *file) Truncate(size int64) error { f.Buffer.Truncate(int(size)); return nil }

var errFull = errors.New("no space left on device")

func (f *file) Write(b []byte) (int, error) {
	if f.room > 0 && f.Len()+len(b) > f.room {
		n, _ := f.Buffer.Write(b[:f.room-f.Len()])
		return n, errFull
	}
	return f.Buffer.Write(b)
}

func newRecorder(f *file) *Recorder {
	return NewRecorder(RecorderConfig{
		File: f, Program: "picotop test", Interfaces: []Interface{{Index: 3, Name: "eth0"}},
		Name: func(int) string { return "wlan0" },
	})
}

// record returns a file that holds the datagrams.
func record(tb testing.TB, all ...feed.Datagram) []byte {
	tb.Helper()
	f := &file{}
	r := newRecorder(f)
	for _, d := range all {
		r.Put(d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Run(ctx); err != nil {
		tb.Fatal(err)
	}
	if p := r.Progress(); p != (Progress{Packets: int64(len(all)), Bytes: int64(f.Len())}) {
		tb.Errorf("progress %+v", p)
	}
	return f.Bytes()
}

// readAll reads what can be read.
func readAll(in io.Reader) ([]feed.Datagram, map[Skip]int, error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, nil, err
	}
	var all []feed.Datagram
	for {
		d, err := r.Next()
		if err == io.EOF {
			return all, r.Skipped(), nil
		}
		if err != nil {
			return all, r.Skipped(), err
		}
		d.Payload = bytes.Clone(d.Payload)
		all = append(all, d)
	}
}

func TestWhatTcpdumpWroteIsRead(t *testing.T) {
	for _, link := range []string{"lo", "sll", "sll2"} {
		t.Run(link, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", "tcpdump-"+link+".pcap"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			all, skipped, err := readAll(f)
			if err != nil || len(skipped) > 0 {
				t.Fatalf("skipped %v, error %v", skipped, err)
			}
			type short struct {
				To      string
				Payload string
			}
			var got []short
			for i, d := range all {
				got = append(got, short{d.To.String(), string(d.Payload)})
				if d.From.String() != "127.0.0.41:50041" || d.Interface != 1 {
					t.Errorf("datagram %d: %+v", i, d)
				}
				if i > 0 && d.Heard.Sub(all[i-1].Heard).Round(10*time.Millisecond) != 50*time.Millisecond {
					t.Errorf("datagram %d came %v after the one before", i, d.Heard.Sub(all[i-1].Heard))
				}
			}
			want := []short{
				{"239.0.0.1:11235", `{"type":"temperature","name":"ColdWaterTank","sensor":"28ff001122334450","temperature":3.8125,"offset":-0.25}`},
				{"239.0.0.1:11235", `{"type":"temperature","name":"Loft","sensor":"28ff001122334451","temperature":7.5,"offset":0}`},
				{"239.0.0.1:9999", `{"type":"status","name":"LoftPico","status":"API 200 OK"}`},
				{"239.0.0.1:11235", "nan"},
				{"239.0.0.1:11235", ""},
				{"239.0.0.1:5353", "elsewhere"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("read (-want +got):\n" + diff)
			}
		})
	}
}

func TestWhatEndsTheReading(t *testing.T) {
	whole := record(t, feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: []byte("one")},
		feed.Datagram{From: from, To: to, Interface: 4, Heard: heard, Payload: []byte("two")})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(whole); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		file []byte
		read int
		err  string
	}{
		"a whole file":              {file: whole, read: 2},
		"a packed file":             {file: packed.Bytes(), read: 2},
		"cut in the last packet":    {file: whole[:len(whole)-5], read: 1, err: "the file ends too early after 1 packet"},
		"cut in a packed file":      {file: packed.Bytes()[:packed.Len()-12], read: -1, err: "the file ends too early after"},
		"an unknown interface":      {file: bytes.ReplaceAll(whole, []byte{6, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0}, []byte{6, 0, 0, 0, 64, 0, 0, 0, 7, 0, 0, 0}), err: "the file is damaged after 0 packets"},
		"an empty file":             {err: "the file is empty"},
		"text":                      {file: []byte("day;celsius\n1;4.5\n"), err: "this is no capture file, neither pcapng nor pcap"},
		"gzip's first bytes, alone": {file: []byte{0x1f, 0x8b}, err: "this is no capture file, neither pcapng nor pcap"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			all, _, err := readAll(bytes.NewReader(tt.file))
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if tt.read >= 0 && len(all) != tt.read {
				t.Errorf("read %d datagrams, want %d", len(all), tt.read)
			}
		})
	}
}

func TestWhatIsPassedOver(t *testing.T) {
	ip := func(change func(b []byte)) []byte {
		b := []byte{
			0x45, 0, 0, 31, 0, 0, 0x40, 0, 1, 17, 0, 0, 192, 0, 2, 7, 239, 0, 0, 1,
			0xc3, 0xcb, 0x2b, 0xe3, 0, 11, 0, 0, 'n', 'a', 'n',
		}
		if change != nil {
			change(b)
		}
		return b
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	macs := make([]byte, 12)
	// wifi is a frame with a header that is so many bytes longer than usual.
	wifi := func(control uint16, more int, packet []byte) []byte {
		header := make([]byte, wifiHeader+more)
		binary.LittleEndian.PutUint16(header, control)
		return join(header, snapHeader, []byte{8, 0}, packet)
	}
	// pktap is the header that macOS writes, without what picotop does not read.
	pktap := func(link uint32) []byte {
		header := make([]byte, 108)
		binary.LittleEndian.PutUint32(header, 108)
		binary.LittleEndian.PutUint32(header[8:], link)
		return header
	}
	// udp is a packet to a port.
	udp := func(port uint16, payload []byte) []byte {
		b := join(ip(nil)[:28], payload)
		binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
		binary.BigEndian.PutUint16(b[22:], port)
		binary.BigEndian.PutUint16(b[24:], uint16(8+len(payload)))
		return b
	}
	tests := map[string]struct {
		link  layers.LinkType
		frame []byte
		why   Skip
	}{
		"raw IPv4":              {layers.LinkTypeIPv4, ip(nil), ""},
		"raw":                   {layers.LinkTypeRaw, ip(nil), ""},
		"raw, as a BSD says it": {linkRawBSD, ip(nil), ""},
		"a BSD's loopback":      {layers.LinkTypeNull, join([]byte{2, 0, 0, 0}, ip(nil)), ""},
		"Ethernet":              {layers.LinkTypeEthernet, join(macs, []byte{8, 0}, ip(nil)), ""},
		"Ethernet with padding": {layers.LinkTypeEthernet, join(macs, []byte{8, 0}, ip(nil), make([]byte, 15)), ""},
		"a VLAN":                {layers.LinkTypeEthernet, join(macs, []byte{0x81, 0, 0, 7, 8, 0}, ip(nil)), ""},
		"a VLAN in a VLAN":      {layers.LinkTypeEthernet, join(macs, []byte{0x88, 0xa8, 0, 7, 0x81, 0, 0, 7, 8, 0}, ip(nil)), ""},
		"ARP":                   {layers.LinkTypeEthernet, join(macs, []byte{8, 6}, ip(nil)), NotUDP},
		"IPv6":                  {layers.LinkTypeRaw, ip(func(b []byte) { b[0] = 0x60 }), NotUDP},
		"TCP":                   {layers.LinkTypeRaw, ip(func(b []byte) { b[9] = 6 }), NotUDP},
		"a first fragment":      {layers.LinkTypeRaw, ip(func(b []byte) { b[6] = 0x20 }), Fragment},
		"a later fragment":      {layers.LinkTypeRaw, ip(func(b []byte) { b[6], b[7] = 0, 8 }), Fragment},
		"cut by tcpdump -s":     {layers.LinkTypeRaw, ip(nil)[:29], CutShort},
		"nothing at all":        {layers.LinkTypeRaw, nil, CutShort},
		"half a MAC":            {layers.LinkTypeEthernet, macs[:3], CutShort},
		"half an SLL2 header":   {linkLinuxSLL2, macs, CutShort},
		"a UDP length too long": {layers.LinkTypeRaw, ip(func(b []byte) { b[25] = 12 }), NotUDP},
		"a UDP length of none":  {layers.LinkTypeRaw, ip(func(b []byte) { b[25] = 7 }), NotUDP},
		"a header of no length": {layers.LinkTypeRaw, ip(func(b []byte) { b[0] = 0x40 }), NotUDP},
		"Wi-Fi":                 {layers.LinkTypeIEEE802_11, wifi(0x0208, 0, ip(nil)), ""},
		"Wi-Fi with priorities": {layers.LinkTypeIEEE802_11, wifi(0x0288, 2, ip(nil)), ""},
		"Wi-Fi between bridges": {layers.LinkTypeIEEE802_11, wifi(0x0388, 8, ip(nil)), ""},
		"Wi-Fi, monitored":      {layers.LinkTypeIEEE80211Radio, join([]byte{0, 0, 10, 0, 1, 2, 3, 4, 5, 6}, wifi(0x0288, 2, ip(nil))), ""},
		"Wi-Fi, encrypted":      {layers.LinkTypeIEEE802_11, wifi(0x4288, 2, ip(nil)), Encrypted},
		"a Wi-Fi beacon":        {layers.LinkTypeIEEE802_11, wifi(0x0080, 0, ip(nil)), NotUDP},
		"a Wi-Fi header alone":  {layers.LinkTypeIEEE802_11, wifi(0x0208, 0, nil)[:20], CutShort},
		"a radio header alone":  {layers.LinkTypeIEEE80211Radio, []byte{0, 0, 99, 0}, CutShort},
		"a Mac's interfaces":    {linkPKTAP, join(pktap(1), macs, []byte{8, 0}, ip(nil)), ""},
		"a Mac's loopback":      {linkPKTAP, join(pktap(0), []byte{2, 0, 0, 0}, ip(nil)), ""},
		"a Mac's header, cut":   {linkPKTAP, pktap(1)[:40], CutShort},
		"one inside another":    {linkPKTAP, join(pktap(258), ip(nil)), unknownLink(linkPKTAP)},
		"a VXLAN mirror":        {layers.LinkTypeIPv4, udp(4789, join([]byte{8, 0, 0, 0, 0, 0, 7, 0}, macs, []byte{8, 0}, ip(nil))), ""},
		"a TZSP mirror":         {layers.LinkTypeIPv4, udp(37008, join([]byte{1, 0, 0, 1, 0, 10, 1, 99, 1}, macs, []byte{8, 0}, ip(nil))), ""},
		"a TZSP mirror of Wi-Fi": {
			layers.LinkTypeIPv4, udp(37008, join([]byte{1, 0, 0, 18, 1}, wifi(0x0208, 0, ip(nil)))), "",
		},
		"a mirror of a mirror": {
			layers.LinkTypeIPv4, udp(37008, join([]byte{1, 0, 0, 1, 1}, macs, []byte{8, 0}, udp(4789, join([]byte{8, 0, 0, 0, 0, 0, 7, 0}, macs, []byte{8, 0}, ip(nil))))), "",
		},
		"a serial line": {layers.LinkTypePPP, ip(nil), "of the link type PPP"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, why := decode(tt.link, tt.frame)
			if why != tt.why {
				t.Fatalf("passed over because %q, want %q", why, tt.why)
			}
			want := feed.Datagram{From: netip.MustParseAddrPort("192.0.2.7:50123"), To: to, Payload: []byte("nan")}
			if diff := cmp.Diff(want, d, same); why == "" && diff != "" {
				t.Error("datagram (-want +got):\n" + diff)
			}
		})
	}
}

// Wireshark is the judge of whether the headers are right.
func TestWiresharkReadsIt(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("no tshark here: ", err)
	}
	name := filepath.Join(t.TempDir(), "house.pcapng")
	whole := record(t, feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: []byte("nan")},
		feed.Datagram{From: from, To: to, Interface: 4, Heard: heard})
	if err := os.WriteFile(name, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := exec.Command("tshark", "-r", name, "-o", "ip.check_checksum:true", "-o", "udp.check_checksum:true", "-T", "fields",
		"-e", "frame.interface_name", "-e", "ip.src", "-e", "udp.srcport", "-e", "ip.dst", "-e", "udp.dstport",
		"-e", "udp.length", "-e", "ip.checksum.status", "-e", "udp.checksum.status").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "eth0\t192.0.2.7\t50123\t239.0.0.1\t11235\t11\t1\t1\n" +
		"wlan0\t192.0.2.7\t50123\t239.0.0.1\t11235\t8\t1\t1\n"
	if string(got) != want {
		t.Errorf("tshark says\n%swant\n%s", got, want)
	}
}

// The law: what was written is read back the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("nan"), uint32(0xc0000207), uint16(50123), uint32(0xef000001), uint16(11235), int64(1), uint8(3))
	f.Add([]byte{}, uint32(0), uint16(0), uint32(0xffffffff), uint16(0xffff), int64(1<<62), uint8(4))
	f.Fuzz(func(t *testing.T, payload []byte, src uint32, sport uint16, dst uint32, dport uint16, at int64, iface uint8) {
		if dport == portVXLAN || dport == portTZSP {
			t.Skip("what is inside a mirror is read, not the mirror")
		}
		four := func(a uint32) netip.Addr {
			return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
		}
		want := feed.Datagram{
			From: netip.AddrPortFrom(four(src), sport), To: netip.AddrPortFrom(four(dst), dport),
			Interface: int(iface), Heard: time.Unix(0, max(at, 0)).UTC(),
			Payload: append([]byte{}, payload[:min(len(payload), feed.MaxDatagram+1)]...),
		}
		all, skipped, err := readAll(bytes.NewReader(record(t, want)))
		if err != nil || len(skipped) > 0 || len(all) != 1 {
			t.Fatalf("read %v, skipped %v, error %v", all, skipped, err)
		}
		// The number of an interface is the file's own: eth0 was the first.
		want.Interface = 1
		if iface != 3 {
			want.Interface = 2
		}
		if diff := cmp.Diff(want, all[0], same); diff != "" {
			t.Error("datagram (-want +got):\n" + diff)
		}
	})
}

// The law: any bytes end in a datagram or an error, never in a panic, and no
// datagram is longer than a live one.
func FuzzRead(f *testing.F) {
	f.Add(record(f, feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: []byte("nan")}))
	for _, name := range []string{"lo", "sll", "sll2"} {
		b, err := os.ReadFile(filepath.Join("testdata", "tcpdump-"+name+".pcap"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	// What a machine of 32 bits takes for negative: a capture length, and the
	// number of an interface.
	f.Add([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\xf0\xff\xff\xff\xff\xff\xff\xff"))
	whole := record(f, feed.Datagram{From: from, To: to, Interface: 3, Heard: heard, Payload: []byte("nan")})
	f.Add(bytes.ReplaceAll(whole, []byte{6, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0}, []byte{6, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0xff}))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, _, err := readAll(bytes.NewReader(b))
		for _, d := range all {
			if len(d.Payload) > feed.MaxDatagram+1 || !d.From.IsValid() || !d.To.IsValid() {
				t.Errorf("datagram %+v", d)
			}
		}
		if err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
