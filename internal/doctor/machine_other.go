//go:build !linux

package doctor

import "errors"

func clockSynced() (bool, error) { return false, errors.New("this system does not tell") }

func disk(string) (free uint64, readOnly, full bool, err error) {
	return 0, false, false, errors.New("this system does not tell")
}
