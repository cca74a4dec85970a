//go:build !linux

package doctor

import (
	"context"
	"errors"
)

// open is not possible here.
func (w *wire) open() { w.err = errors.New("that can be seen on Linux only") }

func (*wire) widen([]link) {}

func (*wire) watch(context.Context) {}
