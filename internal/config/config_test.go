package config

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
)

var commented = regexp.MustCompile(`(?m)^#(\S)`)

// uncommented is an example with all keys switched on.
func uncommented(b []byte) []byte { return commented.ReplaceAll(b, []byte("$1")) }

// TestExample holds that the example has every key, in a form that can be read.
func TestExample(t *testing.T) {
	var out bytes.Buffer
	if err := Example(&out, Known{Options: someOptions()}); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse("as it is", out.Bytes(), Known{Options: lenient()}); err != nil {
		t.Error(err)
	}
	for i, line := range strings.Split(out.String(), "\n") {
		if len(line) > 80 && strings.HasPrefix(line, "# ") {
			t.Errorf("line %d is too long: %s", i+1, line)
		}
	}
	for _, p := range parts(Known{Options: lenient()}) {
		for _, f := range p.fields {
			if f.doc == "" || !strings.Contains(out.String(), "\n#"+f.key+" = "+f.example+"\n") {
				t.Errorf("%s %s: not in the example", p.header, f.key)
			}
			text := fmt.Sprintf("%s\n%s = %s\n", p.header, f.key, f.example)
			switch {
			case p.header == "[quiet_hours]":
				text = "[quiet_hours]\nfrom = \"23:00\"\nto = \"06:00\"\nfreezing = false\n"
				text = regexp.MustCompile("(?m)^"+f.key+" = .*").ReplaceAllString(text, f.key+" = "+f.example)
			case strings.HasPrefix(f.key, "url"), f.key == "command":
			case p.header == "[[notify]]", p.header == "[heartbeat]":
				text += "url = \"https://example.org\"\n"
			case p.header == "[[remote_write]]":
				text += "url = \"https://example.org\"\n"
				for key, other := range map[string]string{"password": "user", "cert_file": "key_file", "key_file": "cert_file"} {
					if strings.HasPrefix(f.key, key) {
						text += other + " = \"picotop\"\n"
					}
				}
			case p.header == "[mqtt]" && f.key != "broker":
				text += "broker = \"mqtt://192.168.1.10\"\n"
				if strings.HasPrefix(f.key, "password") {
					text += "user = \"picotop\"\n"
				}
			}
			if _, err := Parse("one", []byte(text), Known{Options: lenient()}); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		}
	}
}

// lenient are options that take everything.
func lenient() []Option {
	all := someOptions()
	for i := range all {
		all[i].Check = func([]string) error { return nil }
	}
	return all
}

// TestExampleSetsEverything holds that no part of a File is without a key.
func TestExampleSetsEverything(t *testing.T) {
	f := mustParse(t, `
units = "fahrenheit"
sort = "name"
# a comment
limit = 2.5
repeat_after = "2h"
notify_per_hour = 7
quiet_hours = { from = 22:00, to = "07:00" }
port = 9999
heartbeat = "https://example.org/x"

[sensor."Cold Water Tank"]
name = "Tank"
limit = "off"
high = 40
rate = 2
hidden = true
outside = true
interval = "1m30s"

[sensor."28-FF-64-1F-76-16-03-5C"]
limit = 1

[pico."192.168.1.57"]
name = "Loft"

[[notify]]
url = "ntfy://ntfy.sh/x"
on = ["freezing", "silent"]
timeout = "5s"
[[notify]]
url = "ntfy://ntfy.sh/y"
[[notify]]
command = ["/bin/tell", "x"]
`)
	want := house.Rules{
		Limit: 2.5,
		Sensors: map[string]house.SensorRule{
			"coldwatertank": {
				Label: "Tank", Limit: house.Threshold{Set: true, Off: true}, High: house.Threshold{Set: true, Celsius: 40},
				Rate: 2, Hidden: true, Outside: true, Interval: 90 * time.Second,
			},
			"28ff641f7616035c": {Limit: house.Threshold{Set: true, Celsius: 1}},
		},
		Picos: map[netip.Addr]string{netip.MustParseAddr("192.168.1.57"): "Loft"},
	}
	same := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	if diff := cmp.Diff(want, f.Rules(), same); diff != "" {
		t.Error(diff)
	}
	n := f.Notify
	if n.RepeatAfter != 2*time.Hour || n.PerHour != 7 || n.Quiet != (QuietHours{true, Clock{22, 0}, Clock{7, 0}, true}) || n.Heartbeat.Every != 5*time.Minute {
		t.Errorf("%+v", n)
	}
	var names []string
	for _, t := range n.Targets {
		names = append(names, t.Name)
	}
	if diff := cmp.Diff([]string{"ntfy", "ntfy 2", "tell"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Setting{{"port", []string{"9999"}, 9}}, f.Settings); diff != "" {
		t.Error(diff)
	}
	if f.Line("sensor.coldwatertank.high") != 15 || f.Units != "fahrenheit" || f.Sort != "name" {
		t.Error(f.Units, f.Sort, f.lines)
	}
}

func mustParse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("config.toml", []byte(text), Known{Options: lenient()})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFormsOfFiles(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":   "\xef\xbb\xbflimit = 2.0\n",
		"lines of Windows":  "limit = 2.0\r\nunits = \"celsius\"\r\n",
		"only comments":     "# nothing yet\n",
		"whole number":      "limit = 2\n",
		"no end of line":    "limit = 2",
		"dotted key":        "sensor.Tank.limit = 2\n",
		"table in one line": "sensor = { Tank = { limit = 2 } }\n",
	} {
		t.Run(name, func(t *testing.T) { mustParse(t, text) })
	}
}

// TestSecretsAreNotShown holds that of a secret nothing but its kind gets out, however
// it is printed.
func TestSecretsAreNotShown(t *testing.T) {
	t.Setenv("PICOTOP_X", "gotify://example.org/token")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ntfy"), []byte("ntfy://:token@ntfy.sh/x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	f := mustParse(t, `
heartbeat = "https://example.org/token"
[[notify]]
url = "ntfy://:token@ntfy.sh/x"
[[notify]]
url_file = "ntfy"
[[notify]]
url_env = "PICOTOP_X"
[[notify]]
command = ["/bin/tell", "--password", "token"]
[mqtt]
broker = "mqtt://192.168.1.10"
user = "picotop"
password = "token"
`)
	text, err := f.Notify.Heartbeat.URL.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprint(f.Show(), f.MQTT) + string(text) + f.Notify.Heartbeat.URL.LogValue().String()
	for _, target := range f.Notify.Targets {
		shown += fmt.Sprintf("%v %+v %#v %s", target.URL, target.URL, target.URL, target.URL)
		if target.Command != nil {
			continue
		}
		secret, err := target.URL.Reveal(os.Getenv)
		if err != nil || !strings.Contains(secret, "token") {
			t.Error(secret, err)
		}
	}
	if strings.Contains(shown, "token") {
		t.Error(shown)
	}
	if !strings.Contains(shown, "ntfy://…") {
		t.Error(shown)
	}
}

// TestMQTT holds what of a broker is read and shown, and where its secrets are.
func TestMQTT(t *testing.T) {
	if f := mustParse(t, "limit = 2"); f.MQTT.Broker != "" || len(f.Unresolved(os.Getenv)) != 0 {
		t.Errorf("without [mqtt]: %+v", f.MQTT)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"password": " open sesame\n", "ca.crt": "-----BEGIN", "two lines": "a\nb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	const begin = "[mqtt]\nbroker = \"mqtts://broker.lan\"\nuser = \"u\"\n"
	f, err := Parse(filepath.Join(dir, "config.toml"), []byte(begin+"password_file = \"password\"\nca_file = \"ca.crt\"\ntopic = \"house/pico\"\n"), Known{})
	if err != nil {
		t.Fatal(err)
	}
	password, err := f.MQTT.Password.Reveal(os.Getenv)
	ca, caErr := f.MQTT.Certificates()
	if password != "open sesame" || ca != "-----BEGIN" || err != nil || caErr != nil {
		t.Errorf("%q, %v; %q, %v", password, err, ca, caErr)
	}
	var all []string
	for _, l := range f.Show() {
		if strings.HasPrefix(l.Key, "mqtt") {
			all = append(all, l.Key+" = "+l.Value)
		}
	}
	want := []string{
		`mqtt.broker = "mqtts://broker.lan:8883"`, `mqtt.user = "u"`, `mqtt.password_file = "password"`,
		`mqtt.ca_file = "ca.crt"`, `mqtt.discovery = "homeassistant"`, `mqtt.topic = "house/pico"`,
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	for _, file := range []string{"none", "two lines"} {
		f, err := Parse(filepath.Join(dir, "config.toml"), []byte(begin+"password_file = \""+file+"\"\n"), Known{})
		if err != nil {
			t.Fatal(err)
		}
		if errs := f.Unresolved(os.Getenv); len(errs) != 1 || errs[0].Line != 1 || !strings.HasPrefix(errs[0].Cause, "the password is not here") {
			t.Errorf("%s: %v", file, errs)
		}
	}
	for text, want := range map[string]string{
		"192.168.1.10": "mqtt://192.168.1.10:1883", "broker.lan:1884": "mqtt://broker.lan:1884", "mqtt://[fe80::1]": "mqtt://[fe80::1]:1883",
		"mqtts://broker.lan/": "mqtts://broker.lan:8883",
	} {
		if got := mustParse(t, "[mqtt]\nbroker = \""+text+"\"").MQTT.Broker; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestAreas(t *testing.T) {
	f := mustParse(t, `
[sensor.ColdWaterTank]
area = "Attic"
[sensor.28ff641f7616035c]
area = "Cellar"
[pico."192.168.1.57"]
area = "Loft"
`)
	loft := netip.MustParseAddr("192.168.1.57")
	for name, c := range map[string]struct {
		code, name string
		pico       netip.Addr
		want       string
	}{
		"by name":           {"28ff4a02b3170485", "cold water tank", loft, "Attic"},
		"by ROM code first": {"28ff641f7616035c", "ColdWaterTank", loft, "Cellar"},
		"as its Pico":       {"28ff4a02b3170485", "Hall", loft, "Loft"},
		"nowhere":           {"28ff4a02b3170485", "Hall", netip.Addr{}, ""},
	} {
		if got := f.AreaOf(c.code, c.name, c.pico); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestShow(t *testing.T) {
	f := mustParse(t, "units = \"fahrenheit\"\n[sensor.Tank]\nhigh = 40\n")
	var all []string
	for _, l := range f.Show() {
		all = append(all, fmt.Sprintf("%s = %s # %s", l.Key, l.Value, l.From))
	}
	want := []string{
		"limit = 3.0 # default", `units = "fahrenheit" # config.toml:1`, `sort = "pico" # default`,
		"sensor.tank.high = 40.0 # config.toml:3", `repeat_after = "1h" # default`, "notify_per_hour = 20 # default",
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	env := func(vars ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(vars); i += 2 {
				if vars[i] == name {
					return vars[i+1]
				}
			}
			return ""
		}
	}
	mine := filepath.Join(dir, ".config", "picotop", "config.toml")
	if err := os.MkdirAll(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("limit = 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		named string
		env   func(string) string
		want  string
	}{
		"named":                 {"x.toml", env("HOME", dir), "x.toml"},
		"of the user":           {"", env("HOME", dir), mine},
		"of the user, by XDG":   {"", env("HOME", "/nowhere", "XDG_CONFIG_HOME", filepath.Join(dir, ".config")), mine},
		"XDG is not a path":     {"", env("HOME", dir, "XDG_CONFIG_HOME", "here"), mine},
		"none":                  {"", env("HOME", "/nowhere"), ""},
		"nobody knows the home": {"", env(), ""},
	} {
		if got := Find(c.named, c.env); got != c.want && got != System {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
