package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/prometheus/promql"
)

// A Kind is an error type of Prometheus's API. Programs read its text.
type Kind string

// The kinds of error, as far as they occur here.
const (
	BadData     Kind = "bad_data"
	Execution   Kind = "execution"
	Timeout     Kind = "timeout"
	Canceled    Kind = "canceled"
	Unavailable Kind = "unavailable"
	Internal    Kind = "internal"
	NotFound    Kind = "not_found"
)

// An Error is an answer in itself.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) status() int {
	switch e.Kind {
	case BadData:
		return http.StatusBadRequest
	case NotFound:
		return http.StatusNotFound
	case Execution:
		return http.StatusUnprocessableEntity
	case Timeout, Canceled, Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// badParam says that a parameter has no sense.
func badParam(name string, err error) error {
	return &Error{BadData, fmt.Errorf("invalid parameter %q: %w", name, err)}
}

func wrap(what string, err error) error { return fmt.Errorf("%s: %w", what, err) }

// failed tells what an error of the engine or of the store is.
func failed(err error) error {
	if _, ok := errors.AsType[promql.ErrQueryCanceled](err); ok || errors.Is(err, context.Canceled) {
		return &Error{Canceled, err}
	}
	if _, ok := errors.AsType[promql.ErrQueryTimeout](err); ok || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Timeout, err}
	}
	if _, ok := errors.AsType[promql.ErrStorage](err); ok {
		return &Error{Internal, err}
	}
	return &Error{Execution, err}
}
