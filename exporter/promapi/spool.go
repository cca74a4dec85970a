package promapi

import (
	"net/http"
	"time"
)

// sendTime is how long a client may take over one part of an answer. Who does
// not read is dropped: others wait for the place.
const sendTime = 5 * time.Second

// A spool holds the text of an answer back as long as it is short, so that it
// can be sent when it holds no place any more.
type spool struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    time.Time // when all must be sent
	held    []byte
	err     error // the first one
}

func newSpool(w http.ResponseWriter) *spool {
	return &spool{w: w, control: http.NewResponseController(w), last: time.Now().Add(MaxTime)}
}

func (s *spool) Write(p []byte) (int, error) {
	if len(s.held)+len(p) > flushAt {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) > flushAt {
		s.send(p)
		return len(p), s.err
	}
	s.held = append(s.held, p...)
	return len(p), s.err
}

// flush sends what is held back.
func (s *spool) flush() error {
	s.send(s.held)
	s.held = s.held[:0]
	return s.err
}

// send sends part by part, so that a long answer has as much time as many short ones.
func (s *spool) send(p []byte) {
	for s.err == nil && len(p) > 0 {
		part := p[:min(len(p), flushAt)]
		p = p[len(part):]
		deadline := time.Now().Add(sendTime)
		if deadline.After(s.last) {
			deadline = s.last
		}
		// Where deadlines cannot be set there is no network.
		_ = s.control.SetWriteDeadline(deadline)
		_, s.err = s.w.Write(part)
	}
}
