package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/locked"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const uploadHelp = `Puts an evidence file into an S3 bucket with Object Lock, where nobody can change or delete it until
its time is over, and reads back that S3 holds it so. Never over another object. In mode governance
whoever has s3:BypassGovernanceRetention can undo it; in mode compliance nobody can, AWS included.
Needs s3:PutObject, s3:PutObjectRetention and s3:GetObjectRetention.

  restorable evidence upload orders.evidence.json --to s3://audit-evidence/drills/ --retain 400d`

type uploadOptions struct {
	aws     awsOptions
	to      string
	retain  string
	mode    string
	confirm string
	outputs []string
}

func (a *app) evidenceCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "evidence", Short: "Keep the evidence of drills where nobody can change it", Example: "  restorable evidence upload orders.drill.json --to s3://audit-evidence/drills/ --retain 400d"}
	group(cmd)
	var o uploadOptions
	upload := &cobra.Command{
		Use: "upload EVIDENCE", Short: "Put evidence into an S3 bucket with Object Lock", Long: uploadHelp, Args: exactArgs(1, "an evidence file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.uploadEvidence(ctx, args[0], o)
		},
	}
	o.register(upload.Flags())
	cmd.AddCommand(upload)
	return cmd
}

func (o *uploadOptions) register(f *pflag.FlagSet) {
	o.aws.register(f)
	f.StringVar(&o.to, "to", "", "`s3://BUCKET/PREFIX`: the file's own name is put behind it; the bucket is in --region")
	f.StringVar(&o.retain, "retain", "", "how long it cannot be deleted, from AWS's time on, for example 400d")
	f.StringVar(&o.mode, "mode", string(locked.Governance), "governance or compliance")
	f.StringVar(&o.confirm, "confirm-compliance-lock", "", "the `bucket`'s name: in mode compliance goes ahead without asking")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table or json, with =`FILE`; repeatable")
}

// place reads the flags; the moment is left to AWS's clock.
func (o uploadOptions) place(file string) (locked.Place, time.Duration, error) {
	bucket, prefix, ok := locked.ParseURI(o.to)
	p := locked.Place{Bucket: bucket, Key: prefix + filepath.Base(file), Mode: locked.Mode(o.mode)}
	if !ok {
		return p, 0, misuse("--to s3://BUCKET/PREFIX/", "--to %q: want s3://, the name of a bucket, and a prefix if you like", o.to)
	}
	if p.Mode != locked.Governance && p.Mode != locked.Compliance {
		return p, 0, misuse("--mode governance or --mode compliance", "--mode %s: unknown", o.mode)
	}
	if o.confirm != "" && (o.confirm != bucket || p.Mode != locked.Compliance) {
		return p, 0, misuse("leave it out, or name the bucket of --to with --mode compliance", "--confirm-compliance-lock %s: no such lock is asked for", o.confirm)
	}
	if o.retain == "" {
		return p, 0, misuse("--retain 400d", "--retain is missing: how long may nobody delete the file")
	}
	retain, err := spanFlag("--retain", o.retain)
	return p, retain, err
}

func (a *app) uploadEvidence(ctx context.Context, file string, o uploadOptions) error {
	specs, err := resultOutputs(o.outputs)
	if err != nil {
		return err
	}
	place, retain, err := o.place(file)
	if err != nil {
		return err
	}
	raw, err := readEvidence(file)
	if err != nil {
		return err
	}
	_, report, err := evidence.Verify(raw, nil, evidence.Options{})
	if err == nil && report.Status != evidence.StatusUnsigned {
		return misuse("restorable verify "+render.ShellWord(file)+" --key FILE.pub says more", "%s is no evidence: %s", file, report.Reason)
	}
	if report.Status == evidence.StatusUnsigned {
		a.note("%s is not signed: S3 will hold it, and nobody vouches for what is in it.", file)
	}
	o.aws.writes = true
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	account := session.Accounts()[0]
	_, answer, err := account.Identify(ctx)
	if err != nil {
		return startFailure(err, o.aws)
	}
	place.Until = answer.Date.Add(retain)
	if err := a.confirmCompliance(ctx, place, o); err != nil {
		return err
	}
	kept, err := locked.Put(ctx, account.Home(), place, raw)
	if err != nil {
		return uploadFailure(err, place, o.aws)
	}
	return a.toOutputs(specs, func(w io.Writer) { a.keptTable(w, kept) }, keptJSON{"1", kept})
}

type keptJSON struct {
	SchemaVersion string `json:"schema_version"`
	*locked.Kept
}

// confirmCompliance has the bucket's name typed before something is written that nobody can ever take back.
func (a *app) confirmCompliance(ctx context.Context, p locked.Place, o uploadOptions) error {
	if p.Mode != locked.Compliance || o.confirm == p.Bucket {
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--confirm-compliance-lock "+p.Bucket, "mode compliance must be confirmed, and nobody can be asked: standard input is no terminal")
	}
	a.errPrinter().toned("", terminal.Bad, fmt.Sprintf("Until %s, %s from now, nobody can delete the file or shorten that, AWS included.", moment(p.Until), o.retain))
	if !a.confirmed(ctx, bufio.NewReader(a.std.In), fmt.Sprintf("Type the bucket's name, %s, to go ahead: ", p.Bucket), p.Bucket) {
		return unconfirmed(ctx, "--mode governance can be undone", "not confirmed")
	}
	return nil
}

func (a *app) keptTable(w io.Writer, k *locked.Kept) {
	p := printer{w: w, screen: a.screen(w)}
	p.title("Kept " + k.URI)
	p.put("version  " + terminal.Clean(k.VersionID))
	p.put(fmt.Sprintf("held     until %s, mode %s", moment(k.Until), k.Mode))
	p.put("sha-256  " + k.SHA256 + " (base64, as S3 shows it)")
}

// uploadFailure says what S3 did not do, and what to do about it.
func uploadFailure(err error, p locked.Place, o awsOptions) error {
	var held *locked.NotHeldError
	if errors.As(err, &held) {
		return &complaint{code: exitIncomplete, summary: "S3 does not hold the evidence as it was asked to", detail: err.Error(), hint: "aws s3api get-object-retention --bucket " + p.Bucket + " --key " + render.ShellWord(p.Key), err: err}
	}
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return err
	}
	c := &complaint{code: exitNotPermitted, summary: "the evidence was not uploaded", detail: strings.TrimSpace(call.Code + ": " + call.Message), err: err}
	switch {
	case call.Answer.Call == awsapi.GetObjectRetention:
		c.code, c.summary = exitIncomplete, "the evidence was uploaded, and whether S3 holds it could not be found out"
		c.hint = "allow s3:GetObjectRetention, or look at the object's retention with rights that suffice"
	case call.Code == "PreconditionFailed":
		c.code, c.hint = exitUsage, "an object of that name exists, and evidence never replaces any: choose another prefix"
	case call.Code == "InvalidRequest":
		c.code, c.hint = exitUsage, "the bucket needs Object Lock: aws s3api create-bucket --object-lock-enabled-for-bucket"
	case call.Code == "NoSuchBucket":
		c.code, c.hint = exitUsage, "aws s3api list-buckets shows those there are"
	case call.Code == "PermanentRedirect", call.Code == "AuthorizationHeaderMalformed", call.Code == "IllegalLocationConstraintException":
		c.code, c.hint = exitUsage, "--region with the bucket's Region (aws s3api get-bucket-location)"
	case call.Kind == awsapi.KindDenied:
		c.hint = "allow s3:PutObject and s3:PutObjectRetention on arn:aws:s3:::" + p.Bucket + "/*"
	case call.Kind == awsapi.KindOther:
		c.code = exitIncomplete
	default:
		return startFailure(err, o)
	}
	return c
}
