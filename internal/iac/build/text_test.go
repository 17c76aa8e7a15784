package build

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
)

func TestTextsOfWindows(t *testing.T) {
	const want = "{\"a\": \"ü€😀\"}\r\n"
	units := append([]uint16{0xfeff}, utf16.Encode([]rune(want))...)
	var little, big []byte
	for _, u := range units {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for name, content := range map[string][]byte{"UTF-8": []byte(want), "UTF-8 with a mark": []byte("\xef\xbb\xbf" + want), "little": little, "big": big, "half a sign": append(little[:len(little):len(little)], 'x')} {
		if got := string(Text(content)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, short := range []string{"", "\xff", "\xff\xfe", "\xef\xbb\xbf"} {
		if got := Text([]byte(short)); short != "\xff" && len(got) > 0 {
			t.Errorf("%q: %q", short, got)
		}
	}
}
