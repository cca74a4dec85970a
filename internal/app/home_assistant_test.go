package app

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"picotop/house"
	"picotop/internal/config"
)

// TestHomeAssistantConfig holds what of the file reaches Home Assistant.
func TestHomeAssistantConfig(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const begin = "[mqtt]\nbroker = \"192.168.1.10\"\nuser = \"u\"\n"
	for name, c := range map[string]struct {
		cfg      Config
		text     string
		url, say string
	}{
		"none is named":             {text: "limit = 2.0"},
		"a broker with a password":  {text: begin + "password_file = \"password\"", url: "mqtt://192.168.1.10:1883"},
		"its password is not here":  {text: begin + "password_file = \"gone\"", say: "no such file"},
		"its authority is not here": {text: begin + "ca_file = \"gone\"", say: "no such file"},
		"the demo":                  {cfg: Config{Demo: true}, text: begin},
		"who looks once":            {cfg: Config{looksOnce: true}, text: begin},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := config.Parse(filepath.Join(dir, "config.toml"), []byte(c.text+"\n[pico.\"192.168.1.57\"]\narea = \"Loft\"\n"), config.Known{})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			i := newInstance(c.cfg, slog.New(slog.NewTextHandler(&log, nil)))
			got := i.homeAssistantConfig(f)
			if got.Broker.URL != c.url || c.url != "" && got.Broker.Password != "open sesame" {
				t.Errorf("%+v", got.Broker)
			}
			if !strings.Contains(log.String(), c.say) || (c.say == "") != (log.Len() == 0) {
				t.Errorf("the log says %q", log.String())
			}
			loft := netip.MustParseAddr("192.168.1.57")
			if got.Area(house.Sensor{Pico: loft}) != "Loft" || got.PicoArea(house.Pico{Addr: loft}) != "Loft" || got.PicoArea(house.Pico{}) != "" {
				t.Error("the wrong room")
			}
		})
	}
}

func TestWhoTellsHomeAssistant(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  Config
		want bool
	}{
		"a service without a history":   {Config{headless: true}, true},
		"a dashboard without a history": {Config{}, false},
		"the demo":                      {Config{headless: true, Demo: true}, false},
		"who looks once":                {Config{headless: true, looksOnce: true}, false},
	} {
		if got := newInstance(c.cfg, slog.New(slog.DiscardHandler)).tellsHomeAssistant(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
