package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRemoteWrite(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"one":                   {"[[remote_write]]\nurl = \"https://user:secret@db.lan/write\"", ""},
		"labels":                {"[[remote_write]]\nurl = \"http://db\"\nlabels = { house = \"mum\" }", ""},
		"a label with a dash":   {"[[remote_write]]\nurl = \"http://db\"\nlabels = { \"a-b\" = \"mum\" }", "labels are letters"},
		"a section, not a list": {"[remote_write]\nurl = \"http://db\"", "several databases"},
		"nowhere":               {"[[remote_write]]\nname = \"db\"", "needs to be told where"},
		"another scheme":        {"[[remote_write]]\nurl = \"ftp://db\"", "http or https only"},
		"whose password":        {"[[remote_write]]\nurl = \"http://db\"\npassword_env = \"X\"", "no user"},
		"a user and a token":    {"[[remote_write]]\nurl = \"http://db\"\nuser = \"a\"\nbearer_token_env = \"X\"", "a user and a token"},
		"no key":                {"[[remote_write]]\nurl = \"http://db\"\ncert_file = \"x\"", "go together"},
		"two of one name":       {"[[remote_write]]\nurl = \"http://db/a\"\n[[remote_write]]\nurl = \"http://db/b\"", "two databases are called"},
		"an unknown version":    {"[[remote_write]]\nurl = \"http://db\"\nprotocol = \"3.0\"", "protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("one", []byte(test.text), Known{})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestRemoteWriteFields(t *testing.T) {
	f := mustParse(t, "[[remote_write]]\nurl = \"https://user:secret@db.lan/write\"\nsince = \"365d\"\nlabels = { house = \"mum\" }\n")
	got := f.RemoteWrite[0]
	if got.Name != "db.lan" || got.Since != 365*24*time.Hour || got.Labels["house"] != "mum" || got.Timeout != defaultTimeout {
		t.Errorf("got %+v", got)
	}
	for _, l := range f.Show() {
		if strings.Contains(l.Value, "secret") {
			t.Errorf("%s shows the password: %s", l.Key, l.Value)
		}
	}
}

func TestShowRemoteWrite(t *testing.T) {
	f := mustParse(t, `[[remote_write]]
url = "https://user:secret@db.lan/write"
user = "me"
password_file = "db-password"
labels = { house = "mum", area = "north" }
ca_file = "ca.crt"
cert_file = "me.crt"
key_file = "me.key"
[[remote_write]]
url_env = "DB_URL"
bearer_token_env = "TOKEN"
`)
	var got []string
	for _, l := range f.Show() {
		if key, ok := strings.CutPrefix(l.Key, "remote_write."); ok {
			got = append(got, key+" = "+l.Value)
		}
	}
	want := []string{
		`1.name = "db.lan"`,
		`1.url = "https://…"`,
		`1.labels = { area = "north", house = "mum" }`,
		`1.protocol = "1.0"`,
		`1.timeout = "30s"`,
		`1.user = "me"`,
		`1.password_file = "db-password"`,
		`1.ca_file = "ca.crt"`,
		`1.cert_file = "me.crt"`,
		`1.key_file = "me.key"`,
		`2.name = "DB_URL"`,
		`2.url_env = "DB_URL"`,
		`2.protocol = "1.0"`,
		`2.timeout = "30s"`,
		`2.bearer_token_env = "TOKEN"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSameRemoteWrites(t *testing.T) {
	const one = "[[remote_write]]\nurl = \"http://db\"\n"
	for name, test := range map[string]struct {
		other string
		want  bool
	}{
		"the same":      {one, true},
		"further below": {"limit = 1.0\n\n" + one, true},
		"none":          {"", false},
		"another label": {one + "labels = { house = \"mum\" }\n", false},
		"another token": {one + "bearer_token_env = \"X\"\n", false},
		"another CA":    {one + "ca_file = \"ca.crt\"\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mustParse(t, one).SameRemoteWrites(mustParse(t, test.other)); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestRemoteWriteTLS(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if cfg, err := (RemoteWrite{}).TLS(); cfg != nil || err != nil {
		t.Errorf("nothing is needed: %v, %v", cfg, err)
	}
	if _, err := (RemoteWrite{ca: "ca.crt", dir: dir}).TLS(); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("got %v", err)
	}
}
