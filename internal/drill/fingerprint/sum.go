package fingerprint

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
)

// Key is the secret that makes a fingerprint unpredictable. It is drawn at random for each comparison, and all that is compared
// is read under the same key.
type Key [32]byte

// String is the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText writes the key in hexadecimal.
func (k Key) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k[:]), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (k *Key) UnmarshalText(text []byte) error { return unhex(k[:], text) }

// Sum is an unsigned integer of 256 bits, the most significant byte first: the hash of one item, or hashes added modulo 2^256.
type Sum [32]byte

// String is the sum in hexadecimal.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// MarshalText writes the sum in hexadecimal.
func (s Sum) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (s *Sum) UnmarshalText(text []byte) error { return unhex(s[:], text) }

// Add adds another sum modulo 2^256. The order of additions does not matter.
func (s *Sum) Add(o *Sum) {
	var carry uint64
	for at := 24; at >= 0; at -= 8 {
		var v uint64
		v, carry = bits.Add64(binary.BigEndian.Uint64(s[at:]), binary.BigEndian.Uint64(o[at:]), carry)
		binary.BigEndian.PutUint64(s[at:], v)
	}
}

func unhex(to, text []byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return errors.New("read fingerprint: not 64 hexadecimal digits")
	}
	_, err := hex.Decode(to, text)
	return err
}
