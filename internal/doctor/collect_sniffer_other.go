//go:build !linux

package doctor

import (
	"context"
	"errors"
)

// open is not possible here.
func (s *sniffer) open() { s.err = errors.New("that can be seen on Linux only") }

func (*sniffer) enableAllMulticast([]link) {}

func (*sniffer) run(context.Context) {}
