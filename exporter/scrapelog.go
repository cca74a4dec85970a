package exporter

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
)

// scrapeLog takes down what goes wrong while the metrics are gathered and
// sent. It is a promhttp.Logger.
type scrapeLog struct{ *slog.Logger }

// Println tells of a client that hung up only to who asks for details: it is
// no fault of ours, and is told once for each metric of the page.
func (l scrapeLog) Println(v ...any) {
	text := strings.TrimSpace(fmt.Sprintln(v...))
	for _, part := range v {
		err, ok := part.(error)
		if _, hungUp := errors.AsType[net.Error](err); ok && hungUp {
			l.Debug(text)
			return
		}
	}
	l.Error(text)
}
