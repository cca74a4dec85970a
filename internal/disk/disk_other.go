//go:build !linux

package disk

import "errors"

// Of is not told here.
func Of(string) (Space, error) { return Space{}, errors.ErrUnsupported }
