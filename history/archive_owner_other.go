//go:build !unix

package history

func giveBack(string) error { return nil }
