package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"picotop/internal/app"
	"picotop/internal/format"
	"picotop/internal/notify"
)

// notifyCommand returns the commands about messages.
func notifyCommand(p Program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notify",
		Short: "Try whether messages reach you",
		Long: `picotop tells those that the configuration file names in [[notify]] of what is
wrong: by ntfy, e-mail, Telegram and some thirty other services, or by a command.`,
		Example: "picotop notify test",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(notifyTest(p))
	return cmd
}

func notifyTest(p Program) *cobra.Command {
	o := newOptions()
	cmd := &cobra.Command{
		Use:   "test [NAME]...",
		Short: "Send a test message to each target, and say what came back",
		Long: `picotop notify test sends one message to each target of the configuration file, or
to those that are named, and calls the heartbeat. Its exit status is 1 if one of
them could not be reached.

A service may read the file as another user, with secrets that you cannot see:
sudo -u picotop picotop notify test`,
		Example: "picotop notify test\npicotop notify test phone --config new.toml",
		RunE: func(cmd *cobra.Command, names []string) error {
			file, err := o.loadFile()
			if err != nil {
				return err
			}
			failures := 0
			cfg := app.NotifyConfig(file, func(target string, err error) {
				if len(names) == 0 || slices.Contains(names, target) {
					failures++
					fmt.Fprintf(p.Out, "not sent  %s: %v\n", target, err)
				}
			})
			if len(names) > 0 && failures == 0 {
				if cfg, err = only(cfg, names); err != nil {
					return err
				}
			}
			if len(cfg.Targets) == 0 && cfg.Heartbeat.URL == "" && failures == 0 {
				return &noTargetsError{file: file.Path}
			}
			failures += sendTests(cmd.Context(), p, cfg)
			if failures > 0 {
				return &toldError{format.Count(failures, "target") + " not reached"}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.config, "config", "", "file with the owner's settings")
	return cmd
}

// only leaves the targets that are named.
func only(cfg notify.Config, names []string) (notify.Config, error) {
	all := cfg.Targets
	cfg.Targets, cfg.Heartbeat = nil, notify.Heartbeat{}
	for _, name := range names {
		found := false
		for _, t := range all {
			if t.Name == name {
				cfg.Targets, found = append(cfg.Targets, t), true
			}
		}
		if !found {
			try := "picotop notify test"
			if len(all) > 0 {
				try += " " + format.ShellQuote(all[0].Name)
			}
			return cfg, &usageError{err: fmt.Errorf("no target is called %q", name), try: try}
		}
	}
	return cfg, nil
}

// sendTests sends to all at once, says what came of each in their order, and returns
// how many failed.
func sendTests(ctx context.Context, p Program, cfg notify.Config) int {
	type attempt struct {
		name string
		send func() error
		err  error
	}
	var all []*attempt
	for _, t := range cfg.Targets {
		all = append(all, &attempt{name: t.Name, send: func() error { return notify.Test(ctx, t, time.Now()) }})
	}
	if cfg.Heartbeat.URL != "" {
		all = append(all, &attempt{name: "heartbeat", send: func() error { return notify.Call(ctx, cfg.Heartbeat) }})
	}
	var sending sync.WaitGroup
	for _, a := range all {
		sending.Go(func() { a.err = a.send() })
	}
	sending.Wait()
	failed := 0
	for _, a := range all {
		if a.err != nil {
			failed++
			fmt.Fprintf(p.Out, "not sent  %s: %v\n", a.name, a.err)
			continue
		}
		fmt.Fprintf(p.Out, "sent      %s\n", a.name)
	}
	return failed
}

// A noTargetsError says that nobody is to be told.
type noTargetsError struct{ file string }

func (e *noTargetsError) Error() string {
	if e.file == "" {
		return "there is no configuration file, so nobody is told"
	}
	return e.file + " names nobody who is to be told"
}

func (*noTargetsError) hint() string { return "see [[notify]] in: picotop config example" }
