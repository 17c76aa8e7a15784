package evidence

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// The algorithms.
const (
	Ed25519   = "ed25519"
	ECDSAP256 = "ecdsa-p256" // with SHA-256, signatures in ASN.1
)

// PublicKey verifies signatures.
type PublicKey struct {
	ID        string // SHA-256 of the key's SubjectPublicKeyInfo (DER), hex
	Algorithm string
	key       crypto.PublicKey
	der       []byte
}

// NewPublicKey takes an ed25519 or ECDSA P-256 key.
func NewPublicKey(key crypto.PublicKey) (PublicKey, error) {
	p := PublicKey{key: key}
	switch k := key.(type) {
	case ed25519.PublicKey:
		p.Algorithm = Ed25519
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return PublicKey{}, fmt.Errorf("read public key: ECDSA on %s: want P-256", k.Params().Name)
		}
		p.Algorithm = ECDSAP256
	default:
		return PublicKey{}, fmt.Errorf("read public key: %s: want ed25519 or ECDSA P-256", kindOf(key))
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("read public key: %w", err)
	}
	sum := sha256.Sum256(der)
	p.ID, p.der = hex.EncodeToString(sum[:]), der
	return p, nil
}

func kindOf(key any) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", key), "*"), "crypto/"), ".PublicKey")
}

// ParseDER reads a SubjectPublicKeyInfo, as AWS KMS hands it out.
func ParseDER(der []byte) (PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, fmt.Errorf("read public key: %w", err)
	}
	return NewPublicKey(key)
}

// ParsePublicKey reads a PEM file with one PUBLIC KEY block and nothing else.
func ParsePublicKey(text []byte) (PublicKey, error) {
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return PublicKey{}, errors.New("read public key: no PEM: want a file that begins with -----BEGIN PUBLIC KEY-----")
	case strings.Contains(block.Type, "PRIVATE KEY"):
		return PublicKey{}, errors.New("read public key: this is a private key: it signs, and is given to nobody")
	case block.Type != "PUBLIC KEY":
		return PublicKey{}, fmt.Errorf("read public key: a PEM block %q: want PUBLIC KEY", block.Type)
	case len(bytes.TrimSpace(rest)) > 0:
		return PublicKey{}, errors.New("read public key: something follows the key: want one key in a file")
	}
	return ParseDER(block.Bytes)
}

// PEM is the form in which the key is handed on.
func (k PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.der})
}

// verify checks a signature over a message. Of the two ECDSA signatures that are equally good, (r, s) and (r, n-s), only the one with
// the smaller s is taken: otherwise an evidence file could be changed and still verify.
func (k PublicKey) verify(message, sig []byte) error {
	switch key := k.key.(type) {
	case ed25519.PublicKey:
		if ed25519.Verify(key, message, sig) {
			return nil
		}
	case *ecdsa.PublicKey:
		only, err := k.normalise(sig)
		if err != nil {
			return err
		}
		if !bytes.Equal(only, sig) {
			return errors.New("the signature is not in its one form")
		}
		sum := sha256.Sum256(message)
		if ecdsa.VerifyASN1(key, sum[:], sig) {
			return nil
		}
	}
	return errors.New("the signature does not fit the content")
}

// normalise brings a signature into the form that verify takes.
func (k PublicKey) normalise(sig []byte) ([]byte, error) {
	if k.Algorithm != ECDSAP256 {
		return sig, nil
	}
	var v struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &v); err != nil || len(rest) > 0 {
		return nil, errors.New("the signature is not ASN.1 of ECDSA")
	}
	order := elliptic.P256().Params().N
	if v.S.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		v.S = new(big.Int).Sub(order, v.S)
	}
	return asn1.Marshal(v)
}
