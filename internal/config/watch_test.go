package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWatch holds that each way of changing a file is noticed, once.
func TestWatch(t *testing.T) {
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(dir, path string) error{
		"written in place": func(_, path string) error { return os.WriteFile(path, []byte("limit = 2"), 0o644) },
		"replaced by an editor": func(dir, path string) error {
			return errors.Join(os.WriteFile(dir+"/.new", []byte("limit = 2"), 0o644), os.Rename(path, path+"~"), os.Rename(dir+"/.new", path))
		},
		"emptied first": func(_, path string) error {
			return errors.Join(os.Truncate(path, 0), os.WriteFile(path, []byte("limit = 2"), 0o644))
		},
		"taken away": func(_, path string) error { return os.Remove(path) },
		"the end of the link exchanged": func(dir, path string) error {
			return errors.Join(os.Remove(path), os.Symlink(dir+"/ends/other.toml", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "config.toml")
			write(t, path, "limit = 1")
			if err := os.Mkdir(dir+"/ends", 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, dir+"/ends/other.toml", "limit = 3")
			calls := watched(t, path)
			if err := change(dir, path); err != nil {
				t.Fatal(err)
			}
			select {
			case <-calls:
			case <-time.After(20 * time.Second):
				t.Fatal("nothing noticed")
			}
			select {
			case <-calls:
				t.Error("noticed twice")
			case <-time.After(3 * settleFor):
			}
		})
	}
}

// watched watches a file until the end of the test.
func watched(t *testing.T, path string) <-chan struct{} {
	t.Helper()
	calls, done := make(chan struct{}, 10), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- Watch(ctx, []string{path}, time.Now(), func() { calls <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	// What is changed before it watches is seen as well, unless it is changed before the
	// first look; so wait until the watcher has looked.
	time.Sleep(settleFor / 2)
	return calls
}
