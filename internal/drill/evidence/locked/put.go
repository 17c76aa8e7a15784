// Package locked keeps evidence in S3 under Object Lock, where nobody can change or delete it before its time.
package locked

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Mode is how strictly S3 holds an object.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
type Mode string

// The modes.
const (
	Governance Mode = "governance" // who has s3:BypassGovernanceRetention can undo it
	Compliance Mode = "compliance" // nobody can, the account's root neither
)

// Place is where a file is kept and for how long.
type Place struct {
	Bucket string
	Key    string
	Mode   Mode
	Until  time.Time
}

// Kept is what S3 confirmed.
type Kept struct {
	URI       string    `json:"uri"` // s3://bucket/key
	VersionID string    `json:"version_id,omitempty"`
	Mode      Mode      `json:"mode"`
	Until     time.Time `json:"until"`
	SHA256    string    `json:"sha256"` // of the file, base64, as S3 has it
	RequestID string    `json:"request_id"`
}

// ParseURI takes s3://bucket/prefix apart; ok is false for anything else.
func ParseURI(uri string) (bucket, prefix string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	bucket, prefix, _ = strings.Cut(rest, "/")
	return bucket, prefix, ok && len(bucket) >= 3 && len(bucket) <= 63 && strings.Trim(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// NotHeldError says that S3 took the file and does not hold it as it was told to.
type NotHeldError struct {
	URI  string
	Mode string
	Till time.Time
}

func (e *NotHeldError) Error() string {
	return fmt.Sprintf("keep %s: S3 holds it in mode %q until %s, which is not what was asked", e.URI, e.Mode, e.Till.UTC().Format(time.RFC3339))
}

// Put writes the file (s3:PutObject, with s3:PutObjectRetention), never over another one, and reads the retention back
// (s3:GetObjectRetention). S3 checks the content against the SHA-256 that goes with it. What AWS refuses is an *awsapi.CallError; its code
// is PreconditionFailed where an object of that name exists.
func Put(ctx context.Context, scope *awsapi.Scope, p Place, file []byte) (*Kept, error) {
	sum := sha256.Sum256(file)
	digest := base64.StdEncoding.EncodeToString(sum[:])
	until := p.Until.UTC().Truncate(time.Second)
	uri := "s3://" + p.Bucket + "/" + p.Key
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.PutObject, Resource: uri}, scope.S3.PutObject, &s3.PutObjectInput{
		Bucket: &p.Bucket, Key: &p.Key, Body: bytes.NewReader(file), ContentType: aws.String("application/json"), ContentLength: aws.Int64(int64(len(file))),
		IfNoneMatch: aws.String("*"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256, ChecksumSHA256: &digest,
		ObjectLockMode: types.ObjectLockMode(strings.ToUpper(string(p.Mode))), ObjectLockRetainUntilDate: &until,
	})
	if err != nil {
		return nil, fmt.Errorf("keep evidence: %w", err)
	}
	kept := &Kept{URI: uri, VersionID: aws.ToString(out.VersionId), Mode: p.Mode, Until: until, SHA256: digest, RequestID: answer.RequestID}
	return kept, held(ctx, scope, p, kept)
}

// held looks whether S3 holds the very version that was written.
func held(ctx context.Context, scope *awsapi.Scope, p Place, k *Kept) error {
	in := &s3.GetObjectRetentionInput{Bucket: &p.Bucket, Key: &p.Key}
	if k.VersionID != "" {
		in.VersionId = &k.VersionID
	}
	out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.GetObjectRetention, Resource: k.URI}, scope.S3.GetObjectRetention, in)
	if err != nil {
		return fmt.Errorf("read retention of evidence: %w", err)
	}
	var mode string
	var till time.Time
	if r := out.Retention; r != nil {
		mode, till = strings.ToLower(string(r.Mode)), aws.ToTime(r.RetainUntilDate)
	}
	if mode != string(k.Mode) || till.Before(k.Until) {
		return &NotHeldError{URI: k.URI, Mode: mode, Till: till}
	}
	return nil
}
