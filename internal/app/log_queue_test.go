package app

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// heldWriter takes nothing until it is let go.
type heldWriter struct {
	strings.Builder
	let chan struct{}
}

func (w *heldWriter) Write(b []byte) (int, error) {
	<-w.let
	return w.Builder.Write(b)
}

func TestTheLogIsWrittenInOrder(t *testing.T) {
	var w strings.Builder
	q := newLogQueue(&w)
	want := ""
	for i := range 10 {
		fmt.Fprintln(q, i)
		want += fmt.Sprintln(i)
	}
	q.close()
	fmt.Fprintln(q, "after the end")
	if w.String() != want {
		t.Errorf("written is %q, want %q", w.String(), want)
	}
}

func TestNobodyWaitsForALogThatIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &heldWriter{let: make(chan struct{})}
		q := newLogQueue(w)
		fmt.Fprintln(q, "first")
		synctest.Wait() // it is being written
		for i := range logLinesWaiting + 5 {
			fmt.Fprintln(q, i)
		}
		q.close() // returns though nothing was taken
		close(w.let)
		<-q.done
		text := w.String()
		if n := strings.Count(text, "\n"); n != 1+logLinesWaiting+1 {
			t.Errorf("%d lines are written", n)
		}
		if !strings.HasPrefix(text, "first\npicotop: 5 lines of log are missing here: nobody read them\n0\n") {
			t.Errorf("it begins with %.200q", text)
		}
	})
}
