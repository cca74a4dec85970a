package cli

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/config"
)

const about = `picotop shows the temperatures that Raspberry Pi Picos send on the home
network, and warns when something is freezing or has gone silent.

Run it and look at the top of the screen. It finds the sensors by itself; new
ones appear as soon as they are heard. Press ? for help, q to quit.

It keeps the history in ~/.local/state/picotop, or as a service in the place
that systemd gives it.`

const examples = `# the dashboard
picotop

# look at it without any Pico
picotop --demo

# find out why nothing is heard
picotop doctor

# as a service, for Prometheus to read
picotop --headless --listen :8000

# hear one port on one network only
picotop -p 9999 -i eth0

# how much history there is
picotop history info`

// options are the flags of the command without a name.
type options struct {
	network     networkFlags
	listen      listenValue
	ssh         listenValue
	bind        bindValue
	level       levelValue
	logFormat   logFormatValue
	path        pathValue
	origin      originValue
	retention   retentionValue
	size        sizeValue
	remoteWrite remoteWriteValue
	from        fromFlags
	config      string // file; empty means where one is looked for
	headless    bool
	ascii       bool
	fahrenheit  bool
	noBell      bool
	theme       themeValue

	file *config.File // read by settle

	app.Config // the rest
}

// rootCommand returns the command without a name, which shows the house or serves
// it.
func rootCommand(p Program) *cobra.Command {
	o := newOptions()
	cmd := &cobra.Command{
		Use:     "picotop",
		Short:   "The temperatures of the house, at a glance",
		Long:    about,
		Example: examples,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.settle(cmd.Flags(), os.Getenv); err != nil {
				return err
			}
			ctx := cmd.Context()
			if !o.headless { // there it has the file read anew
				var stop context.CancelFunc
				ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP)
				defer stop()
			}
			return o.run(ctx, p)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(o.flags())
	cmd.Flags().SetNormalizeFunc(otherNames)

	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &usageError{err: errors.New(firstLine(err.Error())), try: cmp.Or(hint(err), seeHelp)}
	})
	return cmd
}

// newOptions are what picotop does if nobody says otherwise.
func newOptions() *options {
	return &options{
		network: newNetworkFlags(), listen: ":8000", level: levelValue(slog.LevelInfo), logFormat: "logfmt", path: "/metrics", theme: "auto",
		retention: retentionValue(history.DefaultRetention), size: history.DefaultMaxBytes,
	}
}

// flags are the flags that set the options.
func (o *options) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("picotop", pflag.ContinueOnError)
	f.SortFlags = false
	// A line of help is to fit 80 columns.
	f.BoolVar(&o.Exporter, "exporter", false, "show the dashboard, and serve /metrics beside it")
	f.BoolVar(&o.headless, "headless", false, "serve /metrics without a dashboard, as a service")
	f.VarP(&o.listen, "listen", "s", "address to serve on; implies --exporter")
	o.network.add(f)
	f.BoolVar(&o.Unicast, "unicast", false, "hear what is sent straight to this machine too")
	f.Var(&o.bind, "bind", "the one address for that; implies --unicast")
	f.BoolVar(&o.Standalone, "standalone", false, "do not show a picotop that runs already")
	o.from.add(f)
	f.StringVar(&o.WebConfig, "web.config.file", "", "file with certificate and users for serving")
	f.Var(&o.path, "web.telemetry-path", "path under which the metrics are served")
	f.Var(&o.origin, "web.cors.origin", "pages that may read the API, as a regular expression")
	f.StringArrayVar(&o.AllowedHosts, "web.allow-host", nil, "name under which browsers come, repeatable")
	f.Var(&o.ssh, "ssh", "address where people with a key may look, by ssh")
	f.StringVar(&o.SSH.Keys, "ssh-keys", "/etc/picotop/authorized_keys", "file with the keys of those")
	f.StringVar(&o.SSH.Owners, "ssh-owner-keys", "/etc/picotop/owner_keys", "file with keys that may decide, too")
	f.Var((*modeValue)(&o.SocketMode), "socket-mode", "who may attach on this machine; 0666 is everyone")
	f.StringVar(&o.Data, "data", "", "directory that keeps the history")
	f.Var(&o.retention, "retention", "how long the history is kept")
	f.Var(&o.size, "retention-size", "how much disk it may take; the oldest goes first")
	f.Var(&o.remoteWrite, "remote-write", "database that gets all, by its remote write URL")
	f.BoolVar(&o.NoHistory, "no-history", false, "keep nothing on disk")
	f.BoolVar(&o.Demo, "demo", false, "show a made-up house, to try it without any Pico")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain characters only")
	f.Var(&o.theme, "theme", "colours: auto, dark, light, contrast or colorblind")
	f.BoolVar(&o.noBell, "no-bell", false, "do not ring when something freezes or is silent")
	f.BoolVar(&o.fahrenheit, "fahrenheit", false, "show degrees Fahrenheit")
	f.Var(&o.level, "log-level", "how much to log, from debug to error")
	f.Var(&o.logFormat, "log.format", "how to write the log: logfmt or json")
	f.StringVar(&o.config, "config", "", "file with the owner's settings")
	f.SetNormalizeFunc(otherNames)
	return f
}

// complete checks what was asked for, and fills in what was not given.
func (o *options) complete(getenv func(string) string) error {
	if err := o.check(); err != nil {
		return err
	}
	o.ascii = o.ascii || asciiLocale(getenv)
	if o.Data != "" || o.NoHistory || o.Demo || o.from.url != "" {
		return nil
	}
	dir, err := findDataDir(getenv)
	if err != nil {
		return err
	}
	o.Data = dir
	return nil
}

// check finds what does not go together.
func (o *options) check() error {
	conflict := func(what, try string) error {
		return &usageError{err: errors.New(what), try: try}
	}
	if err := o.from.check(); err != nil {
		return err
	}
	switch {
	case o.from.url != "" && (o.Demo || o.Standalone):
		return conflict("--from shows what is kept elsewhere, so it hears and keeps nothing itself", "picotop --from "+o.from.url)
	case o.from.url != "" && o.Exporter && !o.headless:
		return conflict("--from serves pages only without a dashboard", "picotop --headless --from "+o.from.url)
	case o.WebConfig != "" && !o.Exporter && !o.headless:
		return conflict("--web.config.file has no use without serving", "picotop --headless --web.config.file FILE")
	case o.origin.Regexp != nil && !o.Exporter && !o.headless:
		return conflict("--web.cors.origin has no use without serving", "picotop --headless --web.cors.origin "+o.origin.String())
	case o.NoHistory && o.DataNamed:
		return conflict("--data and --no-history exclude each other", "leave one of them out")
	case o.Demo && o.DataNamed:
		return conflict("--demo keeps its history in a temporary place, so --data has no use", "picotop --demo")
	case o.Demo && len(o.network.interfaces) > 0:
		return conflict("--demo never leaves this machine, so --interface has no use", "picotop --demo")
	}
	return nil
}

// run runs the service or the dashboard, or writes what that would show into a pipe or
// a file.
func (o *options) run(ctx context.Context, p Program) error {
	cfg, err := o.appConfig(p)
	switch {
	case err != nil:
		return err
	case o.headless:
		return app.Serve(ctx, cfg, p.Err)
	case terminalOf(p.Out) == nil:
		return o.writeHouse(ctx, cfg, p)
	}
	keys, done := keyboard(p)
	if keys == nil {
		return &noTerminalError{}
	}
	defer done()
	return app.Show(ctx, cfg, app.Screen{
		In: keys, Out: p.Out, ASCII: o.ascii, Fahrenheit: o.fahrenheit, NoBell: o.noBell, Sort: o.file.Sort, Theme: string(o.theme),
	})
}

// appConfig is what app is told.
func (o *options) appConfig(p Program) (app.Config, error) {
	cfg := o.Config
	cfg.Version, cfg.Hint = p.Version, hint
	cfg.File, cfg.LoadFile, cfg.Watched = o.remoteWrite.addTo(o.file), o.loadFile, o.candidates()
	cfg.Group, cfg.Ports, cfg.Interfaces = netip.Addr(o.network.group), o.network.ports.ports, o.network.interfaces
	cfg.Bind, cfg.Listen, cfg.LogLevel = netip.Addr(o.bind), string(o.listen), slog.Level(o.level)
	cfg.SSH.Listen = string(o.ssh)
	cfg.SSH.Screen = app.Screen{ASCII: o.ascii, Fahrenheit: o.fahrenheit, NoBell: o.noBell, Sort: o.file.Sort, Theme: string(o.theme)}
	cfg.MetricsPath, cfg.CORSOrigin, cfg.LogJSON = string(o.path), o.origin.Regexp, o.logFormat == "json"
	cfg.Retention, cfg.MaxBytes = time.Duration(o.retention), int64(o.size)
	return cfg, o.from.apply(&cfg, os.Getenv)
}

// writeHouse writes the table of picotop once. A pipe is for reading, so a warning is
// no failure there.
func (o *options) writeHouse(ctx context.Context, cfg app.Config, p Program) error {
	told, err := app.Once(ctx, cfg, app.OnceConfig{})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	case told.Houses != nil:
		return o.style().Houses(p.Out, *told.Houses)
	}
	return o.style().Table(p.Out, stateHere(told.House))
}

// A noTerminalError says that there is nothing to draw on.
type noTerminalError struct{}

func (*noTerminalError) Error() string { return "the dashboard needs a keyboard, and there is none" }

func (*noTerminalError) hint() string {
	return "without one, as a service, run: picotop --headless; through ssh: ssh -t HOST picotop"
}
