package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/host"
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

// execute reads the command line and runs the command. Its errors that concern
// the command line itself are usageErrors.
func execute(ctx context.Context, args []string, s Streams) error {
	cmd := newCommand(s)
	cmd.AddCommand(historyCommand(s), recordCommand(s), replayCommand(s), simulateCommand(s), doctorCommand(s))
	markRunErrors(cmd)
	cmd.SetArgs(args)
	cmd.SetIn(s.In)
	cmd.SetOut(s.Out)
	cmd.SetErr(s.Err)
	err := fang.Execute(ctx, cmd,
		fang.WithVersion(host.Version("")),
		fang.WithColorSchemeFunc(fang.AnsiColorScheme),
		// Errors are told in one place, by report.
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}),
	)
	if failed, ok := errors.AsType[*runError](err); ok {
		return failed.error
	}
	if err != nil && !isUsage(err) {
		return &usageError{err: errors.New(plain(err.Error())), try: "see what there is: picotop --help"}
	}
	return err
}

// A runError is what a command failed with while it ran. All other errors are
// cobra's, about the command line.
type runError struct{ error }

// markRunErrors wraps the errors of a command and of those below it in
// runErrors.
func markRunErrors(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		markRunErrors(c)
	}
	run := cmd.RunE
	if run == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := run(cmd, args); err != nil {
			return &runError{err}
		}
		return nil
	}
}

// plain takes out the quotation and the line breaks that cobra puts in.
func plain(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// newCommand returns the command without a name, which shows the house.
func newCommand(s Streams) *cobra.Command {
	o := options{}
	group := groupValue(netip.AddrFrom4([4]byte{239, 0, 0, 1}))
	ports := portsValue{ports: []uint16{11235, 9999}}
	listen := listenValue(":8000")
	level := levelValue(slog.LevelInfo)
	retention := retentionValue(history.DefaultRetention)
	size := sizeValue(history.DefaultMaxBytes)
	var interfaces interfacesValue
	var bind bindValue

	cmd := &cobra.Command{
		Use:     "picotop",
		Short:   "The temperatures of the house, at a glance",
		Long:    about,
		Example: examples,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := cmd.Flags().Changed
			o.group, o.ports, o.listen = netip.Addr(group), ports.ports, string(listen)
			o.level, o.interfaces = slog.Level(level), interfaces
			o.retention, o.retentionSize = time.Duration(retention), int64(size)
			o.exporter = o.exporter || set("listen")
			o.bind = netip.Addr(bind)
			o.unicast = o.unicast || set("bind")
			o.dataGiven = set("data")
			if err := o.complete(os.Getenv); err != nil {
				return err
			}
			return start(cmd.Context(), o, s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	// A line of help is to fit 80 columns.
	f.BoolVar(&o.exporter, "exporter", false, "show the dashboard, and serve /metrics beside it")
	f.BoolVar(&o.headless, "headless", false, "serve /metrics without a dashboard, as a service")
	f.VarP(&listen, "listen", "s", "address to serve on; implies --exporter")
	f.VarP(&group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&ports, "port", "p", "port to hear, repeatable")
	f.VarP(&interfaces, "interface", "i", "network to hear, by name or address, repeatable")
	f.BoolVar(&o.unicast, "unicast", false, "hear what is sent straight to this machine too")
	f.Var(&bind, "bind", "the one address for that; implies --unicast")
	f.BoolVar(&o.standalone, "standalone", false, "do not show a picotop that runs already")
	f.StringVar(&o.from, "from", "", "show a picotop elsewhere, by its URL")
	f.StringVar(&o.credentials, "from-credentials", "", "file with user:password for that")
	f.StringVar(&o.webConfig, "web.config.file", "", "file with certificate and users for serving")
	f.StringVar(&o.data, "data", "", "directory that keeps the history")
	f.Var(&retention, "retention", "how long the history is kept")
	f.Var(&size, "retention-size", "how much disk it may take; the oldest goes first")
	f.BoolVar(&o.noHistory, "no-history", false, "keep nothing on disk")
	f.BoolVar(&o.demo, "demo", false, "show a made-up house, to try it without any Pico")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain characters only")
	f.BoolVar(&o.fahrenheit, "fahrenheit", false, "show degrees Fahrenheit")
	f.Var(&level, "log-level", "how much to log, from debug to error")

	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &usageError{
			err: errors.New(plain(err.Error())),
			try: cmp.Or(hint(err), "see what there is: picotop --help"),
		}
	})
	return cmd
}

// complete fills in what was not given, and checks the whole.
func (o *options) complete(getenv func(string) string) error {
	if err := o.check(); err != nil {
		return err
	}
	o.ascii = o.ascii || asciiLocale(getenv)
	if o.data == "" && !o.noHistory && !o.demo && o.from == "" {
		dir, err := findData(getenv)
		if err != nil {
			return err
		}
		o.data = dir
	}
	return nil
}
