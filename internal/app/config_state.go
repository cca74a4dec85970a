package app

import (
	"sync"
	"time"

	"picotop/internal/config"
	"picotop/internal/status"
)

// configState is what is in force of the configuration file, and what is wrong with
// what it says now. The zero value is no file.
type configState struct {
	mu       sync.Mutex // guards the rest
	file     *config.File
	path     string
	err      string
	loadedAt time.Time
}

// loaded notes that a file is in force.
func (c *configState) loaded(f *config.File, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.file, c.err, c.path = f, "", f.Path
	if f.Path != "" {
		c.loadedAt = at
	}
}

// failed notes that what the file says now is not in force.
func (c *configState) failed(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = why
}

// inForce is the file that was read last without an error.
func (c *configState) inForce() *config.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.file
}

func (c *configState) status() status.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	return status.Config{File: c.path, Err: c.err, LoadedAt: c.loadedAt}
}
