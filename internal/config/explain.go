package config

import (
	"regexp"
	"slices"
	"strings"
)

// explain words what is wrong with the form of a line, as somebody sees it who has
// never heard of TOML. message is the library's.
func explain(at int, line, message string) *Error {
	e := &Error{Line: at}
	switch {
	case explainTwice(e, line, message):
	case strings.Contains(message, "array") && !strings.HasPrefix(valueOf(line), "["):
		e.Cause = "a list that began above is not closed"
		e.Hint = `close it with ], as in: on = ["freezing", "silent"]`
	case strings.ContainsAny(line, "“”„‟‘’‚«»"):
		e.Cause = "the quotes here are typographic ones, as word processors make them"
		e.Hint = `write straight ones, as in: name = "Cold water tank"`
	case strings.HasPrefix(line, "//"), strings.HasPrefix(line, ";"), strings.HasPrefix(line, "--"), strings.HasPrefix(line, "/*"):
		e.Cause, e.Hint = "a comment begins with #", "put a # before this line"
	case strings.HasPrefix(line, "["):
		explainHeader(e, line)
	case !strings.Contains(line, "="):
		explainNoValue(e, line)
	default:
		explainValue(e, line, message)
	}
	if e.Cause == "" {
		e.Cause = "this cannot be read: " + message
		e.Hint = `a line is KEY = VALUE, a [section], or a # comment; see: picotop config example`
	}
	return e
}

// explainTwice knows what is there twice, or as two things.
func explainTwice(e *Error, line, message string) bool {
	switch {
	case strings.Contains(message, "as an array of tables"), strings.Contains(message, "should be an array table"):
		name := strings.Trim(line, "[] ")
		e.Cause = "there may be several of these sections, so each begins with two brackets"
		e.Hint = "write [[" + name + "]]"
	case strings.Contains(message, "should be a table"):
		e.Cause = "this was given a value above, so it cannot be a section as well"
		e.Hint = "keep one of them"
	case strings.Contains(message, "already"):
		what, _, _ := strings.Cut(line, "=")
		e.Cause = plain(strings.TrimSpace(what)) + " is there twice"
		e.Hint = "keep one of them"
	default:
		return false
	}
	return true
}

// plain takes out of a piece of the file what cannot be shown.
func plain(s string) string { q := quoted(s); return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`) }

func explainHeader(e *Error, line string) {
	open := "["
	if strings.HasPrefix(line, "[[") {
		open = "[["
	}
	closing := strings.Repeat("]", len(open))
	inner, after, closed := strings.Cut(strings.TrimPrefix(line, open), closing)
	kind, name, two := strings.Cut(strings.TrimSpace(inner), ".")
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	switch {
	case two && name != "" && strings.Trim(name, bare) != "":
		e.Cause = "a name with blanks or signs in it stands in quotes"
		e.Hint = "write " + open + plain(kind) + `."` + plain(strings.Trim(name, "[]")) + `"` + closing
	case !two && strings.ContainsAny(strings.TrimSpace(inner), " \t"):
		first, rest, _ := strings.Cut(strings.TrimSpace(inner), " ")
		e.Cause = "between " + plain(first) + " and the name stands a dot"
		e.Hint = "write " + open + plain(first) + `."` + plain(strings.Trim(strings.TrimSpace(rest), `"'[]`)) + `"` + closing
	case !closed:
		e.Cause = "the section's name is not closed"
		e.Hint = "write " + plain(open+strings.TrimSpace(strings.TrimRight(inner, "]"))) + closing
	case strings.TrimSpace(after) != "":
		e.Cause = "there is something behind the section's name"
		e.Hint = "put it on a line of its own"
	}
}

// bare are the letters of names without quotes.
const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

func explainNoValue(e *Error, line string) {
	key, value, colon := strings.Cut(line, ":")
	switch word, rest, two := strings.Cut(line, " "); {
	case colon && strings.TrimSpace(value) == "":
		e.Cause, e.Hint = "a section stands in brackets", "write it like this: "+sensorExample+", and its keys below, as in: limit = 2.0"
	case colon:
		e.Cause, e.Hint = "between a key and its value stands =, not a colon", "write "+assignment(key, strings.TrimSpace(value), true)
	case two:
		e.Cause, e.Hint = "between a key and its value stands =", "write "+assignment(word, strings.TrimSpace(rest), true)
	default:
		e.Cause, e.Hint = plain(line)+" has no value", "write "+plain(line)+" = VALUE; or put a # before it"
	}
}

var (
	comma     = regexp.MustCompile(`^[+-]?\d+,\d+$`)
	withUnit  = regexp.MustCompile(`(?i)^([+-]?\d+(\.\d+)?)\s*(°\s*[CFK]?|º\s*[CFK]?|[CFK]|degrees?|celsius|%|K/h)$`)
	timespan  = regexp.MustCompile(`(?i)^\d+(\.\d+)?\s*[a-z]+$`)
	zeroFirst = regexp.MustCompile(`^[+-]?0\d+$`)
	halfPoint = regexp.MustCompile(`^[+-]?(\.\d+|\d+\.)$`)
)

func explainValue(e *Error, line, message string) {
	key, value, _ := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if before, _, found := strings.Cut(value, " #"); found {
		value = strings.TrimSpace(before)
	}
	yes := slices.Contains([]string{"true", "yes", "on", "y"}, strings.ToLower(value))
	no := slices.Contains([]string{"false", "no", "n"}, strings.ToLower(value))
	set := func(cause, hint string) { e.Cause, e.Hint = cause, "write "+hint }
	switch {
	case key == "":
		set("there is no key before the =", "KEY = VALUE")
	case strings.Trim(key, bare+".") != "" && !strings.ContainsAny(key, `"'`):
		set("a key is one word", strings.ReplaceAll(plain(key), " ", "_")+" = VALUE")
	case value == "":
		e.Cause, e.Hint = "nothing stands behind the =", "write a value, or put a # before the line"
	case strings.HasPrefix(value, "="), strings.HasPrefix(value, ":"):
		set("one = is enough", assignment(key, strings.TrimLeft(value, "=: "), false))
	case yes:
		set("what is on is called true", key+" = true")
	case no:
		set("what is off is called false", key+" = false")
	case comma.MatchString(value):
		set("a number has a point, not a comma", assignment(key, strings.Replace(value, ",", ".", 1), false))
	case withUnit.MatchString(value):
		set("a number stands without its unit", assignment(key, withUnit.FindStringSubmatch(value)[1], false))
	case timespan.MatchString(value):
		set("a number with a unit stands in quotes", assignment(key, strings.ReplaceAll(value, " ", ""), true))
	case zeroFirst.MatchString(value):
		set("a number does not begin with 0", assignment(key, value, true)+", or without the 0")
	case halfPoint.MatchString(value):
		set("on both sides of the point stands a digit", "0.5 or 3.0")
	case strings.Contains(message, "escape"):
		e.Cause, e.Hint = `a backslash between " and " has a meaning of its own`, `write it twice, \\, or put the text between ' and '`
	default:
		explainEnd(e, key, value, message)
	}
}

// explainEnd knows what is missing at the end of a value, and what is too much there.
func explainEnd(e *Error, key, value, message string) {
	first := value[:1]
	switch {
	case strings.Contains(`"'`, first) && strings.Count(value, first) == 1:
		e.Cause, e.Hint = "the quote at the end is missing", "write "+assignment(key, strings.Trim(value, `"'`), true)
	case strings.Contains(`"'`, first) && strings.Contains(message, "newline"):
		e.Cause, e.Hint = "there is something behind the value", "put each key on a line of its own"
	case first == "[" && !strings.Contains(value, "]"):
		e.Cause, e.Hint = "the list is not closed", `close it with ], as in: on = ["freezing", "silent"]`
	case first == "[":
		e.Cause, e.Hint = "the list cannot be read", `put commas between, and texts in quotes: on = ["freezing", "silent"]`
	case first == "{":
		e.Cause, e.Hint = "the values between { and } cannot be read", `as in: quiet_hours = { from = "22:00", to = "07:00" }`
	case strings.Contains("0123456789+-", first) && strings.Contains(message, "newline") && strings.ContainsAny(value, " \t"):
		e.Cause, e.Hint = "there is something behind the value", "put each key on a line of its own"
	case strings.Contains(message, "control characters"):
		e.Cause, e.Hint = "there is a character in the text that cannot be shown", "type the text anew"
	case !strings.Contains(`"'`, first):
		e.Cause, e.Hint = "a text stands in quotes", "write "+assignment(key, value, true)
	}
}

// assignment is a line to be written. What may be a secret is not repeated.
func assignment(key, value string, inQuotes bool) string {
	key = plain(strings.TrimSpace(key))
	if !slices.Contains(plainKeys(), key) || strings.Contains(value, "://") {
		if inQuotes {
			return key + ` = "…"`
		}
		return key + " = …"
	}
	value = plain(value)
	bareWord := value == "true" || value == "false" || strings.Trim(value, "+-0123456789.") == "" && value != ""
	if inQuotes && !strings.HasPrefix(value, `"`) && (!bareWord || zeroFirst.MatchString(value)) {
		value = `"` + value + `"`
	}
	return key + " = " + value
}
