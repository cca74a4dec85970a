package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"
)

const (
	// maxHung is how many attempts at one target may hang at once. Those of shoutrrr
	// cannot be stopped, so one that does not come back is left behind.
	maxHung = 3
	// forgetHung is after how long one that hangs counts no more.
	forgetHung = 6 * time.Hour
	// awaitLate is for how long an attempt that took too long is waited for, since its
	// message may yet arrive, before the message is sent anew.
	awaitLate = 10 * time.Minute
	// clientTimeout bounds the services that set no bound of their own.
	clientTimeout = time.Minute
)

// boundDefaultClient sets that bound: those services use http.DefaultClient.
var boundDefaultClient = sync.OnceFunc(func() { http.DefaultClient.Timeout = clientTimeout })

// A urlTarget tells a service by shoutrrr, which knows the ways of some thirty. It is
// used by one goroutine at a time.
type urlTarget struct {
	url     string
	service types.Service
	hung    chan struct{} // holds a word for each attempt that has not come back
	late    *urlAttempt   // took too long; nil if none did
}

// A urlAttempt is one message on its way.
type urlAttempt struct {
	id      string // of the message
	started time.Time
	done    chan struct{} // closed when it has come back
	err     error         // to be read after that
}

func urlSender(rawURL string) (sender, error) {
	boundDefaultClient()
	t := &urlTarget{url: rawURL, hung: make(chan struct{}, maxHung)}
	if err := t.locate(); err != nil {
		return nil, err
	}
	return t.send, nil
}

// locate makes the service anew.
func (t *urlTarget) locate() error {
	r, err := router.New(nil)
	if err == nil {
		t.service, err = r.Locate(t.url)
	}
	return redacted(err, t.url)
}

// send is the [sender]. It does not send a message that is on its way already.
func (t *urlTarget) send(ctx context.Context, m Message) error {
	a := t.late
	t.late = nil
	if a == nil || a.id != m.ID || time.Since(a.started) > awaitLate || a.failed() {
		var err error
		if a, err = t.start(m); err != nil {
			return err
		}
	}
	select {
	case <-a.done:
		return redacted(a.err, t.url)
	case <-ctx.Done():
		t.late = a
		return &hungError{after: time.Since(a.started).Round(time.Second)}
	}
}

// failed reports whether an attempt came back with an error.
func (a *urlAttempt) failed() bool {
	select {
	case <-a.done:
		return a.err != nil
	default:
		return false
	}
}

// start begins an attempt, with a service of its own: what hangs may still use the one
// before, and some add the headers of a message to those of the one before.
func (t *urlTarget) start(m Message) (*urlAttempt, error) {
	if err := t.locate(); err != nil {
		return nil, err
	}
	select {
	case t.hung <- struct{}{}:
	default:
		return nil, errors.New("earlier attempts still hang")
	}
	a := &urlAttempt{id: m.ID, started: time.Now(), done: make(chan struct{})}
	back := sync.OnceFunc(func() { <-t.hung })
	forget := time.AfterFunc(forgetHung, back)
	service := t.service
	go func() {
		defer close(a.done)
		defer back()
		defer forget.Stop()
		defer func() { // what another program sends must not end the watch over a house
			if r := recover(); r != nil {
				a.err = fmt.Errorf("the code for this service failed: %v", r)
			}
		}()
		text, params := textFor(t.url, m)
		a.err = service.Send(text, &params)
		if answer, ok := errors.AsType[jsonclient.Error](a.err); ok && answer.StatusCode < http.StatusMultipleChoices {
			a.err = nil // it was taken; who cannot read the answer must not tell it twice
		}
	}()
	return a, nil
}

// titled are the services that know a title. Others refuse a message with one.
var titled = map[string]bool{
	"bark": true, "discord": true, "gotify": true, "join": true, "lark": true, "ntfy": true, "opsgenie": true,
	"pushbullet": true, "pushover": true, "slack": true, "smtp": true, "teams": true, "telegram": true,
}

// textFor is a message with its title in the place that the service has for it, unless
// the owner put one there.
func textFor(rawURL string, m Message) (string, types.Params) {
	scheme, query, _ := strings.Cut(strings.ToLower(rawURL), ":")
	if !titled[scheme] || strings.Contains(query, "title=") || strings.Contains(query, "subject=") {
		return m.Text(), types.Params{}
	}
	return m.body(), types.Params{types.TitleKey: m.Title}
}
