// Package capture keeps datagrams in capture files, as tcpdump and Wireshark
// do, and reads them again.
//
// A [Recorder] writes pcapng: what the network carried, refused or not, with
// the time, the addresses and the network interface. What a UDP socket does
// not tell of a datagram, such as its time to live, is made up. A [Reader]
// reads pcapng and pcap, also those of other programs, and finds the UDP
// datagrams in them; Scan tells what there is to play, and Play plays it.
//
// The package makes two promises: what was written is read back the same, and
// no file, however damaged, does more than end the reading with an error.
package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"picotop/feed"
)

// source is what pcapgo's readers have in common.
type source interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// A Reader finds the UDP datagrams in a capture file.
type Reader struct {
	source  source
	link    func(gopacket.CaptureInfo) layers.LinkType
	last    time.Time
	frames  int
	skipped map[Skip]int
}

// NewReader returns a Reader of a pcapng or pcap file, which may be packed
// with gzip. It returns a [*ForeignError] if it is neither.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, &ForeignError{Err: err}
		}
		in = bufio.NewReader(unpacked{z})
	}
	out := &Reader{skipped: map[Skip]int{}}
	err := guard(func() error { return out.begin(in) })
	if err != nil {
		return nil, &ForeignError{Err: err}
	}
	return out, nil
}

func (r *Reader) begin(in *bufio.Reader) error {
	magic, err := in.Peek(4)
	if err != nil {
		return err
	}
	if !bytes.Equal(magic, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		pcap, err := pcapgo.NewReader(in)
		if err != nil {
			return err
		}
		r.source = pcap
		r.link = func(gopacket.CaptureInfo) layers.LinkType { return pcap.LinkType() }
		return nil
	}
	ng, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return err
	}
	r.source = ng
	r.link = func(ci gopacket.CaptureInfo) layers.LinkType { return ci.AncillaryData[0].(layers.LinkType) }
	return nil
}

var errCut = errors.New("the packed data ends too early")

// unpacked gives the end of a packed file that was cut a name of its own:
// pcapgo takes it for a good end if it comes between two blocks.
type unpacked struct{ io.Reader }

func (u unpacked) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err == io.ErrUnexpectedEOF {
		err = errCut
	}
	return n, err
}

// Next returns the next datagram, whose payload is valid until the next call.
// Its Interface tells those of one file apart, and nothing else. It returns
// io.EOF at the end of the file, and a [*DamagedError] where nothing more can
// be read.
func (r *Reader) Next() (feed.Datagram, error) {
	for {
		var (
			frame []byte
			ci    gopacket.CaptureInfo
		)
		err := guard(func() (err error) {
			frame, ci, err = r.source.ZeroCopyReadPacketData()
			return err
		})
		if err == io.EOF && ci.CaptureLength == 0 {
			return feed.Datagram{}, io.EOF
		}
		if err != nil {
			return feed.Datagram{}, &DamagedError{Frames: r.frames, Err: err}
		}
		r.frames++
		d, why := decode(r.link(ci), frame)
		if why != "" {
			r.skipped[why]++
			continue
		}
		if d.Interface == 0 {
			d.Interface = ci.InterfaceIndex + 1
		}
		if !ci.Timestamp.IsZero() { // a "simple packet" has no time
			r.last = ci.Timestamp
		}
		d.Heard = r.last
		return d, nil
	}
}

// Skipped returns how many frames were passed over until now, and why.
func (r *Reader) Skipped() map[Skip]int { return r.skipped }

// guard makes an error of a panic. On machines of 32 bits pcapgo takes the
// largest numbers in a file for negative ones, and uses them as an index.
func guard(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("impossible number: %v", p)
		}
	}()
	return read()
}

// A ForeignError says that a file is no capture file.
type ForeignError struct{ Err error }

func (e *ForeignError) Error() string {
	if errors.Is(e.Err, io.EOF) {
		return "the file is empty"
	}
	return "this is no capture file, neither pcapng nor pcap"
}

// Unwrap returns the cause.
func (e *ForeignError) Unwrap() error { return e.Err }

// A DamagedError says that a file could be read only in part.
type DamagedError struct {
	Frames int // that came before the damage, of any kind
	Err    error
}

func (e *DamagedError) Error() string {
	packets := "packets"
	if e.Frames == 1 {
		packets = "packet"
	}
	what := "is damaged"
	if errors.Is(e.Err, io.ErrUnexpectedEOF) || errors.Is(e.Err, io.EOF) || errors.Is(e.Err, errCut) {
		what = "ends too early"
	}
	return fmt.Sprintf("the file %s after %d %s", what, e.Frames, packets)
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }
