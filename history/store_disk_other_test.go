//go:build !linux

package history

func childOnSmallDisk() {}

func childOnReadOnlyDisk() {}

func childOnDiskFullAtStart() {}
