package item

import (
	"encoding/binary"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Type tags of the encoding.
const (
	tagS byte = iota + 1
	tagN
	tagB
	tagTrue
	tagFalse
	tagNull
	tagSS
	tagNS
	tagBS
	tagL
	tagM
)

// Encode packs a normalised item. Equal items have equal encodings. The item's size goes first, so that pages can be counted without decoding.
func Encode(m Item) string {
	size := Size(m)
	b := make([]byte, 0, size+3*len(m)+8)
	b = binary.AppendUvarint(b, uint64(size))
	return string(appendMap(b, m))
}

// EncodedSize reads an encoded item's size by DynamoDB's rules.
func EncodedSize(s string) int {
	n, _ := uvarint(s)
	return int(n)
}

// Decode unpacks what Encode packed. It panics on anything else: the store holds nothing else.
func Decode(s string) Item {
	_, n := uvarint(s)
	d := decoder{s: s[n:]}
	return d.readMap()
}

func appendMap(b []byte, m Item) []byte {
	b = binary.AppendUvarint(b, uint64(len(m)))
	for _, name := range sortedNames(m) {
		b = appendString(b, name)
		b = appendValue(b, m[name])
	}
	return b
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendValue(b []byte, v Value) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return appendString(append(b, tagS), v.Value)
	case *types.AttributeValueMemberN:
		return appendString(append(b, tagN), v.Value)
	case *types.AttributeValueMemberB:
		return appendString(append(b, tagB), string(v.Value))
	case *types.AttributeValueMemberBOOL:
		if v.Value {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case *types.AttributeValueMemberNULL:
		return append(b, tagNull)
	case *types.AttributeValueMemberM:
		return appendMap(append(b, tagM), v.Value)
	}
	return appendCollection(b, v)
}

func appendCollection(b []byte, v Value) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		return appendStrings(append(b, tagSS), v.Value)
	case *types.AttributeValueMemberNS:
		return appendStrings(append(b, tagNS), v.Value)
	case *types.AttributeValueMemberBS:
		b = binary.AppendUvarint(append(b, tagBS), uint64(len(v.Value)))
		for _, e := range v.Value {
			b = appendString(b, string(e))
		}
		return b
	case *types.AttributeValueMemberL:
		b = binary.AppendUvarint(append(b, tagL), uint64(len(v.Value)))
		for _, e := range v.Value {
			b = appendValue(b, e)
		}
		return b
	}
	panic(fmt.Sprintf("item: cannot encode %T", v))
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, e := range list {
		b = appendString(b, e)
	}
	return b
}

func uvarint(s string) (v uint64, n int) {
	for shift := 0; ; shift += 7 {
		c := s[n]
		n++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, n
		}
	}
}

type decoder struct{ s string }

func (d *decoder) length() int {
	v, n := uvarint(d.s)
	d.s = d.s[n:]
	return int(v)
}

func (d *decoder) text() string {
	n := d.length()
	out := d.s[:n]
	d.s = d.s[n:]
	return out
}

func (d *decoder) readMap() Item {
	n := d.length()
	out := make(Item, n)
	for range n {
		name := d.text()
		out[name] = d.value()
	}
	return out
}

func (d *decoder) value() Value {
	tag := d.s[0]
	d.s = d.s[1:]
	switch tag {
	case tagS:
		return &types.AttributeValueMemberS{Value: d.text()}
	case tagN:
		return &types.AttributeValueMemberN{Value: d.text()}
	case tagB:
		return &types.AttributeValueMemberB{Value: []byte(d.text())}
	case tagTrue, tagFalse:
		return &types.AttributeValueMemberBOOL{Value: tag == tagTrue}
	case tagNull:
		return &types.AttributeValueMemberNULL{Value: true}
	case tagM:
		return &types.AttributeValueMemberM{Value: d.readMap()}
	}
	return d.collection(tag)
}

func (d *decoder) collection(tag byte) Value {
	n := d.length()
	switch tag {
	case tagSS:
		return &types.AttributeValueMemberSS{Value: d.texts(n)}
	case tagNS:
		return &types.AttributeValueMemberNS{Value: d.texts(n)}
	case tagBS:
		out := make([][]byte, n)
		for i := range out {
			out[i] = []byte(d.text())
		}
		return &types.AttributeValueMemberBS{Value: out}
	case tagL:
		out := make([]Value, n)
		for i := range out {
			out[i] = d.value()
		}
		return &types.AttributeValueMemberL{Value: out}
	}
	panic(fmt.Sprintf("item: unknown tag %d", tag))
}

func (d *decoder) texts(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = d.text()
	}
	return out
}
