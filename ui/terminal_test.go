package ui

import (
	"reflect"
	"testing"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// TestTerminalModeIsRestored holds a terminal to the mode that it had, whoever
// changed it meanwhile.
func TestTerminalModeIsRestored(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	defer slave.Close()
	was, err := term.GetState(slave.Fd())
	if err != nil {
		t.Fatal(err)
	}
	tty, err := openTerminal(slave, slave, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := term.MakeRaw(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	tty.close()
	if is, err := term.GetState(slave.Fd()); err != nil || !reflect.DeepEqual(is, was) {
		t.Errorf("the mode is %v, and was %v; %v", is, was, err)
	}
}
