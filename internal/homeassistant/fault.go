package homeassistant

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/eclipse/paho.golang/autopaho"

	"picotop/feed"
)

var (
	errLost          = errors.New("the connection was lost")
	errNoAnswer      = errors.New("it does not answer")
	errThrownOut     = errors.New("another program with the same name took its place there")
	errNoCertificate = errors.New("ca_file holds no certificate")
)

// A refusedError says that the broker does not take what is sent to a topic, or does not
// tell what is at one.
type refusedError struct {
	topic   string
	reading bool
}

func (e *refusedError) Error() string {
	what := "write"
	if e.reading {
		what = "read"
	}
	return "it does not let this user " + what + " below " + e.below()
}

// below is the part of the broker that is refused.
func (e *refusedError) below() string {
	below, _, _ := strings.Cut(e.topic, "/")
	return below + "/"
}

// A fault is what keeps the broker from being told, and what to try.
type fault struct {
	text, hint string
	partial    bool // other things are told
}

// maxText is how long a fault may be, in runes.
const maxText = 200

// The reasons for which MQTT 5 refuses a connection, as far as something can be done.
const (
	wrongProtocol = 0x84
	badUser       = 0x86
	notAuthorized = 0x87
)

// explain words an error. Its hint can be typed, or says what to write in the file.
func explain(err error, b Broker) fault {
	u, parseErr := url.Parse(b.URL)
	if parseErr != nil {
		u = &url.URL{}
	}
	host, port := u.Hostname(), u.Port()
	var (
		refused   *refusedError
		denied    *autopaho.ConnackError
		noName    *net.DNSError
		authority x509.UnknownAuthorityError
		otherName x509.HostnameError
		expired   x509.CertificateInvalidError
		plain     tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &refused):
		return fault{text: refused.Error(), hint: "allow it in the broker's acl_file: topic readwrite " + refused.below() + "#", partial: true}
	case errors.As(err, &denied):
		return explainDenied(denied)
	case errors.As(err, &authority):
		return fault{text: "nobody here vouches for its certificate", hint: "name the certificate of who made it, below [mqtt]: ca_file = \"ca.crt\""}
	case errors.As(err, &otherName):
		return fault{text: "its certificate is for another name than " + host, hint: "write a name below [mqtt] that it is for; see which: openssl s_client -connect " + host + ":" + port}
	case errors.As(err, &expired):
		return fault{text: clean(expired.Error()), hint: "see until when it is good: openssl s_client -connect " + host + ":" + port}
	case errors.As(err, &plain):
		return fault{text: "it does not speak TLS at port " + port, hint: "write below [mqtt]: broker = \"mqtt://" + u.Host + "\", or the port with TLS, mostly 8883"}
	case errors.As(err, &noName):
		return fault{text: "nobody knows the name " + host, hint: "write its address below [mqtt]: broker = \"mqtt://192.168.1.10\""}
	case errors.Is(err, syscall.ECONNREFUSED):
		return fault{text: "nothing listens at port " + port + " of " + host, hint: "is the broker running there? on that machine: systemctl status mosquitto"}
	case errors.Is(err, errLost):
		return fault{text: errLost.Error(), hint: "it is tried again; the broker's log may say why: journalctl -u mosquitto"}
	case errors.Is(err, errThrownOut):
		return fault{text: errThrownOut.Error(), hint: "is a second picotop running here? see: pgrep -a picotop"}
	case errors.Is(err, errNoCertificate):
		return fault{text: errNoCertificate.Error(), hint: "see what is in it: openssl x509 -text -in FILE"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errNoAnswer), isTimeout(err):
		return fault{text: "it does not answer", hint: "is it there? try: ping " + host}
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return fault{text: "it closes the connection at once", hint: "is this the port of an MQTT broker, and does that want TLS (mqtts://)? try: mosquitto_sub -h " + host + " -p " + port + " -t '#' -C 1 -V 5"}
	}
	return fault{text: clean(innermost(err).Error()), hint: "try: mosquitto_sub -h " + host + " -p " + port + " -t '#' -C 1 -V 5"}
}

func explainDenied(e *autopaho.ConnackError) fault {
	switch e.ReasonCode {
	case badUser, notAuthorized:
		return fault{text: "it refuses the user or the password", hint: "see user and password_file below [mqtt], and the broker's own file: mosquitto_passwd"}
	case wrongProtocol, 1:
		return fault{text: "it does not know MQTT 5", hint: "take a broker that does, such as mosquitto from 1.6 on"}
	}
	return fault{text: fmt.Sprintf("it refuses the connection, reason %d", e.ReasonCode), hint: "see the broker's log: journalctl -u mosquitto"}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// innermost is the cause without what those added who handed it on, which is long and
// names the broker again.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func clean(text string) string {
	return feed.Clean(strings.ReplaceAll(text, "\n", "; "), maxText)
}
