package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"picotop/internal/goldentest"
)

// TestHelpTexts holds what each command says of itself: its flags are typed by
// people and stand in their scripts.
func TestHelpTexts(t *testing.T) {
	for _, command := range []string{
		"", "once", "history", "history info", "history export", "history import", "history merge", "history forget",
		"record", "replay", "simulate", "doctor",
		"config", "config check", "config example", "config show", "notify", "notify test",
	} {
		t.Run("picotop "+command, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := Program{In: strings.NewReader(""), Out: &out, Err: &errs}
			if err := execute(t.Context(), append(strings.Fields(command), "--help"), p); err != nil {
				t.Fatal(err)
			}
			if errs.Len() > 0 {
				t.Errorf("on stderr: %q", errs.String())
			}
			name := strings.ReplaceAll(strings.TrimSpace("picotop "+command), " ", "-")
			goldentest.Compare(t, "../../testdata/help/"+name+".txt", trimmed(out.Bytes()))
		})
	}
}

// trimmed takes away the blanks with which lines are filled up.
func trimmed(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		_, _ = io.WriteString(&out, strings.TrimRight(string(line), " \n")+"\n")
	}
	return out.Bytes()
}
