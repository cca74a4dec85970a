package promapi

import (
	"net/http"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// parse answers with the tree of a query, as Prometheus's own pages draw it.
func (a *API) parse(r *http.Request) (answer, error) {
	return a.parsed(r, func(_ string, expr parser.Expr) (answer, error) {
		return answer{data: tree(expr)}, nil
	})
}

// object is one node. Its fields are written in the order of their names.
type object map[string]any

// tree is an expression in the form of Prometheus's translateAST.
func tree(expr parser.Expr) any {
	switch e := expr.(type) {
	case *parser.AggregateExpr:
		o := object{
			"type": "aggregation", "op": e.Op.String(), "expr": tree(e.Expr), "param": nil,
			"grouping": orEmpty(e.Grouping), "without": e.Without,
		}
		if e.Param != nil {
			o["param"] = tree(e.Param)
		}
		return o
	case *parser.BinaryExpr:
		return object{
			"type": "binaryExpr", "op": e.Op.String(), "lhs": tree(e.LHS), "rhs": tree(e.RHS),
			"matching": matching(e.VectorMatching), "bool": e.ReturnBool,
		}
	case *parser.Call:
		args := []any{}
		for _, arg := range e.Args {
			args = append(args, tree(arg))
		}
		return object{"type": "call", "args": args, "func": object{
			"name": e.Func.Name, "argTypes": e.Func.ArgTypes, "variadic": e.Func.Variadic, "returnType": e.Func.ReturnType,
		}}
	case *parser.MatrixSelector:
		o := selectorTree("matrixSelector", e.VectorSelector.(*parser.VectorSelector))
		o["range"], o["rangeExpr"] = e.Range.Milliseconds(), nil
		return o
	case *parser.SubqueryExpr:
		return object{
			"type": "subquery", "expr": tree(e.Expr), "range": e.Range.Milliseconds(), "rangeExpr": nil,
			"offset": e.OriginalOffset.Milliseconds(), "offsetExpr": nil, "step": e.Step.Milliseconds(), "stepExpr": nil,
			"timestamp": e.Timestamp, "startOrEnd": startOrEnd(e.StartOrEnd),
		}
	case *parser.NumberLiteral:
		return object{"type": "numberLiteral", "val": strconv.FormatFloat(e.Val, 'f', -1, 64)}
	case *parser.ParenExpr:
		return object{"type": "parenExpr", "expr": tree(e.Expr)}
	case *parser.StringLiteral:
		return object{"type": "stringLiteral", "val": e.Val}
	case *parser.UnaryExpr:
		return object{"type": "unaryExpr", "op": e.Op.String(), "expr": tree(e.Expr)}
	case *parser.VectorSelector:
		return selectorTree("vectorSelector", e)
	}
	return nil // no other kind comes out of the parser
}

func selectorTree(kind string, e *parser.VectorSelector) object {
	return object{
		"type": kind, "name": e.Name, "offset": e.OriginalOffset.Milliseconds(), "offsetExpr": nil,
		"matchers": matcherTrees(e.LabelMatchers), "timestamp": e.Timestamp, "startOrEnd": startOrEnd(e.StartOrEnd),
		"anchored": e.Anchored, "smoothed": e.Smoothed,
	}
}

func matcherTrees(list []*labels.Matcher) []object {
	out := []object{}
	for _, m := range list {
		out = append(out, object{"name": m.Name, "value": m.Value, "type": m.Type.String()})
	}
	return out
}

func matching(m *parser.VectorMatching) any {
	if m == nil {
		return nil
	}
	return object{
		"card": m.Card.String(), "labels": orEmpty(m.MatchingLabels), "on": m.On, "include": orEmpty(m.Include),
		"fillValues": map[string]*float64{"lhs": m.FillValues.LHS, "rhs": m.FillValues.RHS},
	}
}

func startOrEnd(t parser.ItemType) any {
	if t == 0 {
		return nil
	}
	return t.String()
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
