package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"picotop/house"
)

// A madeUp recording is made of what Picos would have sent, in any order.
type madeUp struct {
	packets []recordedPacket
	loss    *rand.Rand // loses three packets of ten; nil loses none
}

type recordedPacket struct {
	at      time.Time
	pico    byte // last byte of the address
	port    uint16
	payload []byte
}

// recordingStart is when the recordings begin: at night, in January.
var recordingStart = time.Date(2026, time.January, 3, 0, 0, 0, 0, time.UTC)

// at is a moment of a recording, by the hour and minute since its start.
func at(hour, minute int) time.Time {
	return recordingStart.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// send records one packet of a Pico.
func (r *madeUp) send(when time.Time, pico byte, packet map[string]any) {
	if r.loss != nil && r.loss.Float64() < 0.3 {
		return
	}
	payload, err := json.Marshal(packet)
	if err != nil {
		panic(err)
	}
	r.packets = append(r.packets, recordedPacket{when, pico, 11235, payload})
}

// A thermometer is a sensor of a recording.
type thermometer struct {
	pico       byte
	code, name string
	from, to   time.Time
	celsius    func(time.Time) float64
}

// measure records what a sensor sends each ten seconds.
func (r *madeUp) measure(s thermometer) {
	for when := s.from; when.Before(s.to); when = when.Add(10 * time.Second) {
		r.send(when, s.pico, map[string]any{
			"type": "temperature", "sensor": s.code, "name": s.name, "offset": 0.0, "temperature": s.celsius(when),
		})
	}
}

// steady is a temperature that stays.
func steady(celsius float64) func(time.Time) float64 {
	return func(time.Time) float64 { return celsius }
}

// line is a temperature that changes from one moment to another, and stays before and
// after.
func line(from time.Time, a float64, to time.Time, b float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		part := min(max(float64(t.Sub(from))/float64(to.Sub(from)), 0), 1)
		return float64(int((a+(b-a)*part)*16)) / 16
	}
}

// once is a temperature with one reading in it that is another.
func once(usual func(time.Time) float64, when time.Time, celsius float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		if t.Equal(when) {
			return celsius
		}
		return usual(t)
	}
}

// write writes the recording as tcpdump would, and returns the name of the file.
func (r *madeUp) write(t testing.TB) string {
	t.Helper()
	slices.SortStableFunc(r.packets, func(a, b recordedPacket) int { return a.at.Compare(b.at) })
	return r.writeAsIs(t)
}

// writeAsIs writes the packets in the order in which they were added.
func (r *madeUp) writeAsIs(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	const rawIPv4 = 228
	put(uint32(0xa1b2c3d4), uint16(2), uint16(4), uint32(0), uint32(0), uint32(65535), uint32(rawIPv4))
	for _, p := range r.packets {
		udp := 8 + len(p.payload)
		put(uint32(p.at.Unix()), uint32(p.at.Nanosecond()/1000), uint32(20+udp), uint32(20+udp))
		header := make([]byte, 28)
		header[0], header[8], header[9] = 0x45, 1, 17
		binary.BigEndian.PutUint16(header[2:], uint16(20+udp))
		copy(header[12:], []byte{192, 0, 2, p.pico})
		copy(header[16:], []byte{239, 0, 0, 1})
		binary.BigEndian.PutUint16(header[20:], 50000)
		binary.BigEndian.PutUint16(header[22:], p.port)
		binary.BigEndian.PutUint16(header[24:], uint16(udp))
		b.Write(header)
		b.Write(p.payload)
	}
	name := filepath.Join(t.TempDir(), "house.pcap")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// judged replays a file, and returns what picotop would have told.
func judged(t testing.TB, file string) []RecordedEvent {
	t.Helper()
	var all []RecordedEvent
	replay, err := OpenReplay(context.Background(), ReplayConfig{
		File: file, Group: recordedGroup, Ports: []uint16{11235}, Rules: house.Rules{Limit: house.DefaultLimit},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := replay.Judge(func(e RecordedEvent) { all = append(all, e) }).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return all
}

// told is an event as the tests name it: "01:14 freezing Tank".
func told(e RecordedEvent) string {
	return fmt.Sprintf("%s %s %s", e.Noticed.UTC().Format("15:04"), e.Kind, e.Label)
}
