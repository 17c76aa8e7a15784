package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const keysHelp = `Keys that sign the evidence of drills. The private key stays with whoever runs drills; the
public one goes to whoever verifies evidence. A key of AWS KMS (spec ECC_NIST_P256, usage
SIGN_VERIFY) never leaves AWS.

  restorable keys new drill.key
  restorable keys show drill.key
  restorable keys show --kms arn:aws:kms:eu-west-1:111122223333:alias/drills -o pem=drill.pub`

func (a *app) keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Make and show keys that sign evidence", Long: keysHelp}
	group(cmd)
	algorithm := evidence.Ed25519
	made := &cobra.Command{
		Use: "new FILE", Short: "Make a key pair: FILE (private) and FILE.pub", Example: "  restorable keys new drill.key",
		Args: exactArgs(1, "a file to write the private key to"),
		RunE: func(_ *cobra.Command, args []string) error { return a.newKey(args[0], algorithm) },
	}
	made.Flags().StringVar(&algorithm, "algorithm", evidence.Ed25519, "ed25519 or ecdsa-p256")
	var o showKeyOptions
	shown := &cobra.Command{
		Use: "show [FILE]", Short: "Show the public key and its id", Example: "  restorable keys show drill.key -o pem", Args: atMostOne("a key file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.file = args[0]
			}
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.showKey(ctx, o)
		},
	}
	o.register(shown.Flags())
	cmd.AddCommand(made, shown)
	return cmd
}

func (a *app) newKey(file, algorithm string) error {
	if algorithm != evidence.Ed25519 && algorithm != evidence.ECDSAP256 {
		hint := "--algorithm ed25519 or --algorithm ecdsa-p256"
		if near := suggest.Nearest(algorithm, []string{evidence.Ed25519, evidence.ECDSAP256}); near != "" {
			hint = "did you mean --algorithm " + near + "?"
		}
		return misuse(hint, "--algorithm %s: unknown", algorithm)
	}
	k, err := keys.New(file, algorithm)
	switch {
	case errors.Is(err, keys.ErrExists):
		return misuse("choose another name, or restorable keys show "+render.ShellWord(file), "%s or %s exists already, and keys are never overwritten", file, file+keys.PublicSuffix)
	case err != nil:
		return misuse("choose another file", "the key cannot be written: %s", plainCause(err))
	}
	p := printer{w: a.std.Out, screen: a.screen(a.std.Out)}
	p.title("Key " + k.Public().ID)
	p.put("")
	p.put("private  " + terminal.Clean(file) + "      signs; keep it, and give it to nobody")
	p.put("public   " + terminal.Clean(file+keys.PublicSuffix) + "  verifies; give it to whoever checks evidence")
	return nil
}

type showKeyOptions struct {
	file    string
	kms     string
	aws     awsOptions
	outputs []string
}

func (o *showKeyOptions) register(f *pflag.FlagSet) {
	o.aws.register(f)
	f.StringVar(&o.kms, "kms", "", "`ARN` of a key or alias of AWS KMS (needs kms:GetPublicKey)")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table, json or pem, with =`FILE`; repeatable")
}

// shownKey is the JSON of a key.
type shownKey struct {
	KeyID     string `json:"key_id"` // SHA-256 of the SubjectPublicKeyInfo, hex
	Algorithm string `json:"algorithm"`
	KMS       string `json:"kms,omitempty"` // ARN
	PEM       string `json:"public_key_pem"`
}

func (a *app) showKey(ctx context.Context, o showKeyOptions) error {
	specs, err := parseOutputsOf(o.outputs, []string{"table", "json", "pem"})
	if err != nil {
		return err
	}
	shown, err := a.findKey(ctx, o)
	if err != nil {
		return err
	}
	for _, s := range specs {
		if s.format == "pem" {
			err = a.writeText(s, func(w io.Writer) error { _, err := io.WriteString(w, shown.PEM); return err })
		} else {
			err = a.toOutput(s, func(w io.Writer) { a.keyTable(w, shown) }, shown)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) findKey(ctx context.Context, o showKeyOptions) (shownKey, error) {
	switch {
	case (o.file == "") == (o.kms == ""):
		return shownKey{}, misuse("restorable keys show drill.key, or restorable keys show --kms ARN", "keys show takes either a file or --kms")
	case o.kms != "":
		session, signer, err := a.kmsSigner(ctx, o.kms, o.aws)
		if err != nil {
			return shownKey{}, err
		}
		session.Close()
		return shownKey{signer.Public().ID, signer.Public().Algorithm, signer.ARN(), string(signer.Public().PEM())}, nil
	}
	public, err := readPublicKey(o.file)
	if err != nil {
		private, privateErr := openKeyFile(o.file)
		if privateErr != nil {
			return shownKey{}, privateErr
		}
		public = private.Public()
	}
	return shownKey{KeyID: public.ID, Algorithm: public.Algorithm, PEM: string(public.PEM())}, nil
}

func (a *app) keyTable(w io.Writer, k shownKey) {
	p := printer{w: w, screen: a.screen(w)}
	p.title("Key " + k.KeyID)
	p.put("algorithm  " + k.Algorithm)
	if k.KMS != "" {
		p.put("kms        " + terminal.Clean(k.KMS))
	}
	p.put("")
	p.lines("", k.PEM)
}

// readPublicKey reads a PEM file of a public key. The error is a complaint.
func readPublicKey(file string) (evidence.PublicKey, error) {
	text, err := readSmall(file)
	if err != nil {
		return evidence.PublicKey{}, misuse("restorable keys show FILE -o pem prints a public key", "key %s cannot be read: %s", file, plainCause(err))
	}
	k, err := evidence.ParsePublicKey(text)
	if err != nil {
		return evidence.PublicKey{}, misuse("restorable keys show FILE -o pem prints a public key", "key %s: %s", file, strings.TrimPrefix(err.Error(), "read public key: "))
	}
	return k, nil
}

// readSmall reads a file that should be small, and no more of a large one than tells.
func readSmall(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 1<<20))
}

// openKeyFile reads a private key. The error is a complaint.
func openKeyFile(file string) (*keys.FileKey, error) {
	k, err := keys.Open(file)
	var open *keys.OpenToOthersError
	switch {
	case err == nil:
		return k, nil
	case errors.As(err, &open):
		return nil, &complaint{code: exitUsage, summary: fmt.Sprintf("key %s can be read by others (mode %#o)", file, open.Mode.Perm()),
			detail: "whoever reads it can sign evidence in your name", hint: "chmod 600 " + render.ShellWord(file) + "; if others may have read it: restorable keys new", err: err}
	case errors.Is(err, fs.ErrNotExist):
		return nil, misuse("restorable keys new "+render.ShellWord(file), "key %s: no such file", file)
	}
	return nil, misuse("restorable keys new FILE makes one", "%v", err)
}
