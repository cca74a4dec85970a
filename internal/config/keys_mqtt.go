package config

import (
	neturl "net/url"
	"path/filepath"
	"strconv"
	"strings"

	"picotop/feed"
)

const mqttExample = "[mqtt], and below it: broker = \"mqtt://192.168.1.10\""

// mqttFields are the keys of the broker that Home Assistant listens to.
func mqttFields(m *MQTT) []field {
	return []field{
		{key: "broker", doc: "Where it is; mqtts:// is with TLS. The port is 1883, with TLS 8883, unless it is said.", example: `"mqtt://192.168.1.10"`, read: broker(&m.Broker)},
		{key: "user", doc: "As whom picotop comes.", example: `"picotop"`, read: words(&m.User)},
		{key: "password", doc: "The user's password; better is one of the next two.", example: `"the password"`, read: password(&m.Password)},
		{key: "password_file", doc: "Instead: a file that holds the password. If it does not begin with / it is in $CREDENTIALS_DIRECTORY, where systemd's LoadCredential= puts it, or else beside this file.", example: `"mqtt-password"`, instead: true, read: passwordFile(&m.Password)},
		{key: "password_env", doc: "Instead: a variable of the environment that holds the password.", example: `"PICOTOP_MQTT"`, instead: true, read: passwordVariable(&m.Password)},
		{key: "ca_file", doc: "With TLS: the certificate of who vouches for the broker's, if the system does not know it. A name that does not begin with / is beside this file.", example: `"ca.crt"`, read: func(r *reader, v value) {
			path(r, v, &m.ca)
			m.dir = filepath.Dir(r.file.Path)
		}},
		{key: "discovery", doc: "The topic below which Home Assistant looks for devices.", example: `"homeassistant"`, read: topic(&m.Discovery)},
		{key: "topic", doc: "The topic below which picotop writes. Without it: picotop/ and the name of the machine.", example: `"picotop/cottage"`, read: topic(&m.Topic)},
	}
}

func readMQTT(r *reader, v value) {
	if !r.isTable(v.node, "mqtt", mqttExample) {
		return
	}
	m := MQTT{Discovery: defaultDiscovery, Line: v.line}
	before := len(r.errs)
	r.fields(v.node, "mqtt", "[mqtt]", mqttFields(&m))
	var ways []string
	for _, key := range []string{"password", "password_file", "password_env"} {
		if v.under[key] != nil {
			ways = append(ways, key)
		}
	}
	switch {
	case len(r.errs) > before, r.torn:
	case v.under["broker"] == nil:
		r.fail(v.line, "write it like this: "+mqttExample, "[mqtt] needs the broker")
	case len(ways) > 1:
		r.fail(v.line, "keep one of them", "the password stands in one place, and here are %s", strings.Join(ways, " and "))
	case len(ways) == 1 && m.User == "":
		r.fail(v.line, "write whose it is: user = \"picotop\"", "[mqtt] has a password and no user")
	}
	r.file.MQTT = m
}

// broker reads where a broker is. What was written may hold a password, and is not
// repeated if it does.
func broker(to *string) func(*reader, value) {
	return func(r *reader, v value) {
		if v.kind != text {
			r.wrong(v, "a text in quotes")
			return
		}
		s := v.text
		if !strings.Contains(s, "://") {
			s = "mqtt://" + s
		}
		u, err := neturl.Parse(s)
		ports := map[string]string{"mqtt": "1883", "mqtts": "8883"}
		switch {
		case err == nil && u.User != nil:
			r.fail(v.line, "write them below [mqtt]: user = \"picotop\", and password_file", "broker holds a user or a password")
		case err != nil, plain(s) != s, u.Hostname() == "", strings.Trim(u.Path, "/") != "", u.RawQuery != "", u.Fragment != "", strings.ContainsFunc(u.Host, func(c rune) bool { return c <= ' ' }):
			r.fail(v.line, v.like(), "broker is the address of an MQTT broker")
		case u.Port() != "" && !isPort(u.Port()):
			r.fail(v.line, v.like(), "the port of a broker is a number from 1 to 65535, not %s", plain(u.Port()))
		case ports[u.Scheme] == "":
			r.fail(v.line, v.like()+`; with TLS: "mqtts://..."`, "broker begins with mqtt:// or mqtts://, not %s://", plain(u.Scheme))
		default:
			if u.Port() == "" {
				u.Host = strings.TrimSuffix(u.Host, ":") + ":" + ports[u.Scheme]
			}
			*to = u.Scheme + "://" + u.Host
		}
	}
}

// isPort reports whether a text is the number of a port that can be reached.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// password reads one that stands in the file. It is not repeated in errors.
func password(to *Secret) func(*reader, value) {
	return func(r *reader, v value) {
		to.isPassword = true
		if v.kind != text || v.text == "" {
			r.fail(v.line, v.like(), "password is a text in quotes")
			return
		}
		s, err := to.check(v.text)
		if err != nil {
			r.fail(v.line, v.like(), "%v", err)
			return
		}
		to.value = s
	}
}

// topic reads the beginning of topics.
func topic(to *string) func(*reader, value) {
	return func(r *reader, v value) {
		const most = 64
		switch s := v.text; {
		case v.kind != text || s == "":
			r.wrong(v, "a topic of MQTT")
		case len(s) > most:
			r.fail(v.line, "write a shorter one", "%s is longer than %d letters", v.key, most)
		case strings.ContainsAny(s, "+#$ ") || feed.Clean(s, most) != s || strings.Contains("/"+s+"/", "//"):
			r.fail(v.line, v.like(), "%s is words with / between, without + # $ and blanks, not %s", v.key, v.shown())
		default:
			*to = s
		}
	}
}

// showMQTT lists the keys of the broker.
func (f *File) showMQTT(add func(key, value string)) {
	m := f.MQTT
	if m.Broker == "" {
		return
	}
	add("mqtt.broker", quote(m.Broker))
	add("mqtt.user", quote(m.User))
	add("mqtt.password"+strings.TrimPrefix(m.Password.key(), "url"), m.Password.shown())
	add("mqtt.ca_file", quote(m.ca))
	add("mqtt.discovery", quote(m.Discovery))
	add("mqtt.topic", quote(m.Topic))
}
