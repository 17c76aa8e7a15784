package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// note extracts what is kept of an item that may differ: its primary key, and the source's change time.
func (c *comparison) note(side int, raw []byte) (key string, changed int64, err error) {
	var item map[string]json.RawMessage
	if err := json.Unmarshal(raw, &item); err != nil {
		return "", 0, fmt.Errorf("read item: %w", err)
	}
	if side == 0 && c.o.ChangedAt != "" {
		changed = changeTime(item[c.o.ChangedAt])
	}
	return keyText(item, c.a.shape.keys), changed, nil
}

// keyText writes the primary key as DynamoDB's JSON, the partition key first.
func keyText(item map[string]json.RawMessage, names []string) string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		quoted, err := json.Marshal(name)
		if err != nil { // of a string: cannot be
			continue
		}
		b.Write(quoted)
		b.WriteByte(':')
		if json.Compact(&b, item[name]) != nil { // of text that was read as JSON: cannot be
			continue
		}
	}
	b.WriteByte('}')
	return b.String()
}

// changeTime reads an attribute that says when an item was changed: a number of seconds, milliseconds, micro- or nanoseconds since 1970,
// told apart by size, or an ISO 8601 text. It returns milliseconds since 1970, and 0 for anything else.
func changeTime(raw json.RawMessage) int64 {
	var v struct{ N, S *string }
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return 0
	}
	switch {
	case v.N != nil:
		return epoch(*v.N)
	case v.S == nil:
		return 0
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "20060102T150405Z0700"} {
		if t, err := time.Parse(layout, *v.S); err == nil { // without an offset it is UTC
			return t.UnixMilli()
		}
	}
	if strings.Trim(*v.S, "0123456789.") == "" {
		return epoch(*v.S)
	}
	return 0
}

// epoch: seconds reach 1e11 in the year 5138, milliseconds passed it in 1973.
func epoch(text string) int64 {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || n <= 0 || math.IsInf(n, 0):
		return 0
	case n < 1e11:
		return int64(n * 1e3)
	case n < 1e14:
		return int64(n)
	case n < 1e17:
		return int64(n / 1e3)
	case n < 1e20:
		return int64(n / 1e6)
	}
	return 0
}
