package ui

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/internal/status"
)

func TestBrokerLine(t *testing.T) {
	f := winter()
	m := newModel(Config{Source: f, Now: func() time.Time { return monday }, Location: time.UTC}, func(rangeRequest) tea.Msg { return nil }, nil)
	const gone, refused = "nothing listens at port 1883 of broker.lan", "it does not let this user write below homeassistant/"
	for name, c := range map[string]struct {
		mqtt status.MQTT
		want string
	}{
		"none is told":              {status.MQTT{}, ""},
		"all is well":               {status.MQTT{Broker: "x", Connected: true}, ""},
		"restarted a moment ago":    {status.MQTT{Broker: "x", DownSince: monday.Add(-time.Minute), Err: gone}, ""},
		"gone for minutes":          {status.MQTT{Broker: "x", DownSince: monday.Add(-brokerDownFor), Err: gone}, "Home Assistant not told since 21:44: " + gone},
		"it does not take all":      {status.MQTT{Broker: "x", Connected: true, Err: refused}, "Home Assistant: " + refused},
		"not asked for, and failed": {status.MQTT{Err: gone}, ""},
	} {
		s := m.viewState
		s.health.MQTT = c.mqtt
		all := problems(&s, 200)
		if c.want == "" && len(all) > len(problems(&m.viewState, 200)) || c.want != "" && !slices.Contains(all, c.want) {
			t.Errorf("%s: %q", name, all)
		}
	}
}
