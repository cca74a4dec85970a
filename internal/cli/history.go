package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"picotop/history"
	"picotop/internal/app"
	"picotop/internal/format"
)

// historyCommand returns the commands that look after the history by hand.
func historyCommand(p Program) *cobra.Command {
	var data dataFlag
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Look at the history, and take it elsewhere",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar((*string)(&data), "data", "", "directory that keeps the history")
	cmd.AddCommand(infoCommand(p, &data), exportCommand(p, &data), importCommand(p, &data), mergeCommand(p, &data), forgetCommand(p, &data))
	return cmd
}

// dataFlag is the data directory that was named; empty if none was.
type dataFlag string

// dir is the directory that was named, or else the one that picotop would take.
func (d *dataFlag) dir() (string, error) {
	if *d != "" {
		return string(*d), nil
	}
	return findDataDir(os.Getenv)
}

// A busyError says that the program which has the history open has to be stopped
// first.
type busyError struct{ *history.InUseError }

func (e *busyError) Unwrap() error { return e.InUseError }

func (e *busyError) hint() string {
	if stop := app.StopHolder(e.Lock); stop != "" {
		return "stop it first: " + stop
	}
	return "stop it first; see which one it is: sudo fuser -v " + format.ShellQuote(e.Lock)
}

// changeError words why a history was not changed: a picotop that holds it can be
// stopped, and who stopped the command wants to know that nothing happened.
func changeError(ctx context.Context, err error) error {
	if inUse, ok := errors.AsType[*history.InUseError](err); ok {
		err = &busyError{inUse}
	}
	return stopped(ctx, err)
}

// stopped says so if an error is because the user wanted no more.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("stopped; nothing is changed")
	}
	return err
}
