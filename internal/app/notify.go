package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/notify"
)

const (
	notifyFileName = "notify.json"
	maxNotifyFile  = 4 << 20 // bytes
	// takeOverAfter is how long a service may be gone before a dashboard that took its
	// place tells people: it is restarted now and then, and then tells of the same.
	takeOverAfter = 3 * time.Minute
)

// newNotifier makes what tells people of this house. A made-up one is nobody's business,
// and who only looks once sends nothing. What another picotop knew before it went away it
// told of as well.
func (i *instance) newNotifier(known house.State) *notify.Notifier {
	opts := notify.Options{Logger: i.logger, Now: i.now}
	if !known.At.IsZero() {
		opts.Told, opts.NotBefore = known, i.now().Add(takeOverAfter)
	}
	if i.store != nil && !i.Demo && !i.looksOnce {
		path := filepath.Join(i.Data, notifyFileName)
		opts.Load = func() ([]byte, error) { return readBounded(path, maxNotifyFile) }
		opts.Save = func(text []byte) error {
			if !i.isOpen() {
				return errors.New("the history is not open")
			}
			return writeWhole(path, nil, func(w io.Writer) error { _, err := w.Write(text); return err })
		}
	}
	return notify.New(i.notifyConfig(i.File), opts)
}

// notifyConfig is what the configuration file says of messages.
func (i *instance) notifyConfig(f *config.File) notify.Config {
	if i.Demo || i.looksOnce {
		return notify.Config{}
	}
	return NotifyConfig(f, func(target string, err error) {
		i.logger.Error("this target cannot be told", "target", target, "err", err)
	})
}

// NotifyConfig is what a configuration file says of messages, with its secrets. What of
// them is not here is left out, and failed is told.
func NotifyConfig(f *config.File, failed func(target string, err error)) notify.Config {
	cfg := notify.Config{RepeatAfter: f.Notify.RepeatAfter, PerHour: f.Notify.PerHour, Fahrenheit: f.Units == "fahrenheit"}
	if q := f.Notify.Quiet; q.Set {
		cfg.Quiet = notify.QuietHours{From: sinceMidnight(q.From), To: sinceMidnight(q.To), Freezing: q.Freezing}
	}
	for _, t := range f.Notify.Targets {
		target := notify.Target{Name: t.Name, Command: t.Command, On: t.On, Timeout: t.Timeout}
		if len(t.Command) == 0 {
			url, err := t.URL.Reveal(os.Getenv)
			if err != nil {
				failed(t.Name, err)
				continue
			}
			target.URL = url
		}
		cfg.Targets = append(cfg.Targets, target)
	}
	if h := f.Notify.Heartbeat; !h.URL.IsZero() {
		url, err := h.URL.Reveal(os.Getenv)
		if err != nil {
			failed("heartbeat", err)
		}
		cfg.Heartbeat = notify.Heartbeat{URL: url, Every: h.Every}
	}
	return cfg
}

func sinceMidnight(c config.Clock) time.Duration {
	return time.Duration(c.Hour)*time.Hour + time.Duration(c.Minute)*time.Minute
}
