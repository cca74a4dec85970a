package simulate

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"time"
)

// The demo is a fixed house, for people who have no Pico at hand: ten sensors on
// three Picos, with a tank that is freezing, a shed that has gone silent, a
// boiler that comes and goes, and a night outside. It is a function of time, so
// its past can be written down at once and its present be sent packet by packet.

// A DemoPico is one Pico of the demo.
type DemoPico struct {
	Addr    netip.Addr // on the loopback interface
	Name    string     // empty if it sends no status packets
	Sensors []DemoSensor

	every  time.Duration
	silent time.Duration // how long before the start it fell silent; 0 if it lives
}

// A DemoSensor is one sensor of the demo.
type DemoSensor struct {
	ROM   string
	Name  string
	knots []knot
	// powerOn makes it send one power-on value soon after the start.
	powerOn bool
}

// DemoPicos returns the Picos of the demo, in the order in which NewDemo counts
// them.
func DemoPicos() []DemoPico {
	return []DemoPico{
		{
			Addr: netip.MustParseAddr("127.0.0.20"), Name: "airing-cupboard", every: 15 * time.Second,
			Sensors: []DemoSensor{
				{ROM: "28ff641f7616035c", Name: "ColdWaterTank", knots: tank},
				{ROM: "28ff641e8fdf18c1", Name: "Loft", knots: loft},
				{ROM: "28ff641e93c0a27f", Name: "BoilerFeed", knots: boilerFeed},
				{ROM: "28ff641e62b1d40a", Name: "HotWater", knots: hotWater},
				{ROM: "28ff641f0a55e913", Name: "Radiators", knots: radiators},
			},
		},
		{
			Addr: netip.MustParseAddr("127.0.0.57"), every: 13 * time.Second,
			Sensors: []DemoSensor{
				{ROM: "28ff4a02b3170485", Name: "Outside", knots: outside},
				{ROM: "28ff4a02b3170511", Name: "Garage", knots: garage},
				{ROM: "28ff4a02b31706d2", Name: "Greenhouse", knots: greenhouse, powerOn: true},
			},
		},
		{
			Addr: netip.MustParseAddr("127.0.0.61"), Name: "shed", every: 12 * time.Second,
			silent: 109 * time.Minute,
			Sensors: []DemoSensor{
				{ROM: "28ff9c11205504e0", Name: "Shed", knots: shed},
				{ROM: "28ff9c112055057b", Name: "LogStore", knots: logStore},
			},
		},
	}
}

// A knot is a temperature at a number of hours after the start.
type knot struct{ hour, celsius float64 }

// The curves. Between knots they are straight, beyond the last one level.
var (
	tank = []knot{
		{-24, 6.1},
		{-20, 5.9},
		{-18, 5.3},
		{-15, 5.0},
		{-12, 4.9},
		{-9, 4.3},
		{-6, 4.0},
		{-3, 3.7},
		{-1, 3.35},
		{-0.25, 3.02},
		{0, 2.9},
		{1, 2.45},
		{2, 2.6},
		{6, 5.8},
		{24, 6.1},
	}
	loft = []knot{
		{-24, 7.7}, {-14, 7.9}, {-11, 7.2}, {-8, 6.1}, {-5, 5.2}, {-2, 4.6}, {0, 4.1}, {4, 3.2}, {12, 7.5},
	}
	boilerFeed = []knot{
		{-24, 19.4},
		{-14.6, 19.0},
		{-14.5, 58},
		{-14.1, 62.4},
		{-13.6, 57},
		{-13, 39},
		{-11.5, 30},
		{-10, 20.2},
		{-5.3, 19.2},
		{-5.2, 57},
		{-4.6, 61},
		{-2.4, 59},
		{-1.9, 47},
		{0, 38.1},
		{2, 24},
		{9.4, 19},
		{9.5, 58},
		{10.4, 61},
		{14, 21},
	}
	hotWater = []knot{
		{-24, 24.9},
		{-14.5, 24.2},
		{-14, 52},
		{-13.2, 58.1},
		{-12.2, 45},
		{-10, 34},
		{-8, 28},
		{-5, 26.1},
		{0, 24.2},
		{9.5, 23.4},
		{10.5, 57},
		{16, 27},
	}
	radiators = []knot{
		{-24, 20.3}, {-12, 19.6}, {-5.2, 20}, {-4.4, 51}, {-2.6, 55.3}, {-1.4, 44}, {0, 34.4}, {2, 24}, {9.5, 20}, {10.2, 52}, {14, 22},
	}
	outside = []knot{
		{-24, 2.9}, {-21, 3.5}, {-18, 4.8}, {-15, 4.5}, {-12, 3.2}, {-9, 1.2}, {-6, 0.1}, {-3, -0.9}, {0, -1.9}, {4, -3.4}, {12, 4.1},
	}
	garage = []knot{
		{-24, 6.6}, {-19, 6.9}, {-15, 6.3}, {-11, 5.4}, {-7, 4.7}, {-3, 4.2}, {-0.5, 3.95}, {0, 4.2}, {6, 3.6}, {14, 6.4},
	}
	greenhouse = []knot{
		{-24, 5.9}, {-19, 5.0}, {-16, 5.3}, {-12.5, 7.4}, {-11, 7.1}, {-9, 5.2}, {-6, 3.4}, {-3, 2.2}, {0, 1.2}, {4, 0.2}, {12, 7.2},
	}
	shed     = []knot{{-24, 5.5}, {-16, 5.1}, {-10, 4.6}, {-5, 4.2}, {0, 3.6}}
	logStore = []knot{{-24, 6.8}, {-17, 6.5}, {-9, 6.1}, {-4, 5.8}, {0, 5.5}}
)

// celsius is the temperature at a time after the start, as a DS18B20 would
// say it: in steps of 1/16, and not quite still.
func (s *DemoSensor) celsius(since time.Duration) float64 {
	tick := uint64(since / time.Second)
	noise := rand.New(rand.NewPCG(tick, uint64(s.ROM[15])<<8|uint64(s.ROM[14]))).Float64() - 0.5
	return math.Round(16*at(s.knots, since.Hours())+noise) / 16
}

func at(knots []knot, hour float64) float64 {
	last := knots[0]
	for _, k := range knots {
		if hour < k.hour {
			if k.hour == last.hour {
				return k.celsius
			}
			return last.celsius + (k.celsius-last.celsius)*(hour-last.hour)/(k.hour-last.hour)
		}
		last = k
	}
	return last.celsius
}

// DemoDay calls visit for each reading of the 25 hours before start, one Pico
// after the other, each in order of time.
func DemoDay(start time.Time, visit func(s DemoSensor, at time.Time, celsius float64)) {
	for _, p := range DemoPicos() {
		for since := -25 * time.Hour; since < -p.silent; since += p.every {
			for i, s := range p.Sensors {
				moment := since + time.Duration(i)*time.Second
				if moment < 0 {
					visit(s, start.Add(moment), s.celsius(moment))
				}
			}
		}
	}
}

// NewDemo returns a Simulation of the demo. start is where DemoDay left off, and
// now the clock; send sends a packet of one Pico, counted as in DemoPicos.
func NewDemo(start time.Time, now func() time.Time, send func(pico int, payload []byte) error) *Simulation {
	sim := &Simulation{cfg: Config{Now: now, Send: send}}
	for i, p := range DemoPicos() {
		if p.silent > 0 {
			continue
		}
		made := &pico{Simulation: sim, number: i, sleep: p.every - time.Duration(len(p.Sensors))*conversion}
		for _, s := range p.Sensors {
			made.sensors = append(made.sensors, startedSensor{s, start})
		}
		if p.Name != "" {
			made.status = p.status
		}
		sim.picos = append(sim.picos, made)
	}
	return sim
}

// A startedSensor knows when the demo began.
type startedSensor struct {
	DemoSensor
	start time.Time
}

// packet is what the Pico sends for the sensor. In its second poll a sensor may
// say the power-on value.
func (s startedSensor) packet(now time.Time, poll int) temperature {
	celsius := s.celsius(now.Sub(s.start))
	if s.powerOn && poll == 1 {
		celsius = 85.0
	}
	return newTemperature(s.Name, s.ROM, celsius, 0)
}

// status is what the Pico sends after a feed call, one in five of which fails.
func (p DemoPico) status(poll int) status {
	if poll%5 == 4 {
		return newStatus(p.Name, "API Exception")
	}
	return newStatus(p.Name, "API 200 OK")
}
