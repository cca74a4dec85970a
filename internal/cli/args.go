package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArgs wants nothing but flags and the commands below. What is none of these
// commands but nearly one is asked about.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args[0])
}

// unknownCommand is the error about a word that is no command below cmd.
func unknownCommand(cmd *cobra.Command, word string) error {
	try := seeHelp
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		try = fmt.Sprintf("did you mean: %s %s", cmd.CommandPath(), near[0])
	}
	return &usageError{err: fmt.Errorf("unknown command %q for %q", word, cmd.CommandPath()), try: try}
}

// namedArgs wants exactly so many arguments, called as a person would say it.
func namedArgs(example string, names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == len(names):
			return nil
		case len(args) > len(names):
			return &usageError{err: fmt.Errorf("name %s, and no more", strings.Join(names, " and ")), try: example}
		}
		return &usageError{err: errors.New("name " + strings.Join(names[len(args):], " and ")), try: example}
	}
}

// oneFile wants exactly one file on the command line.
func oneFile(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return &usageError{err: errors.New("name a file"), try: example}
		case len(args) > 1:
			return &usageError{err: errors.New("name one file, not several"), try: example}
		}
		return nil
	}
}
