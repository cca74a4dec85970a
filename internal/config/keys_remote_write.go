package config

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const remoteWriteExample = `[[remote_write]], and below it: url = "http://192.168.1.20:8428/api/v1/write"`

// remoteWriteFields are the keys of one database that is sent to.
func remoteWriteFields(t *RemoteWrite) []field {
	fields := secretFields(&t.URL, "Where it takes remote write.", `"http://192.168.1.20:8428/api/v1/write"`, `"remote-write-url"`, `"PICOTOP_REMOTE_WRITE"`)
	fields = append(fields,
		field{key: "name", doc: "What it is called in logs and metrics. How far it was sent to is kept under this name, so keep it when the URL changes. Without it: the host.", example: `"house-prometheus"`, read: words(&t.Name)},
		field{key: "labels", doc: "Labels that each series gets.", example: `{ house = "mum" }`, read: extraLabels(&t.Labels)},
		field{key: "since", doc: "How much of the past is sent at the first contact. Without it nothing of it is.", example: `"720h"`, read: span(&t.Since, time.Second, 20*366*24*time.Hour, false)},
		field{key: "protocol", doc: `The version of remote write: "1.0", which every receiver knows, or "2.0".`, example: `"1.0"`, read: oneOf(&t.Protocol, "1.0", "2.0")},
		field{key: "timeout", doc: "How long one request may take.", example: `"30s"`, read: span(&t.Timeout, time.Second, 10*time.Minute, false)},
		field{key: "user", doc: "For basic authentication.", example: `"picotop"`, read: words(&t.User)},
	)
	fields = append(fields, hiddenFields("password", &t.Password, "The user's password.")...)
	fields = append(fields, hiddenFields("bearer_token", &t.Bearer, "Instead of a user: a token.")...)
	return append(fields,
		field{key: "ca_file", doc: "With https: the certificate of who vouches for the database's, if the system does not know it. A name that does not begin with / is beside this file.", example: `"ca.crt"`, read: func(r *reader, v value) { path(r, v, &t.ca) }},
		field{key: "cert_file", doc: "With https: picotop's own certificate, if the database asks for one.", example: `"picotop.crt"`, read: func(r *reader, v value) { path(r, v, &t.cert) }},
		field{key: "key_file", doc: "The key of that certificate.", example: `"picotop.key"`, read: func(r *reader, v value) { path(r, v, &t.key) }},
	)
}

// hiddenFields are the two ways to give a password: a file and the environment.
func hiddenFields(key string, s *Secret, doc string) []field {
	return []field{
		{key: key + "_file", doc: doc + " It is in a file. If its name does not begin with / that is in $CREDENTIALS_DIRECTORY, where systemd's LoadCredential= puts it, or else beside this file.", example: `"remote-write-` + strings.ReplaceAll(key, "_", "-") + `"`, read: passwordFile(s)},
		{key: key + "_env", doc: "Instead: a variable of the environment that holds it.", example: `"PICOTOP_REMOTE_WRITE_` + strings.ToUpper(key) + `"`, instead: true, read: passwordVariable(s)},
	}
}

var labelName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func extraLabels(to *map[string]string) func(*reader, value) {
	return func(r *reader, v value) {
		if v.kind != table {
			r.wrong(v, "labels")
			return
		}
		*to = map[string]string{}
		for name, n := range v.under {
			if n.kind != text || !labelName.MatchString(name) || plain(n.text) != n.text {
				r.fail(n.line, v.like(), "labels are letters, digits and _, and their values texts in quotes")
				return
			}
			(*to)[name] = n.text
		}
	}
}

func readRemoteWrites(r *reader, v value) {
	if v.kind != list {
		r.fail(v.line, "write "+remoteWriteExample, "there may be several databases, so each begins with [[remote_write]]")
		return
	}
	if len(v.items) > maxTargets {
		r.fail(v.items[maxTargets].line, "leave some out", "there are more than %d databases", maxTargets)
		return
	}
	for i, n := range v.items {
		if n.kind != table {
			r.fail(n.line, "write "+remoteWriteExample, "a database is a section, not a value")
			continue
		}
		t := RemoteWrite{Timeout: defaultTimeout, Line: n.line, dir: filepath.Dir(r.file.Path)}
		before := len(r.errs)
		r.fields(n, fmt.Sprintf("remote_write.%d", i+1), "[[remote_write]]", remoteWriteFields(&t))
		if len(r.errs) > before {
			continue
		}
		r.oneWay(n, "a database", "url", "url_file", "url_env")
		r.rightRemoteWrite(t)
		r.file.RemoteWrite = append(r.file.RemoteWrite, t)
	}
	r.nameRemoteWrites()
}

// rightRemoteWrite looks whether the keys of a database go together.
func (r *reader) rightRemoteWrite(t RemoteWrite) {
	switch s := t.URL.value; {
	case s != "" && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://"):
		r.fail(t.Line, "write "+remoteWriteExample, "remote write goes by http or https only")
	case !t.Password.IsZero() && t.User == "":
		r.fail(t.Line, `write whose it is: user = "picotop"`, "[[remote_write]] has a password and no user")
	case t.User != "" && !t.Bearer.IsZero():
		r.fail(t.Line, "keep one of them", "[[remote_write]] has a user and a token")
	case (t.cert == "") != (t.key == ""):
		r.fail(t.Line, "write both", "cert_file and key_file go together")
	}
}

// nameRemoteWrites makes sure that each database has a name of its own. The position
// is kept under it, so it never depends on the order.
func (r *reader) nameRemoteWrites() {
	taken := map[string]int{}
	for i := range r.file.RemoteWrite {
		t := &r.file.RemoteWrite[i]
		if t.Name == "" {
			t.Name = t.URL.host()
		}
		if first, twice := taken[t.Name]; twice {
			r.fail(t.Line, `give each a name: name = "cloud"`, "two databases are called %s; the first is in line %d", quoted(t.Name), first)
		}
		taken[t.Name] = t.Line
	}
}

// showRemoteWrite lists the keys of the databases.
func (f *File) showRemoteWrite(add func(key, value string)) {
	for i, t := range f.RemoteWrite {
		in := fmt.Sprintf("remote_write.%d.", i+1)
		add(in+"name", quote(t.Name))
		add(in+t.URL.key(), t.URL.shown())
		if len(t.Labels) > 0 {
			add(in+"labels", labelsText(t.Labels))
		}
		add(in+"protocol", quote(cmp.Or(t.Protocol, "1.0")))
		if t.Since > 0 {
			add(in+"since", spanText(t.Since))
		}
		add(in+"timeout", spanText(t.Timeout))
		for _, one := range []struct{ key, value string }{
			{"user", quote(t.User)},
			{t.Password.hiddenKey("password"), t.Password.shown()},
			{t.Bearer.hiddenKey("bearer_token"), t.Bearer.shown()},
			{"ca_file", quote(t.ca)},
			{"cert_file", quote(t.cert)},
			{"key_file", quote(t.key)},
		} {
			if one.value != "" && one.value != `""` {
				add(in+one.key, one.value)
			}
		}
	}
}

// labelsText are labels as they stand in the file.
func labelsText(labels map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, name+" = "+quote(labels[name]))
	}
	return "{ " + strings.Join(all, ", ") + " }"
}

// hiddenKey is the key of hiddenFields that was taken.
func (s Secret) hiddenKey(key string) string {
	if s.env != "" {
		return key + "_env"
	}
	return key + "_file"
}
