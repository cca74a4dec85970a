package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"picotop/internal/config"
)

// keepConfig reads the configuration file anew when it changes, and when a service is
// asked to by SIGHUP, until ctx ends.
func (i *instance) keepConfig(ctx context.Context) {
	if i.LoadFile == nil {
		return
	}
	changed := make(chan struct{}, 1)
	var watching sync.WaitGroup
	defer watching.Wait()
	watching.Go(func() {
		err := config.Watch(ctx, i.Watched, i.started, func() { wakeUp(changed) })
		if err != nil {
			i.logger.Warn("changes of the configuration file are not noticed; SIGHUP has it read", "err", err)
		}
	})
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-i.hangup:
		}
		i.reload()
	}
}

// reload puts in force what the file says now. If that cannot be, what was in force
// stays.
func (i *instance) reload() {
	old := i.config.inForce()
	f, err := i.LoadFile()
	if err == nil && f.Path == "" && old.Path != "" {
		err = fmt.Errorf("%s: it is gone; what it said stays in force until picotop is started again", old.Path)
	}
	if err != nil {
		i.refuse(err)
		return
	}
	i.putInForce(f)
	i.logger.Info("the configuration file is in force", "file", f.Path, "sensors", len(f.Sensors), "targets", len(f.Notify.Targets))
	i.logRestart(f)
}

// putInForce hands a file to those whom it concerns.
func (i *instance) putInForce(f *config.File) {
	i.house.SetRules(f.Rules(), i.now())
	if i.notifier != nil { // else it is made with this
		i.notifier.SetConfig(i.notifyConfig(f))
		i.assistant.SetConfig(i.homeAssistantConfig(f))
		i.setRemoteWrite(f)
	}
	i.config.loaded(f, i.now())
	if i.onConfig != nil {
		i.onConfig(f)
	}
}

// refuse says that what the file says now is not in force.
func (i *instance) refuse(err error) {
	const message = "the configuration file is not in force; what was before still is"
	errs, ok := errors.AsType[config.Errors](err)
	if !ok {
		i.logger.Error(message, "err", err)
		i.config.failed(err.Error())
		return
	}
	for _, e := range errs {
		i.logger.Error(message, "err", e, "hint", e.Hint)
	}
	i.config.failed(errs.Error())
}

// logRestart names the keys that differ from those at the start, and cannot change
// while picotop runs. It does so once for the same keys.
func (i *instance) logRestart(f *config.File) {
	var keys []string
	for _, pair := range [][2]*config.File{{f, i.File}, {i.File, f}} {
		for _, s := range pair[0].Settings {
			if !pair[1].Says(s) && !slices.Contains(keys, s.Key) {
				keys = append(keys, s.Key)
			}
		}
	}
	slices.Sort(keys)
	if text := strings.Join(keys, ", "); text != i.restartFor {
		i.restartFor = text
		if text != "" {
			i.logger.Warn("some of the configuration file needs a restart", "keys", text)
		}
	}
}
