package app

import (
	"os"
	"time"

	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/homeassistant"
)

// How long after the start Home Assistant keeps what an earlier run told it of and this
// one knows nothing of. A service that has its history knows every sensor; one without
// knows only whom it heard.
const (
	keepUnknown        = 10 * time.Minute
	keepUnknownForADay = 24 * time.Hour
	unknownHost        = "picotop"
)

// newHomeAssistant makes what shows this house in Home Assistant.
func (i *instance) newHomeAssistant() *homeassistant.Publisher {
	host, err := os.Hostname()
	if err != nil {
		host = unknownHost
	}
	keep := keepUnknownForADay
	if i.headless && i.store != nil && i.isOpen() {
		keep = keepUnknown
	}
	return homeassistant.New(i.homeAssistantConfig(i.File), homeassistant.Options{
		Host: host, Data: i.Data, Version: i.Version, KeepUnknown: keep, Logger: i.logger, Now: i.now,
	})
}

// tellsHomeAssistant reports whether this one is to speak for the house: a service, or
// the dashboard that has the history while there is none. A made-up house is nobody's
// business.
func (i *instance) tellsHomeAssistant() bool {
	return !i.Demo && !i.looksOnce && (i.headless || i.store != nil && i.isOpen())
}

// homeAssistantConfig is what the configuration file says of Home Assistant. Without its
// password the broker is not asked: it would count that as an attempt to break in.
func (i *instance) homeAssistantConfig(f *config.File) homeassistant.Config {
	cfg := homeassistant.Config{
		Area:     func(s house.Sensor) string { return f.AreaOf(s.Code, s.Name, s.Pico) },
		PicoArea: func(p house.Pico) string { return f.AreaOf("", "", p.Addr) },
	}
	m := f.MQTT
	if m.Broker == "" || i.Demo || i.looksOnce {
		return cfg
	}
	b := homeassistant.Broker{URL: m.Broker, User: m.User, Discovery: m.Discovery, Topic: m.Topic}
	var err error
	if b.Password, err = m.Password.Reveal(os.Getenv); err == nil {
		b.CA, err = m.Certificates()
	}
	if err != nil {
		i.logger.Error("Home Assistant cannot be told", "broker", m.Broker, "err", err, "hint", "see which file: picotop config check")
		return cfg
	}
	cfg.Broker = b
	return cfg
}
