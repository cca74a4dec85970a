package app

import (
	"errors"
	"log/slog"
	"testing"
)

func TestAPartThatFails(t *testing.T) {
	i := &instance{logger: slog.New(slog.DiscardHandler)}
	var nothing map[string]int
	err := i.guarded(func() error { nothing["x"]++; return nil })()
	if fault, ok := errors.AsType[*FaultError](err); !ok || err.Error() != "a part of picotop failed: assignment to entry in nil map" {
		t.Errorf("%v, %v", err, fault)
	}
	other := errors.New("no room")
	if err := i.guarded(func() error { return other })(); !errors.Is(err, other) {
		t.Error(err)
	}
}
