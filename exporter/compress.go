package exporter

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
)

const (
	// minCompressed is from what length on compressing saves more than it
	// costs: a shorter answer is one packet anyway.
	minCompressed = 1 << 10 // bytes
	// maxCompressors bounds those at work at once; each has a megabyte. They
	// never wait for the network.
	maxCompressors = 2
)

// A compressor has answers compressed for clients that take that.
type compressor struct {
	writers chan *gzip.Writer // nil for one that is not made yet
}

func newCompressor() *compressor {
	c := &compressor{writers: make(chan *gzip.Writer, maxCompressors)}
	for range maxCompressors {
		c.writers <- nil
	}
	return c
}

// handler serves what next does, compressed. Next must write its answer at once
// and not stream it.
func (c *compressor) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !acceptsGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		h := newHeld(w, new(bytes.Buffer))
		next.ServeHTTP(h, r)
		c.compressHeld(h)
		h.send()
	})
}

// compressHeld compresses a response, if that is worth it.
func (c *compressor) compressHeld(h *held) {
	if h.body.Len() >= minCompressed {
		h.body = c.compress(h.body.Bytes())
		h.Header().Set("Content-Encoding", "gzip")
	}
}

func (c *compressor) compress(text []byte) *bytes.Buffer {
	out := new(bytes.Buffer)
	zip := <-c.writers
	defer func() { c.writers <- zip }()
	if zip == nil {
		// The level exists. A better one makes a page a third smaller and takes three
		// times as long, and it only goes through the house.
		zip, _ = gzip.NewWriterLevel(out, gzip.BestSpeed)
	}
	zip.Reset(out)
	_, _ = zip.Write(text) // a buffer takes all
	_ = zip.Close()
	return out
}

// acceptsGzip reports whether a client says that it takes gzip (RFC 9110,
// section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	for _, list := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(list, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
			switch strings.ReplaceAll(weight, " ", "") {
			case "q=0", "q=0.0", "q=0.00", "q=0.000":
				continue
			}
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				return true
			}
		}
	}
	return false
}
