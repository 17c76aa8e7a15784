package item

import (
	"encoding/binary"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Hash spreads partition keys evenly over 64 bits: it decides the order of a scan and the segment of a parallel one.
func Hash(v Value) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range AppendOrdered(nil, v) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// PartitionPrefix is what all tree keys of one partition begin with: eight bytes of hash, then the encoded partition key.
func PartitionPrefix(hash Value) []byte {
	b := make([]byte, 8, 64)
	binary.BigEndian.PutUint64(b, Hash(hash))
	return AppendOrdered(b, hash)
}

// TreeKey is a tree key: partition prefix and, when the table has one, the encoded sort key. The order of sort keys is the order of bytes.
func TreeKey(hash, sort Value) []byte {
	b := PartitionPrefix(hash)
	if sort != nil {
		b = AppendOrdered(b, sort)
	}
	return b
}

// AppendOrdered appends a scalar S, N or B such that byte order is value order and no encoding is another's prefix.
func AppendOrdered(b []byte, v Value) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return appendEscaped(b, v.Value)
	case *types.AttributeValueMemberB:
		return appendEscaped(b, string(v.Value))
	case *types.AttributeValueMemberN:
		return number(v.Value).appendOrdered(b)
	}
	return b
}

// appendEscaped writes 00 as 00 FF and ends with 00 01, so that a shorter string comes before a longer one with the same beginning.
func appendEscaped(b []byte, s string) []byte {
	b = AppendPrefix(b, s)
	return append(b, 0, 1)
}

// AppendPrefix appends a string without its end: every string that begins so has an encoding that begins so.
func AppendPrefix(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, s[i])
		if s[i] == 0 {
			b = append(b, 0xff)
		}
	}
	return b
}
