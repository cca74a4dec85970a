package promapi

import (
	"fmt"
	"regexp/syntax"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// Bounds on the text of a request, checked before anything is parsed: parsing
// takes a time that grows with the square of the operators, goes as deep into
// the stack as the brackets are nested, and compiles regular expressions.
const (
	maxQuery     = 16 << 10 // bytes, of all selectors of a request together
	maxSelectors = 100
	maxDepth     = 128 // of brackets, and of the parsed expression
	maxOperators = 1000
)

// A scan is what the words of a query show before they are parsed.
type scan struct {
	length    int  // in bytes
	selectors int  // of match[], each of which is a text of its own
	words     int  // tokens
	operators int  // unary ones included
	heavy     bool // whether it may read the history, or compile a regular expression
	regexps   regexpBudget
}

// read adds a query or a selector. The error says which bound it exceeds; what
// is no query at all is left for the parser to tell.
func (s *scan) read(text string) error {
	if s.length += len(text); s.length > maxQuery {
		return fmt.Errorf("longer than %d bytes", maxQuery)
	}
	depth := 0
	var is, was parser.Item // this word and the one before
	for lexer := parser.Lex(text); ; {
		was = is
		lexer.NextItem(&is)
		if was.Typ == parser.IDENTIFIER && (is.Typ != parser.LEFT_PAREN || was.Val == "label_replace") {
			s.heavy = true // a metric, while other functions are cheap
		}
		if is.Typ == parser.EOF || is.Typ == parser.ERROR {
			return nil
		}
		s.words++
		switch is.Typ {
		case parser.LEFT_BRACE:
			s.heavy = true
			depth++
		case parser.LEFT_PAREN, parser.LEFT_BRACKET:
			depth++
		case parser.RIGHT_PAREN, parser.RIGHT_BRACE, parser.RIGHT_BRACKET:
			depth--
		case parser.METRIC_IDENTIFIER:
			s.heavy = true
		case parser.STRING:
			if was.Typ != parser.EQL_REGEX && was.Typ != parser.NEQ_REGEX {
				break
			}
			if value, err := strutil.Unquote(is.Val); err == nil {
				if err := s.regexps.add(value); err != nil {
					return err
				}
			}
		default:
			if is.Typ.IsOperator() {
				s.operators++
			}
		}
		if depth > maxDepth {
			return fmt.Errorf("nested more than %d deep", maxDepth)
		}
		if s.operators > maxOperators {
			return fmt.Errorf("more than %d operators", maxOperators)
		}
	}
}

// readSelectors adds the values of match[].
func (s *scan) readSelectors(texts []string) error {
	if s.selectors += len(texts); s.selectors > maxSelectors {
		return fmt.Errorf("more than %d selectors", maxSelectors)
	}
	for _, text := range texts {
		if err := s.read(text); err != nil {
			return err
		}
	}
	return nil
}

// Bounds on the regular expressions of one request together. Each instruction
// takes about 200 bytes while it is compiled, and a match goes through all of
// them for each letter.
const (
	maxRegexps    = 100
	maxRegexpSize = 10_000 // instructions
	// maxClasses bounds classes of characters and the ranges in them, which cost
	// up to 2 ms each.
	maxClasses = 64
)

// A regexpBudget counts the regular expressions of one request.
type regexpBudget struct {
	count, classes, size int
	late                 []string // not measured yet
}

// add counts one that is not compiled yet. Expressions with many classes are
// not measured at once, since that takes long: measure does so, in a place that
// is large enough.
func (b *regexpBudget) add(text string) error {
	if b.count++; b.count > maxRegexps {
		return fmt.Errorf("more than %d regular expressions", maxRegexps)
	}
	if b.classes += countClasses(text); b.classes > maxClasses {
		return fmt.Errorf("more than %d classes of characters in regular expressions", maxClasses)
	}
	b.late = append(b.late, text)
	if b.classes > smallClasses {
		return nil
	}
	return b.measure()
}

// measure counts the instructions of all. What is no regular expression is left
// for the parser to tell.
func (b *regexpBudget) measure() error {
	for _, text := range b.late {
		if len(text) > maxQuery {
			return fmt.Errorf("a regular expression longer than %d bytes", maxQuery)
		}
		re, err := syntax.Parse(text, syntax.Perl|syntax.DotNL)
		if err != nil {
			continue
		}
		if b.size += compiledSize(re); b.size > maxRegexpSize {
			return fmt.Errorf("regular expressions of more than %d steps, repetitions written out", maxRegexpSize)
		}
	}
	b.late = nil
	return nil
}

// countClasses counts [...], the ranges in them, and \p: parsing alone makes long
// lists of letters of them.
func countClasses(re string) int {
	classes, named, ranges := 0, 0, 0
	for i := 0; i < len(re); i++ {
		switch re[i] {
		case '[':
			classes++
		case '-':
			ranges++
		case '\\':
			if i++; i < len(re) && (re[i] == 'p' || re[i] == 'P') {
				named++
			}
		}
	}
	if classes == 0 {
		return named // a hyphen is one
	}
	return classes + named + ranges // as if all were in one, which costs nobody much
}

// compiledSize is about how many instructions a regular expression is compiled
// to, with repetitions written out. It is at most a few times too large, and
// what is beyond maxRegexpSize is only known to be so.
func compiledSize(re *syntax.Regexp) int {
	size := 1
	switch re.Op {
	case syntax.OpLiteral:
		size = max(len(re.Rune), 1)
	case syntax.OpCapture:
		size = 2
	}
	for _, sub := range re.Sub {
		if size += 1 + compiledSize(sub); size > maxRegexpSize {
			return maxRegexpSize + 1
		}
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min+1, re.Max, 1) // at most 1000
	}
	return min(size, maxRegexpSize+1)
}
