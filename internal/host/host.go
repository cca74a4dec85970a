// Package host tells of the machine that the program runs on: how much room a
// disk has, whether the clock is right, which build this is, and which program
// holds a port.
//
// It only looks, and changes nothing.
package host

import "errors"

// ErrNotTold says that this kind of system does not tell.
var ErrNotTold = errors.New("this system does not tell")
