package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
)

// drillSigner opens the key that signs evidence; nil: it is left unsigned. What is wrong with it is told before anything is restored.
func (a *app) drillSigner(ctx context.Context, w *drillWork, o evidenceOptions) (evidence.Signer, error) {
	switch {
	case o.kms != "":
		region := keys.KeyRegion(o.kms)
		if region == "" {
			return nil, notKMS(o.kms)
		}
		key, err := keys.OpenKMS(ctx, w.session.Accounts()[0].Scope(region), o.kms)
		if err != nil {
			return nil, kmsFailure(err, o.kms, awsOptions{})
		}
		return key, nil
	case o.key != "":
		key, err := openKeyFile(o.key)
		if err != nil {
			return nil, err
		}
		return key, nil
	}
	return nil, nil
}

// leaveEvidence writes the evidence of a drill that has a verdict, and notes the file in the store.
func (a *app) leaveEvidence(ctx context.Context, e *drill.Engine, d *drill.Drill, signer evidence.Signer, o evidenceOptions, several bool) error {
	predicate := d.Predicate(thisTool())
	var text []byte
	var err error
	if signer != nil {
		text, err = evidence.Sign(context.WithoutCancel(ctx), predicate, signer)
	} else {
		text, err = evidence.Unsigned(predicate)
	}
	if err != nil {
		return &complaint{code: exitInternal, summary: "the evidence of " + d.Source.Name + " was not written", detail: err.Error(), hint: "restorable drill show " + d.ID + " shows what the drill found", err: err}
	}
	file := evidenceFile(d, o, several)
	err = os.MkdirAll(filepath.Dir(file), 0o755) //nolint:gosec // evidence is for others to read
	if err == nil {
		err = writeAside(file, text)
	}
	if err != nil {
		return &complaint{code: exitIncomplete, summary: "the evidence of " + d.Source.Name + " was not written", detail: plainCause(err),
			hint: "restorable drill --resume " + d.ID + " --evidence FILE writes it elsewhere", err: err}
	}
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	d.Evidence, d.Signed = file, signer != nil
	return storeFailure(e.Note(ctx, d))
}

// evidenceFile names the file after table and drill. The names of tables hold no character that a file's name may not.
func evidenceFile(d *drill.Drill, o evidenceOptions, several bool) string {
	name := "restorable-" + d.Source.Name + "-" + strings.TrimPrefix(d.ID, "d-") + ".evidence.json"
	if o.file == "" {
		return name
	}
	if info, err := os.Stat(o.file); several || err == nil && info.IsDir() {
		return filepath.Join(o.file, name)
	}
	return o.file
}

// thisTool is this program, with the digest of its own file as far as it can be read.
func thisTool() evidence.Tool {
	v := buildInfo()
	t := evidence.Tool{Name: "restorable", Version: v.Version, Go: v.Go}
	if !strings.Contains(v.Commit, " ") {
		t.Commit = v.Commit
	}
	self, err := os.Executable()
	if err != nil {
		return t
	}
	f, err := os.Open(self)
	if err != nil {
		return t
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err == nil {
		t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return t
}
