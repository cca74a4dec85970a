package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// markdownLink is the target of a link or a picture.
var markdownLink = regexp.MustCompile(`\]\(([^)]+)\)`)

// What the pages point at within the source is there, and so is the heading.
func TestLinksOfThePages(t *testing.T) {
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "packaging/*/*.md"} {
		some, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, some...)
	}
	if len(pages) < 10 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	for _, page := range pages {
		for _, m := range markdownLink.FindAllStringSubmatch(read(t, page), -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := filepath.Join(filepath.Dir(page), target)
			if target == "" {
				file = page
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s points at %s, which is not there", page, m[1])
			} else if heading != "" && !strings.Contains(anchors(read(t, file)), "\n"+heading+"\n") {
				t.Errorf("%s points at %s, and there is no such heading", page, m[1])
			}
		}
	}
}

// anchors are the headings of a page as links name them, a line each.
func anchors(page string) string {
	var b strings.Builder
	b.WriteString("\n")
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			title = strings.ToLower(strings.TrimSpace(title))
			b.WriteString(regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(title, "") + "\n")
		}
	}
	return strings.ReplaceAll(b.String(), " ", "-")
}

func TestEveryFlagIsExplained(t *testing.T) {
	page := read(t, "../../docs/flags.md")
	newOptions().flags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(page, "`--"+f.Name) {
			t.Errorf("docs/flags.md says nothing of --%s", f.Name)
		}
	})
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
