package app

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheClockOfAReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newReplayClock(10, time.Minute)
		started := time.Now()
		check := func(what string, want time.Duration) {
			t.Helper()
			if got := c.now().Sub(started); got != want {
				t.Errorf("%s it is %v after the beginning, want %v", what, got, want)
			}
		}
		check("at first", 0)
		time.Sleep(3 * time.Second)
		check("after three seconds", 30*time.Second)
		if part, left := c.progress(); part != 0.5 || left != 3*time.Second {
			t.Errorf("position %v, %v left", part, left)
		}
		time.Sleep(time.Hour)
		check("after the end", time.Minute)
		c.reached(59 * time.Second)
		c.stop()
		check("when all was played", 59*time.Second)
	})
}
