// Package romcode knows how the ROM code of a DS18B20 is spelt.
package romcode

import "strings"

// Canonical is the one spelling of a ROM code: lower-case hexadecimal digits and
// nothing between them, such as "28ff641e8fdf18c1". Firmware also writes
// "28FF641E8FDF18C1", "28-ff641e8fdf18c1" and "28:FF:64:1E:8F:DF:18:C1". What is
// no ROM code, such as the name that stands for a missing one, is returned as it
// is.
func Canonical(code string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r == '-', r == ':', r == '.', r == ' ', r == '_':
			return -1
		case r >= 'A' && r <= 'F':
			return r + 'a' - 'A'
		}
		return r
	}, code)
	if len(digits) != length || strings.Trim(digits, "0123456789abcdef") != "" {
		return code
	}
	return digits
}

// IsCode reports whether a text is a ROM code, in any spelling.
func IsCode(s string) bool {
	code := Canonical(s)
	return len(code) == length && strings.Trim(code, "0123456789abcdef") == ""
}

// length is that of a ROM code in hexadecimal: 8 bits of family code, 48 of serial
// number and 8 of checksum (Maxim 19-7487, "64-bit lasered ROM code").
const length = 16
