package remotewrite

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
)

// one is a batch of one sample.
func one() batch {
	return batch{series: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: metricName, Value: "temperature"}},
		Samples: []prompb.Sample{{Timestamp: 1000, Value: 20}},
	}}}
}

// always is a secret that does not change.
func always(s string) func() (string, error) { return func() (string, error) { return s, nil } }

func mustClient(t *testing.T, target Target) *client {
	t.Helper()
	target.Timeout = 10 * time.Second
	c, err := newClient(target, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

// TestSecrets holds that a secret is read for each attempt, and is in no error.
func TestSecrets(t *testing.T) {
	secret, failure := "old-secret", error(nil)
	read := func() (string, error) { return secret, failure }
	for name, target := range map[string]Target{
		"a token":    {Bearer: read},
		"a password": {User: "me", Password: read},
	} {
		t.Run(name, func(t *testing.T) {
			secret, failure = "old-secret", nil
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				user, password, _ := req.BasicAuth()
				if req.Header.Get("Authorization") != "Bearer new-secret" && (user != "me" || password != "new-secret") {
					w.WriteHeader(http.StatusUnauthorized)
				}
			}))
			defer server.Close()
			target.URL = always(server.URL)
			c := mustClient(t, target)
			a := c.send(t.Context(), V1, one())
			if a.outcome != again || strings.Contains(a.err.Error(), "secret") {
				t.Errorf("with the old one: %+v", a)
			}
			failure = errors.New("it is gone")
			if a = c.send(t.Context(), V1, one()); a.outcome != again || !strings.HasSuffix(a.err.Error(), "it is gone") {
				t.Errorf("with none: %+v", a)
			}
			secret, failure = "new-secret", nil
			if a = c.send(t.Context(), V1, one()); a.outcome != taken {
				t.Errorf("with the new one: %+v", a)
			}
		})
	}
}

// TestSecretURL holds that an error has nothing of the URL, also if picotop ends meanwhile.
func TestSecretURL(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { end() }))
	c := mustClient(t, Target{URL: always(server.URL + "/write?token=secret")})
	a := c.send(ctx, V1, one())
	if a.err != nil && strings.Contains(a.err.Error(), "secret") {
		t.Errorf("picotop ends: %v", a.err)
	}
	server.Close()
	if a = c.send(t.Context(), V1, one()); a.err == nil || strings.Contains(a.err.Error(), "secret") {
		t.Errorf("nobody is there: %v", a.err)
	}
	ctx, end = context.WithCancel(t.Context())
	end()
	if a = c.send(ctx, V1, one()); a.err == nil || strings.Contains(a.err.Error(), "secret") {
		t.Errorf("picotop has ended: %v", a.err)
	}
}

// TestTLS holds that a database is believed by its CA alone, and may ask who picotop is.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	ca := x509.NewCertPool()
	ca.AddCert(server.Certificate())
	mine := server.TLS.Certificates // any will do
	for name, test := range map[string]struct {
		tls  *tls.Config
		want outcome
	}{
		"the CA and a certificate": {&tls.Config{RootCAs: ca, Certificates: mine}, taken},
		"no certificate":           {&tls.Config{RootCAs: ca}, again},
		"an unknown CA":            {&tls.Config{Certificates: mine}, again},
		"nothing":                  {nil, again},
	} {
		t.Run(name, func(t *testing.T) {
			if a := mustClient(t, Target{URL: always(server.URL), TLS: func() (*tls.Config, error) { return test.tls, nil }}).send(t.Context(), V1, one()); a.outcome != test.want {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// TestAnswerThatBreaksOff holds that the status counts, however the answer ends.
func TestAnswerThatBreaksOff(t *testing.T) {
	for status, want := range map[int]outcome{200: taken, 400: refused, 503: again} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "out of bo")
		}))
		if a := mustClient(t, Target{URL: always(server.URL)}).send(t.Context(), V1, one()); a.outcome != want {
			t.Errorf("%d: got %+v", status, a)
		}
		server.Close()
	}
}
