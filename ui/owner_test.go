package ui

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// TestOwnersWishes holds what the screen begins with if the owner said so.
func TestOwnersWishes(t *testing.T) {
	f := winter()
	f.health.Config.Err = "/etc/picotop/config.toml:3: unknown key \"limti\""
	m := newModel(Config{
		Source: f, Now: func() time.Time { return monday }, Location: time.UTC, Sort: "name", Theme: "light",
	}, func(rangeRequest) tea.Msg { return nil }, nil)
	if m.table.sortOrder != byName {
		t.Errorf("sorted %q", m.table.sortOrder)
	}
	if m.dark {
		t.Error("dark")
	}
	if all := problems(&m.viewState, 200); !slices.Contains(all, "config: "+f.health.Config.Err) {
		t.Error(all)
	}
	for name, want := range map[string]sortOrder{"": byPico, "pico": byPico, "coldest": byColdest, "age": byAge, "odd": byPico} {
		if got := sortOrderNamed(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
