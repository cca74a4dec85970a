package config

import (
	"strings"

	"github.com/agext/levenshtein"
)

// nearest is the word that was probably meant; empty if none is near.
func nearest(word string, words []string) string {
	plain := func(s string) string { return strings.ToLower(strings.Trim(strings.ReplaceAll(s, "-", "_"), "_ ")) }
	best, least := "", 0
	for _, w := range words {
		d := levenshtein.Distance(plain(word), plain(w), nil)
		if d <= tolerated(w) && (best == "" || d < least) {
			best, least = w, d
		}
	}
	if best != "" {
		return best
	}
	// Half a word, or one too long: "quiet" for quiet_hours.
	for _, w := range words {
		a, b := plain(word), plain(w)
		if len(a) >= 3 && len(b) >= 3 && (strings.HasPrefix(b, a) || strings.HasPrefix(a, b)) {
			return w
		}
	}
	return ""
}

// tolerated is how many letters may differ: two of most words, so that one may be two
// letters in the wrong order.
func tolerated(word string) int {
	if len(word) < 4 {
		return 1
	}
	return max(2, len(word)/3)
}
