package engine

import (
	"context"
	"net/netip"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// MaxWindow is the longest time of which Readings should read each sample at once.
const MaxWindow = time.Hour

// Readings returns the readings of a house in (end-window, end], oldest first.
func (c *Client) Readings(ctx context.Context, house string, end time.Time, window time.Duration) ([]Reading, error) {
	list, err := c.raw(ctx, c.selector(&house, anyReading), end, window)
	return readingsOf(list), err
}

// lastStep is how closely Last looks.
const lastStep = time.Hour

// Last returns a reading of each sensor of a house that was heard between two times, not
// older than its last one by more than an hour, oldest first.
func (c *Client) Last(ctx context.Context, house string, from, to time.Time) ([]Reading, error) {
	list, err := c.stepped(ctx, c.selector(&house, anyReading), v1.Range{Start: from, End: to, Step: lastStep})
	if err != nil {
		return nil, err
	}
	newest := map[string]Reading{}
	all := readingsOf(list)
	for _, r := range all {
		newest[r.Sensor] = r
	}
	var last []Reading
	for _, r := range all {
		if newest[r.Sensor] == r {
			last = append(last, r)
		}
	}
	return last, nil
}

// Picos returns the addresses of the Picos of a house that have a name, as far as they
// are told.
func (c *Client) Picos(ctx context.Context, house string) (map[string]netip.Addr, error) {
	list, err := c.vector(ctx, picoSeen+c.selector(&house), c.now())
	if err != nil {
		return nil, err
	}
	picos := map[string]netip.Addr{}
	for _, s := range list[:min(len(list), MaxSeries)] {
		if addr, err := netip.ParseAddr(string(s.Metric["address"])); err == nil {
			picos[label(s.Metric, picoLabel)] = addr.Unmap().WithZone("")
		}
	}
	return picos, nil
}
