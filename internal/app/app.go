// Package app is one running picotop: it starts and stops the rooms, and hands
// each what it needs of the others.
//
// [Serve] runs a service, or serves pages of houses that are kept elsewhere, and [Show]
// runs a dashboard, which shows a picotop that runs already or else runs one itself. An
// [OpenRecording] is played instead of heard.
// The other functions are what the remaining commands do: [Record],
// [OpenSimulation], [Diagnose], and those that look after a history by hand.
//
// Every goroutine has an owner here who waits for it. One direction of data: feed
// hears, house is told, history stores, and the screen, the exporter and other
// picotops ask for snapshots.
//
// The package knows no command line and has no words for people: it returns typed
// facts and errors, and the package cli words them. Its log is for operators.
package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"picotop/exporter"
	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/peer"
	"picotop/ui"
)

// A Config says what a picotop is to do. It must be consistent: Demo, From and
// Headless exclude each other where that makes no sense, which cli checks.
type Config struct {
	Version string // of the program, as people and metrics are told

	// What to hear.
	Group      netip.Addr
	Ports      []uint16
	Interfaces []string // names or addresses; empty means all
	Unicast    bool     // also what is sent straight to this machine
	Bind       netip.Addr

	// What to keep.
	Data      string // the directory that the history is below; empty if there is none
	DataNamed bool   // the user named it, so it has to do
	NoHistory bool
	Retention time.Duration
	MaxBytes  int64 // of the history

	// What to serve.
	Exporter  bool   // beside the dashboard
	Listen    string // address for HTTP
	WebConfig string // file with TLS and users; empty means neither

	SSH SSH // who may look by ssh; a service's alone

	SocketMode fs.FileMode // who may attach on this machine; 0 means everyone

	MetricsPath  string         // "/metrics" if empty
	CORSOrigin   *regexp.Regexp // pages from elsewhere that may read; nil means none
	AllowedHosts []string       // names under which browsers may come, besides the usual ones

	// What to show.
	Standalone bool         // never another picotop
	From       *peer.Target // a picotop elsewhere, or an engine; nil means none
	Match      string       // of From: which houses and sensors of an engine; empty means all
	HouseLabel string       // the label that tells its houses apart; empty means "house"
	Demo       bool         // a made-up house

	// What the owner wrote.
	File *config.File // nil means nothing
	// LoadFile reads the file anew, for when it changed; nil means that it is not looked
	// at again.
	LoadFile func() (*config.File, error)
	Watched  []string // where the file is, or may come to be

	LogLevel slog.Level
	LogJSON  bool // rather than logfmt
	// Hint says what might help after an error, for the log; nil means that
	// nobody knows.
	Hint func(error) string

	headless  bool
	looksOnce bool // it tells nobody
}

// Themes are the names of the themes of a Screen; the first is the usual one.
func Themes() []string { return ui.Themes() }

// A Screen is the terminal of a dashboard, and how the user wants it drawn.
type Screen struct {
	In         io.Reader
	Out        io.Writer
	ASCII      bool
	Fahrenheit bool
	NoBell     bool
	Sort       string // as in [config.File]
	Theme      string // one of Themes
}

// Serve runs a picotop without a screen until ctx ends, which makes it return
// nil. It logs to w. With From it hears nothing, and serves the houses of an engine.
func Serve(ctx context.Context, cfg Config, w io.Writer) error {
	cfg.headless = true
	cleanUp, err := prepare(&cfg)
	if err != nil {
		return err
	}
	defer cleanUp()
	// A log into a pipe that nobody reads any more is no reason to end.
	signal.Ignore(syscall.SIGPIPE)
	lines := newLogQueue(w)
	defer lines.close()
	logger := newLogger(cfg, lines)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	if cfg.From != nil {
		return serveEngine(ctx, cfg, logger, hangup)
	}
	i := newInstance(cfg, logger)
	i.hangup = hangup
	if err := i.build(ctx, house.State{}); err != nil {
		return err
	}
	defer i.close()
	return i.run(ctx)
}

// Show runs a dashboard until ctx ends, the user quits or the terminal is gone; it
// then returns nil. What cannot work fails before anything is drawn.
func Show(ctx context.Context, cfg Config, screen Screen) error {
	cleanUp, err := prepare(&cfg)
	if err != nil {
		return err
	}
	defer cleanUp()
	logger, closeLog := openLogFile(cfg)
	defer closeLog()

	// The standard library writes there of odd HTTP servers, over the screen.
	log.SetOutput(io.Discard)
	collectNow := collectLater()
	source, err := openView(ctx, cfg, logger)
	collectNow()
	if err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	shown := make(chan error, 1)
	go func() {
		defer quit()
		config := screen.config(source, source.changes(), time.Now)
		if !cfg.Demo {
			config.Doctor = func(ctx context.Context) []ui.DoctorLine { return doctorReport(ctx, cfg) }
		}
		shown <- ui.Run(ctx, config)
	}()
	err = source.run(ctx)
	quit()
	select {
	case screenErr := <-shown:
		return cmp.Or(err, screenErr)
	case <-time.After(screenTimeout):
		// A terminal that takes no more bytes, as over an ssh that hangs, must
		// not keep the program. It could not be told an error either.
		logger.Warn("leaving a terminal that takes nothing", "err", err)
		return nil
	}
}

// screenTimeout is how long leaving the screen may take.
const screenTimeout = 3 * time.Second

// config is what the screens are told.
func (s Screen) config(source ui.Source, changed <-chan struct{}, now func() time.Time) ui.Config {
	houses, _ := source.(ui.Houses)
	if view, ok := source.(*engineView); ok && !view.several {
		houses = nil
	}
	return ui.Config{
		Source: source, Houses: houses, Changed: changed, Now: now,
		Export: func(table ui.Export) (string, error) { return exportChart(".", now(), table) },
		In:     s.In, Out: s.Out, ASCII: s.ASCII, Fahrenheit: s.Fahrenheit, NoBell: s.NoBell, Sort: s.Sort, Theme: s.Theme,
	}
}

// prepare checks what can be checked before anything is started, and makes room
// for the demo. cleanUp takes away what it made.
func prepare(cfg *Config) (cleanUp func(), err error) {
	if cfg.WebConfig != "" {
		if err := exporter.CheckWebConfig(cfg.WebConfig); err != nil {
			return nil, err
		}
	}
	if !cfg.Demo {
		return func() {}, nil
	}
	cleanUp, err = prepareDemo(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the demo: %w", err)
	}
	return cleanUp, nil
}
