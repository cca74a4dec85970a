package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/units"

	"picotop/history"
)

// sizeText writes a size as it is given to a flag. As in Prometheus 1GB is 1024
// times 1MB.
func sizeText(bytes int64) string {
	return strings.ReplaceAll(units.Base2Bytes(bytes).String(), "iB", "B")
}

// sizeValue is how much disk the history may take, in bytes.
type sizeValue int64

func (z *sizeValue) String() string { return sizeText(int64(*z)) }
func (z *sizeValue) Type() string   { return "size" }

func (z *sizeValue) Set(s string) error {
	n, err := units.ParseBase2Bytes(s)
	if err != nil {
		return &badValue{"a size is a number and a unit, such as 500MB or 2GB", "picotop --retention-size 1GB"}
	}
	if int64(n) < history.MinBytes {
		return &badValue{fmt.Sprintf("the smallest is %dMB", history.MinBytes>>20), "picotop --retention-size 1GB"}
	}
	*z = sizeValue(n)
	return nil
}

// minRecording is the smallest bound on a recording, in bytes.
const minRecording = 64 << 10

// recordSizeValue is how long a recording may become, in bytes.
type recordSizeValue int64

func (z *recordSizeValue) String() string { return sizeText(int64(*z)) }
func (z *recordSizeValue) Type() string   { return "size" }

func (z *recordSizeValue) Set(s string) error {
	n, err := units.ParseBase2Bytes(s)
	if err != nil || int64(n) < minRecording {
		return &badValue{"a size is a number and a unit, 64KB at the least", "--max-size 100MB"}
	}
	*z = recordSizeValue(n)
	return nil
}
