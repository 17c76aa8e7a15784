package build

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// Text is a file's text in UTF-8 without a byte order mark: what editors and shells of Windows write as UTF-16, as PowerShell's > does, is
// converted. Signs that are none come to U+FFFD, half a sign at the end to nothing.
func Text(content []byte) []byte {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		return content[3:]
	case UTF16(content) && content[0] == 0xff:
		return decoded(content[2:], binary.LittleEndian)
	case UTF16(content):
		return decoded(content[2:], binary.BigEndian)
	}
	return content
}

// UTF16 reports whether a file says that it is UTF-16.
func UTF16(content []byte) bool {
	return bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff"))
}

func decoded(content []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
