// Package keys holds what signs evidence: key files, and keys of AWS KMS that never leave it.
package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/restorable/restorable/internal/drill/evidence"
)

// PublicSuffix is what the public key's file is called besides the name of the private one.
const PublicSuffix = ".pub"

// ErrExists says that a file of that name is there, and was left as it is.
var ErrExists = errors.New("it exists already")

// OpenToOthersError says that other users may read a private key.
type OpenToOthersError struct {
	File string
	Mode fs.FileMode
}

func (e *OpenToOthersError) Error() string {
	return fmt.Sprintf("read key %s: its mode is %#o: others may read it", e.File, e.Mode.Perm())
}

// FileKey signs with a private key that was read from a file.
type FileKey struct {
	signer crypto.Signer
	public evidence.PublicKey
}

// Public returns the public key.
func (k *FileKey) Public() evidence.PublicKey { return k.public }

// Sign signs a message.
func (k *FileKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	if k.public.Algorithm == evidence.Ed25519 {
		return k.signer.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// New makes a key pair: the private key in PKCS#8 PEM that only its owner may read, the public one beside it with PublicSuffix.
// Neither file is ever overwritten: the error is then ErrExists.
func New(file, algorithm string) (*FileKey, error) {
	signer, err := generate(algorithm)
	if err != nil {
		return nil, err
	}
	k, err := fromSigner(signer)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	// The public key comes first: a crash between the two leaves nothing that must be kept secret.
	if err := create(file+PublicSuffix, k.public.PEM(), 0o644); err != nil {
		return nil, err
	}
	if err := create(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		_ = os.Remove(file + PublicSuffix) // ours, and of no use now: the first error is the one to tell
		return nil, err
	}
	return k, nil
}

func generate(algorithm string) (crypto.Signer, error) {
	switch algorithm {
	case evidence.Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case evidence.ECDSAP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return nil, fmt.Errorf("make key: algorithm %q: want %s or %s", algorithm, evidence.Ed25519, evidence.ECDSAP256)
}

func create(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write key %s: %w", name, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(name) // half a key is none
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}

// Open reads a private key that New made, or another in PKCS#8 PEM. A file that others may read is refused with *OpenToOthersError.
func Open(file string) (*FileKey, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat() // of what was opened: the name may mean another file by now
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, &OpenToOthersError{file, info.Mode()}
	}
	text, err := io.ReadAll(io.LimitReader(f, sizeLimit))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	k, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", file, err)
	}
	return k, nil
}

// sizeLimit is many times what a key takes.
const sizeLimit = 64 << 10

func parse(text []byte) (*FileKey, error) {
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("no PEM: want a file that begins with -----BEGIN PRIVATE KEY-----")
	case block.Type == "PUBLIC KEY":
		return nil, errors.New("this is a public key: it verifies, and cannot sign")
	case strings.HasPrefix(block.Type, "ENCRYPTED"):
		return nil, errors.New("it is encrypted, which is not supported: keep it in AWS KMS instead")
	case block.Type != "PRIVATE KEY":
		return nil, fmt.Errorf("a PEM block %q: want PRIVATE KEY (PKCS#8)", block.Type)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("it is no PKCS#8 key") // the cause might quote what is secret
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("it is no key that signs: want ed25519 or ECDSA P-256")
	}
	return fromSigner(signer)
}

func fromSigner(signer crypto.Signer) (*FileKey, error) {
	public, err := evidence.NewPublicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	return &FileKey{signer: signer, public: public}, nil
}
