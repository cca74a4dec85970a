//go:build !linux

package host

import "errors"

// Of is not told here.
func Of(string) (Space, error) { return Space{}, errors.ErrUnsupported }
