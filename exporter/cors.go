package exporter

import (
	"fmt"
	"net/http"
	"regexp"
)

// ParseCORSOrigin understands which pages from elsewhere may read: a regular
// expression for the whole of an origin, such as https?://(a|b)\\.example, as
// Prometheus's --web.cors.origin has it. Empty is nil, for none.
func ParseCORSOrigin(s string) (*regexp.Regexp, error) {
	if s == "" {
		return nil, nil
	}
	if _, err := regexp.Compile(s); err != nil { // such as a)|(b, which would reach out of the whole
		return nil, fmt.Errorf("reading the origins %q: %w", s, err)
	}
	re, err := regexp.Compile("^(?s:" + s + ")$")
	if err != nil {
		return nil, fmt.Errorf("reading the origins %q: %w", s, err)
	}
	return re, nil
}

// allowOrigins lets pages of other origins read what next serves, and answers
// their browsers' questions whether they may.
func allowOrigins(origins *regexp.Regexp, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if origins != nil {
			h.Add("Vary", "Origin")
			if origin := r.Header.Get("Origin"); origin != "" && origins.MatchString(origin) {
				h.Set("Access-Control-Allow-Origin", origin)
				h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin")
				h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
				h.Set("Access-Control-Expose-Headers", "Date")
			}
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
