// Package cli is what one types: the commands, their flags and values, and the
// words in which picotop answers, errors and hints among them.
//
// [Run] is the whole program. There is one file for each command; what several
// share is in the files flag_*.go, progress_*.go, terminal.go, hints.go and
// errors.go. A command reads its flags, calls package app, and words what comes
// back. Errors are returned from a command's RunE, typed, and told in one place.
//
// Cobra lives here alone. The package opens no socket and no store: it knows the
// rooms only by the types of their answers and errors.
package cli

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// A Program is what is run: its version, and the three files that it is given.
type Program struct {
	Version  string
	In       io.Reader
	Out, Err io.Writer
}

// Run runs the command that args ask for, and returns the exit status: 0 for
// success and when it was told to stop, by a key or by ctx; 2 for a command line
// that was not understood and for a question that could not be answered; and 1 for
// anything else. It tells errors on p.Err.
func Run(ctx context.Context, args []string, p Program) int {
	err := execute(ctx, args, p)
	if err != nil {
		report(p.Err, err)
	}
	return exitCode(err)
}

// execute reads the command line and runs the command. Its errors that concern
// the command line itself are usageErrors.
func execute(ctx context.Context, args []string, p Program) error {
	cmd := rootCommand(p)
	cmd.AddCommand(onceCommand(p), historyCommand(p), recordCommand(p), replayCommand(p), simulateCommand(p), doctorCommand(p), configCommand(p), notifyCommand(p), manCommand(p))
	complete(cmd)
	markRunErrors(cmd)
	cmd.DisableAutoGenTag = true
	cmd.SetArgs(args)
	cmd.SetIn(p.In)
	cmd.SetOut(p.Out)
	cmd.SetErr(p.Err)
	err := fang.Execute(ctx, cmd,
		fang.WithVersion(p.Version),
		fang.WithColorSchemeFunc(fang.AnsiColorScheme),
		fang.WithoutManpage(), // ours keeps paragraphs together
		// Errors are told in one place, by report.
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}),
	)
	if failed, ok := errors.AsType[*runError](err); ok {
		return failed.error
	}
	if err != nil && !isUsage(err) {
		return &usageError{err: errors.New(firstLine(err.Error())), try: seeHelp}
	}
	return err
}

// seeHelp is the hint where nothing better is known.
const seeHelp = "see what there is: picotop --help"

// firstLine takes out what cobra adds below an error.
func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
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
		if cmd.HasParent() { // the one without a parent sees to it itself
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
			defer stop()
			cmd.SetContext(ctx)
		}
		if err := run(cmd, args); err != nil {
			return &runError{err}
		}
		return nil
	}
}
