package house

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const rom = "28aaaaaaaaaaaa01"

// A packet is one of those that follow each other at the given interval.
type packet struct {
	from    netip.AddrPort
	name    string
	celsius float64
}

// play has one ROM code sent in turn, and returns what is believed: of which
// sensor, and what.
func (s *script) play(every time.Duration, times int, turn ...packet) []string {
	var out []string
	for range times {
		for _, p := range turn {
			s.wait(every / time.Duration(len(turn)))
			late := s.believed
			s.believed = nil
			for _, r := range append(late, s.say(p.from, rom, p.name, p.celsius)...) {
				out = append(out, fmt.Sprintf("%s %s %v", r.Sensor, r.SensorName, r.Celsius))
			}
		}
	}
	return out
}

// rows are the sensors in a few words.
func (s *script) rows() []string {
	var out []string
	for _, x := range s.State(s.now).Sensors {
		out = append(out, fmt.Sprintf("%s %s %s %v", x.ID, x.Pico, x.DisplayName, x.Celsius))
	}
	return out
}

var (
	inLoft = packet{loft, "Loft", 21}
	inTank = packet{shed, "Cold Tank", 2}
)

func TestOneCodeFromTwoPicosIsAClash(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	believed := s.play(time.Second, 6, inLoft, inTank)
	counts := map[string]int{}
	for _, b := range believed {
		counts[b]++
	}
	same(t, "believed", counts, map[string]int{rom + " Loft 21": 6, rom + "~2 ColdTank 2": 6})
	same(t, "rows", s.rows(), []string{rom + " 192.0.2.10 Loft 21", rom + "~2 192.0.2.11 Cold Tank 2"})
	same(t, "wrong", s.wrong(), []string{"freezing Cold Tank 12:00:01", "clash Loft 12:00:01"})
	same(t, "told once", s.told(), []string{"12:00:01 freezing Cold Tank", "12:00:01 clash Loft and Cold Tank"})
	for _, e := range s.State(s.now).Events {
		if e.Kind == Clash && (e.Text != rom+" from 192.0.2.10 and 192.0.2.11" || e.Sensors != 2) {
			t.Errorf("event %+v", e)
		}
	}
	for _, x := range s.State(s.now).Sensors {
		if !x.Clash || x.Code != rom || x.Low != x.High && x.Low.Celsius != x.High.Celsius {
			t.Errorf("sensor %+v", x)
		}
	}
	s.play(15*time.Second, 20, inLoft)
	same(t, "wrong when one falls silent", s.wrong(), []string{"freezing Cold Tank 12:00:01", "silent pico 192.0.2.11 12:00:06", "clash Loft 12:00:01"})
	s.play(15*time.Second, 40, inLoft)
	same(t, "wrong when it stays silent", s.wrong(), []string{"freezing Cold Tank 12:00:01", "silent pico 192.0.2.11 12:00:06"})
	same(t, "told", s.told()[2:], []string{"12:00:06 silent 192.0.2.11", "12:10:21 clash_over Loft and Cold Tank"})
}

func TestAClashIsKeptApartThroughLostPackets(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	air := rand.New(rand.NewPCG(1, 2))
	for i := range 5000 {
		s.wait(5 * time.Second)
		p := []packet{inLoft, inTank}[i%2]
		if i > 0 && air.Float64() < 0.3 {
			continue // lost
		}
		s.say(p.from, rom, p.name, p.celsius)
	}
	same(t, "rows", s.rows(), []string{rom + " 192.0.2.10 Loft 21", rom + "~2 192.0.2.11 Cold Tank 2"})
	for _, x := range s.State(s.now).Sensors {
		if x.Low.Celsius != x.High.Celsius {
			t.Errorf("mixed: %+v", x)
		}
	}
	if told := s.told(Silent, HeardAgain); len(told) != 2 {
		t.Errorf("told %v", told)
	}
}

func TestAClashOfCopiedConfigurations(t *testing.T) {
	s := newScript(Config{})
	s.play(15*time.Second, 10, packet{loft, "Tank", 21}, packet{shed, "Tank", 4})
	same(t, "rows", s.rows(), []string{rom + " 192.0.2.10 Tank 21", rom + "~2 192.0.2.11 Tank 4"})
	same(t, "told", s.told(), []string{"12:00:22 clash Tank"})
}

func TestASensorThatMovedIsOneSensor(t *testing.T) {
	moved := packet{shed, "Loft", 20}
	tests := map[string]struct {
		after time.Duration // silence
		says  packet
	}{
		"after a night":               {12 * time.Hour, moved},
		"when it was silent":          {2 * time.Minute, moved},
		"at once, to a new address":   {0, moved},
		"within a few polls":          {30 * time.Second, moved},
		"and got a name of its place": {0, packet{shed, "Garage", 20}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			s.play(15*time.Second, 20, inLoft)
			s.wait(tt.after)
			believed := s.play(15*time.Second, 20, tt.says)
			for _, r := range s.Advance(s.now) {
				t.Errorf("%v was not told in time", r)
			}
			if len(believed) != 20 {
				t.Errorf("%d of 20 readings believed: %v", len(believed), believed)
			}
			st := s.State(s.now)
			if len(st.Sensors) != 1 || st.Sensors[0].ID != rom || st.Sensors[0].Pico != shed.Addr() || st.Sensors[0].Celsius != 20 {
				t.Errorf("sensors %+v", st.Sensors)
			}
			if x := st.Sensors[0]; x.High.Celsius != 21 || x.Low.Celsius != 20 || x.HeardFor < 9*time.Minute {
				t.Errorf("its past: %+v", x)
			}
			for _, e := range st.Events {
				if e.Kind == Clash || tt.after == 0 && e.Kind == Silent {
					t.Errorf("told %+v", e)
				}
			}
		})
	}
}

func TestAMoveThatIsNoticedByAPacket(t *testing.T) {
	s := newScript(Config{})
	var got []string
	for i := range 40 {
		s.now = s.now.Add(15 * time.Second)
		from := loft
		if i >= 20 {
			from = shed
		}
		for _, r := range s.say(from, rom, "Loft", float64(i)) {
			got = append(got, fmt.Sprint(r.Sensor, " ", r.Celsius))
		}
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(rom, " ", i))
	}
	same(t, "believed", got, want)
	same(t, "rows", s.rows(), []string{rom + " 192.0.2.11 Loft 39"})
}

func TestAMoveThatEndsInSilenceLosesNothing(t *testing.T) {
	s := newScript(Config{})
	s.play(15*time.Second, 10, inLoft)
	s.wait(15 * time.Second)
	if got := s.say(shed, rom, "Loft", 20); len(got) > 0 {
		t.Fatalf("believed at once: %v", got)
	}
	var got []Reading
	for range 120 {
		s.now = s.now.Add(time.Second)
		got = append(got, s.Advance(s.now)...)
	}
	want := []Reading{{Sensor: rom, SensorName: "Loft", FriendlyName: "Loft", At: start.Add(165 * time.Second), Celsius: 20}}
	same(t, "believed", got, want)
}

func TestAllSensorsOfAPicoWithANewAddressMove(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.poll(10*time.Minute, 15*time.Second, map[netip.AddrPort][]string{loft: {"A", "B", "C"}}, 20)
	s.poll(20*time.Minute, 15*time.Second, map[netip.AddrPort][]string{shed: {"A", "B", "C"}}, 19)
	st := s.State(s.now)
	if len(st.Sensors) != 3 || len(st.Picos) != 1 || st.Picos[0].Addr != shed.Addr() || st.Picos[0].Sensors != 3 {
		t.Errorf("sensors %v, picos %+v", s.rows(), st.Picos)
	}
	same(t, "told", s.told(), []string(nil))
}

func TestAThirdSenderAndNoMore(t *testing.T) {
	s := newScript(Config{})
	var turn []packet
	for i := range 8 {
		turn = append(turn, packet{netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 1), fmt.Sprint("Room", i), 10 + float64(i)})
	}
	s.play(8*time.Second, 20, turn...)
	if st := s.State(s.now); len(st.Sensors) != maxRows || st.RefusedSensors == 0 {
		t.Errorf("%d rows, %d refused", len(st.Sensors), st.RefusedSensors)
	}
	for _, x := range s.State(s.now).Sensors {
		if x.Low.Celsius != x.High.Celsius {
			t.Errorf("mixed: %+v", x)
		}
	}
}

func TestAClashAfterARestart(t *testing.T) {
	recall := func(s *script, withPicos bool) {
		from := map[string]netip.Addr{}
		if withPicos {
			from[rom], from[rom+"~2"] = loft.Addr(), shed.Addr()
		}
		for at := -time.Hour; at < 0; at += 15 * time.Second {
			s.Recall(Reading{Sensor: rom, SensorName: "Loft", At: start.Add(at), Celsius: 21}, from[rom])
			s.Recall(Reading{Sensor: rom + "~2", SensorName: "ColdTank", At: start.Add(at + time.Second), Celsius: 2}, from[rom+"~2"])
		}
		s.Resume(start)
	}
	tests := map[string]struct {
		withPicos bool
		turn      []packet
	}{
		"as before":                       {true, []packet{inLoft, inTank}},
		"the other one speaks first":      {true, []packet{inTank, inLoft}},
		"nobody knows which Picos":        {false, []packet{inTank, inLoft}},
		"new addresses after a power cut": {true, []packet{{netip.MustParseAddrPort("192.0.2.30:1"), "Cold Tank", 2}, {netip.MustParseAddrPort("192.0.2.31:1"), "Loft", 21}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			recall(s, tt.withPicos)
			s.play(15*time.Second, 20, tt.turn...)
			got := map[string]string{}
			for _, x := range s.State(s.now).Sensors {
				got[x.ID] = x.DisplayName
				if x.Low.Celsius != x.High.Celsius {
					t.Errorf("mixed: %+v", x)
				}
			}
			same(t, "rows", got, map[string]string{rom: "Loft", rom + "~2": "Cold Tank"})
		})
	}
}

func TestAClashThatBeginsAfterARestartDoesNotTakeTheHistory(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.Recall(Reading{Sensor: rom, SensorName: "Loft", At: start.Add(-time.Minute), Celsius: 21}, loft.Addr())
	s.Resume(start)
	s.play(15*time.Second, 10, inTank, inLoft)
	same(t, "rows", s.rows(), []string{rom + " 192.0.2.10 Loft 21", rom + "~2 192.0.2.11 Cold Tank 2"})
}

func TestCodesOfOldHistoriesAreOneSensor(t *testing.T) {
	s := newScript(Config{})
	for i, code := range []string{"28FF641E8FDF18C1", "28-ff641e8fdf18c1", "28ff641e8fdf18c1", "28FF641E8FDF18C1~2"} {
		s.Recall(Reading{Sensor: code, SensorName: "Tank", At: start.Add(time.Duration(i-9) * time.Minute), Celsius: 5}, netip.Addr{})
	}
	s.Resume(start)
	var ids []string
	for _, x := range s.State(s.now).Sensors {
		ids = append(ids, x.ID)
	}
	same(t, "sensors", ids, []string{"28ff641e8fdf18c1", "28ff641e8fdf18c1~2"})
}

func TestANameThatLooksLikeTheSecondOfItsCode(t *testing.T) {
	s := newScript(Config{})
	s.Recall(Reading{Sensor: "Boiler~2", SensorName: "Boiler~2", At: start.Add(-time.Minute), Celsius: 50}, loft.Addr())
	s.Resume(start)
	s.hear(loft, "Boiler~2", 50)
	s.hear(loft, "Boiler", 40)
	s.hear(shed, "Boiler", 40)
	s.wait(15 * time.Second)
	s.hear(loft, "Boiler", 40)
	var ids []string
	for _, x := range s.State(s.now).Sensors {
		ids = append(ids, x.ID)
	}
	same(t, "sensors", ids, []string{"Boiler", "Boiler~2", "Boiler~3"})
}

// The law: whoever sends a few codes from a few addresses, IDs are unique, each
// reading is believed for one sensor only, in the order of time, and nothing is
// believed of an address for the sensor of another that is alive.
func FuzzIdentity(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 200, 0, 1, 2})
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
		last := map[string]time.Time{}
		seen := map[time.Time]bool{}
		note := func(rs []Reading) {
			for _, r := range rs {
				if !r.At.After(last[r.Sensor]) || seen[r.At] {
					t.Fatalf("%+v comes after %v, or twice", r, last[r.Sensor])
				}
				last[r.Sensor], seen[r.At] = r.At, true
			}
		}
		for _, b := range script {
			s.now = s.now.Add(time.Duration(1+b/32) * 3 * time.Second)
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, b % 3}), 1)
			note(s.say(from, fmt.Sprint("code", b/3%2), fmt.Sprint("room", b/6%3), 20))
			if b%5 == 0 {
				note(s.Advance(s.now))
			}
			st := s.State(s.now)
			ids, perPico := map[string]bool{}, map[netip.Addr]int{}
			for _, x := range st.Sensors {
				ids[x.ID] = true
				perPico[x.Pico]++
			}
			want := map[netip.Addr]int{}
			for _, p := range st.Picos {
				if p.Sensors > 0 {
					want[p.Addr] = p.Sensors
				}
			}
			if len(ids) != len(st.Sensors) {
				t.Fatalf("IDs are not unique: %v", s.rows())
			}
			if d := cmp.Diff(want, perPico, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
				t.Fatalf("sensors by pico (-want +got):\n%s", d)
			}
		}
	})
}
