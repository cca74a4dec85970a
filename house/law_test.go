package house

import (
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
)

// A restartable house is one that can be stopped and started again, with what it knew.
type restartable struct {
	*script
	cfg      Config
	readings []Reading
	picos    map[string]netip.Addr // by sensor
	told     []Event
}

func newRestartable(cfg Config) *restartable {
	return &restartable{script: newScript(cfg), cfg: cfg, picos: map[string]netip.Addr{}}
}

// take notes what is believed and told.
func (r *restartable) take(readings []Reading) {
	r.readings = append(r.readings, readings...)
	r.told = append(r.told, r.TakeEvents()...)
	for _, s := range r.State(r.now).Sensors {
		r.picos[s.ID] = s.Pico
	}
}

func (r *restartable) restart(away time.Duration) {
	decided, now, picos := r.Decisions(), r.now.Add(away), r.State(r.now).Picos
	r.script = newScript(r.cfg)
	r.now = now
	for _, p := range picos {
		if p.Name != "" {
			r.RecallPico(p.Addr, p.Name)
		}
	}
	r.RecallEvents(r.told)
	r.RecallDecisions(decided)
	for _, x := range r.readings {
		r.Recall(x, r.picos[x.Sensor])
	}
	r.Resume(now)
	r.take(nil)
}

// The law: whatever is said, lost and decided, and whenever the program is stopped, what
// is told of each condition begins and ends by turns; what begins in the state was told;
// and no low or high is a value that is not believed.
func FuzzConditions(f *testing.F) {
	f.Add([]byte{1, 13, 40, 1, 13, 5, 1, 13, 5, 0, 200, 0, 7, 60, 0, 1, 13, 90})
	f.Add([]byte{1, 10, 255, 1, 10, 255, 1, 10, 255, 1, 10, 255, 1, 10, 255, 1, 10, 255, 1, 60, 255, 7, 1, 0, 1, 10, 255, 1, 10, 40})
	f.Add([]byte{5, 10, 1, 5, 10, 1, 5, 10, 1, 7, 9, 9, 5, 10, 1, 5, 10, 200, 2, 10, 40, 3, 10, 40, 2, 100, 40, 3, 100, 40})
	f.Fuzz(func(t *testing.T, does []byte) {
		if len(does) > 3*400 {
			return
		}
		r := newRestartable(Config{Rules: Rules{Limit: DefaultLimit, Sensors: map[string]SensorRule{
			"28ff02": {High: Threshold{Set: true, Celsius: 20}, Rate: 5},
		}}})
		for i := 0; i+2 < len(does); i += 3 {
			what, length, value := does[i], time.Duration(does[i+1]), does[i+2]
			for range length/8 + 1 {
				r.wait(min(length, 8) * time.Second)
				r.take(r.believed)
				r.believed = nil
			}
			celsius := float64(value)/4 - 8
			kind := feed.Temperature
			if value == 255 {
				kind, celsius = feed.Impossible, -127
			}
			say := func(from netip.AddrPort, code, name string) {
				r.take(r.Apply(feed.Packet{Kind: kind, Sensor: code, Name: name, From: from, Heard: r.now, Celsius: celsius}))
			}
			switch what % 10 {
			case 0: // nothing is said
			case 1:
				say(loft, "28ff01", "Tank")
			case 2:
				say(loft, "28ff02", "Boiler")
			case 3:
				say(shed, "28ff02", "Boiler")
			case 4:
				say(shed, "28ff03", "Tank")
			case 5:
				text := "API 200 OK"
				if value%2 > 0 {
					text = "API Exception"
				}
				r.status(loft, "loft", text)
				r.take(nil)
			case 6:
				r.SetTrouble(CannotStore, [2]string{"", "full"}[value%2], r.now)
			case 7:
				r.restart(time.Duration(value) * 5 * time.Second)
			case 8:
				_ = r.Decide(Decision{Action: Acknowledge, Sensor: "28ff01", Kind: Kinds()[int(value)%len(Kinds())], At: r.now})
			case 9:
				_ = r.Decide(Decision{Action: []Action{ColdIsNormal, ColdAsLearned}[value%2], Sensor: "28ff01", At: r.now})
			}
			r.take(nil)
		}
		for i := range r.told { // a name may be learnt meanwhile
			if r.told[i].Label == "loft" {
				r.told[i].Label = loft.Addr().String()
			}
		}
		alternate(t, r.told)
		believed := map[string]map[float64]bool{}
		for _, x := range r.readings {
			if believed[x.Sensor] == nil {
				believed[x.Sensor] = map[float64]bool{}
			}
			believed[x.Sensor][x.Celsius] = true
		}
		for _, s := range r.State(r.now).Sensors {
			if s.Valid && (!believed[s.ID][s.Low.Celsius] || !believed[s.ID][s.High.Celsius]) && !s.Low.At.IsZero() {
				t.Fatalf("%s: low %v and high %v of %v", s.ID, s.Low, s.High, believed[s.ID])
			}
		}
	})
}
