package app

import (
	"context"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/homeassistant"
	"picotop/internal/notify"
	"picotop/internal/peer"
	"picotop/internal/remotewrite"
)

// packetsWaiting is how many packets may wait between the sockets and the house.
// When it is full feed drops and counts.
const packetsWaiting = 4096

// An instance is one running picotop.
type instance struct {
	Config
	now     func() time.Time
	started time.Time
	logger  *slog.Logger

	house    *house.House
	listener *feed.Listener
	store    *history.Store // nil if nothing is to be kept
	roster   history.Roster // as saved; build's, then keepRoster's, then close's
	restored bool           // whether roster was loaded; likewise

	rosterFails bool // whether it could not be saved the last time; likewise
	exporter    *exporter.Exporter
	http        httpState
	recent      recentPackets
	saved       houseFile
	notifier    *notify.Notifier
	assistant   *homeassistant.Publisher
	remoteWrite *remotewrite.Sender // nil if nothing is sent
	config      configState
	hangup      chan os.Signal     // of a service; nil never comes
	onConfig    func(*config.File) // told of each file that is put in force; nil means nobody

	applied    atomic.Int64 // when apply last came round, in nanoseconds since started
	restartFor string       // the keys of which was said that they need a restart; keepConfig's
	unlock     func()       // takes the lock info away; nil if there is none
}

func newInstance(cfg Config, logger *slog.Logger) *instance {
	if cfg.File == nil || cfg.Demo { // the made-up house has its own rules
		cfg.File = config.Default()
		cfg.LoadFile = nil
	}
	return &instance{Config: cfg, now: time.Now, started: time.Now(), logger: logger}
}

// build makes the rooms, and tells the house what history knows, and what another
// picotop knew before it went away.
func (i *instance) build(ctx context.Context, known house.State) error {
	i.house = house.New(house.Config{Rules: i.File.Rules()})
	i.putInForce(i.File)
	i.listener = feed.New(feed.Config{
		Group: i.Group, Ports: i.Ports, Interfaces: i.Interfaces,
		Unicast: i.Unicast, Bind: i.Bind, Interval: i.house.LongestInterval, Now: i.now, Logger: i.logger,
	})
	if err := i.openStore(); err != nil {
		return err
	}
	i.notifier = i.newNotifier(known)
	i.assistant = i.newHomeAssistant()
	i.remoteWrite = i.newRemoteWrite()
	served := exporter.Config{
		Source: i, Past: i.past, Version: i.Version, Logger: i.logger, Now: i.now,
		House: peer.Handler(i, i.Version, os.Getpid()), WebConfig: i.WebConfig,
		MetricsPath: i.MetricsPath, CORSOrigin: i.CORSOrigin, AllowedHosts: i.AllowedHosts,
	}
	if i.store != nil {
		served.History = i.store.Queryable()
	}
	i.exporter = exporter.New(served)
	if err := i.restoreHouse(ctx, known); err != nil {
		i.close()
		return err
	}
	return nil
}

// restoreHouse tells the house of the past.
func (i *instance) restoreHouse(ctx context.Context, known house.State) error {
	if i.store != nil && i.isOpen() {
		if i.Demo {
			if err := i.storeDemoDay(); err != nil {
				return err
			}
		}
		if err := i.restore(ctx); err != nil {
			return err
		}
	}
	i.restoreFrom(known)
	i.house.Resume(i.now())
	return nil
}

// close ends what build made.
func (i *instance) close() {
	if i.store == nil {
		return
	}
	if i.unlock != nil {
		i.unlock()
	}
	if i.restored { // else the roster there would be lost
		i.saveRoster()
	}
	i.saveHouse()
	if err := i.store.Close(); err != nil {
		i.logger.Error("closing the history", "err", err)
	}
}
