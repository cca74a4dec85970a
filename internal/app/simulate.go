package app

import (
	"net/netip"
	"time"

	"picotop/internal/multicast"
	"picotop/internal/simulate"
)

// A SimulateConfig says which house to make up, and where to send it.
type SimulateConfig struct {
	House     simulate.Config // Now and Send are filled in
	Interface string
	Group     netip.Addr
	Ports     []uint16 // with several, in turn by Pico
}

// A Simulation sends a made-up house onto a network.
type Simulation struct {
	*simulate.Simulation
	*multicast.Sender
}

// OpenSimulation opens the network interface. It returns a
// [*multicast.InterfaceError] if it cannot be used. Close it after Run.
func OpenSimulation(cfg SimulateConfig) (*Simulation, error) {
	sender, err := multicast.Open(cfg.Interface, cfg.Group, multicast.LoopbackSources(cfg.House.Picos))
	if err != nil {
		return nil, err
	}
	cfg.House.Now = time.Now
	cfg.House.Send = func(pico int, payload []byte) error {
		return sender.Send(pico, cfg.Ports[pico%len(cfg.Ports)], payload)
	}
	return &Simulation{simulate.New(cfg.House), sender}, nil
}
