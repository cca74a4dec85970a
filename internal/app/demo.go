package app

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"time"

	"picotop/history"
	"picotop/internal/multicast"
	"picotop/internal/sensorname"
	"picotop/internal/simulate"
)

// prepareDemo has a Config show the made-up house: on a port that no real Pico
// uses, on the loopback interface, with a history that cleanUp takes away again.
func prepareDemo(cfg *Config) (cleanUp func(), err error) {
	port, err := multicast.FreePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "picotop-demo-")
	if err != nil {
		return nil, err
	}
	cfg.Ports, cfg.Interfaces = []uint16{port}, []string{"127.0.0.1"}
	cfg.Data = dir
	return func() { _ = os.RemoveAll(dir) }, nil
}

// storeDemoDay fills the history with the last day of the made-up house.
func (i *instance) storeDemoDay() error {
	var day []history.Sample
	simulate.DemoDay(i.started, func(s simulate.DemoSensor, at time.Time, celsius float64) {
		day = append(day, history.Sample{
			Sensor: s.ROM, SensorName: sensorname.Label(s.Name), FriendlyName: sensorname.Friendly(s.Name),
			At: at, Celsius: celsius,
		})
	})
	slices.SortStableFunc(day, func(a, b history.Sample) int { return a.At.Compare(b.At) })
	for _, s := range day {
		i.store.Append(s)
	}
	roster := history.Roster{Sensors: map[string]netip.Addr{}, Picos: map[netip.Addr]string{}}
	for _, pico := range simulate.DemoPicos() {
		if pico.Name != "" {
			roster.Picos[pico.Addr] = pico.Name
		}
		for _, s := range pico.Sensors {
			roster.Sensors[s.ROM] = pico.Addr
		}
	}
	return i.store.SaveRoster(roster)
}

// sendDemo sends the packets of the made-up house on the loopback interface, until
// ctx ends.
func (i *instance) sendDemo(ctx context.Context) (err error) {
	lo, err := multicast.Loopback()
	if err != nil {
		return err
	}
	var sources []netip.Addr
	for _, pico := range simulate.DemoPicos() {
		sources = append(sources, pico.Addr)
	}
	sender, err := multicast.Open(lo, i.Group, sources)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sender.Close()) }()
	return simulate.NewDemo(i.started, i.now, func(pico int, payload []byte) error {
		return sender.Send(pico, i.Ports[0], payload)
	}).Run(ctx)
}
