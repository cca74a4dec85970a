//go:build !unix

package app

import "os"

// pollable returns the file as it is.
func pollable(f *os.File) *os.File { return f }
