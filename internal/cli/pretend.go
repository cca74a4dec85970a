package cli

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"picotop/history"
	"picotop/house"
	"picotop/internal/demo"
)

// pretend turns the options into those of the made-up house: on a port that
// no real Pico uses, on the loopback interface, with a history that remove
// takes away again.
func (o *options) pretend() (remove func(), err error) {
	port, err := demo.FreePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "picotop-demo-")
	if err != nil {
		return nil, fmt.Errorf("making a place for the made-up history: %w", err)
	}
	o.ports, o.interfaces = []uint16{port}, []string{"127.0.0.1"}
	o.data = dir
	return func() { _ = os.RemoveAll(dir) }, nil
}

// rememberDemo fills the history with the last day of the made-up house.
func (p *program) rememberDemo() error {
	var day []history.Sample
	demo.Day(p.started, func(s demo.Sensor, at time.Time, celsius float64) {
		day = append(day, history.Sample{
			Sensor: s.ROM, SensorName: house.SensorName(s.Name), FriendlyName: house.FriendlyName(s.Name),
			At: at, Celsius: celsius,
		})
	})
	slices.SortStableFunc(day, func(a, b history.Sample) int { return a.At.Compare(b.At) })
	for _, s := range day {
		p.store.Append(s)
	}
	roster := history.Roster{Sensors: map[string]netip.Addr{}, Picos: map[netip.Addr]string{}}
	for _, pico := range demo.Picos() {
		if pico.Name != "" {
			roster.Picos[pico.Addr] = pico.Name
		}
		for _, s := range pico.Sensors {
			roster.Sensors[s.ROM] = pico.Addr
		}
	}
	return p.store.SaveRoster(roster)
}

func (p *program) sendDemo(ctx context.Context) error {
	return demo.Send(ctx, netip.AddrPortFrom(p.group, p.ports[0]), p.started, p.now)
}
