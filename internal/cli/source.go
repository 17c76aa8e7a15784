package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/terminal"
)

// sourceOptions say where the estate comes from: live AWS, or files.
type sourceOptions struct {
	aws   awsOptions
	files []string
	full  bool
	needs map[awsapi.Group]bool // nil: what the foundation's controls read
	match func(name string) bool
	named func(collect.Place) collect.Named // what is read beside what is referred to there; nil: nothing
	// of one table alone: only its native backups are read, and each is asked what the table was like; empty: those of every table
	backups   string
	evidence  evidenceSource
	templates templateOptions
}

// obtain makes the estate. A partial one is no error: what is missing in it is unknown and says why.
func (a *app) obtain(ctx context.Context, o sourceOptions) (*estate.Estate, error) {
	proven, err := a.provenDrills(o.evidence)
	if err != nil {
		return nil, err
	}
	var es *estate.Estate
	if len(o.files) > 0 {
		es, err = a.fromPaths(ctx, o)
	} else {
		es, err = a.live(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	a.addProven(es, proven, a.endpoint(o.aws))
	return es, nil
}

// liveOnly refuses flags that have no meaning beside estate files: ignoring them would answer another question than the one asked.
func (a *app) liveOnly(o sourceOptions) error {
	for _, name := range templateFlags() {
		if a.typed[name] && len(o.files) == 0 {
			return misuse("name a template, or a folder that holds templates", "--%s is for templates, and no path is given", name)
		}
	}
	if len(o.files) == 0 || o.templates.withLive {
		return nil
	}
	for _, name := range []string{"region", "profile", "role-arn", "external-id", "endpoint-url", "rates", "concurrency", "accounts", "role-name", "org", "ou", "units"} {
		if a.typed[name] {
			return misuse("leave out --"+name+", or the file", "--%s is for live AWS, and %s is a file", name, o.files[0])
		}
	}
	return nil
}

// fromPaths reads estate files, and templates where the command takes them.
func (a *app) fromPaths(ctx context.Context, o sourceOptions) (*estate.Estate, error) {
	if !o.templates.allowed {
		return fromFiles(o.files)
	}
	found, err := find(o.files)
	if err != nil {
		return nil, err
	}
	es, err := fromFiles(found.Estates)
	if err != nil || !found.Declares() {
		return es, err
	}
	units, err := a.ofTemplates(ctx, found, o)
	if err != nil {
		return nil, err
	}
	es.Units = append(es.Units, units...)
	return es, nil
}

func fromFiles(files []string) (*estate.Estate, error) {
	merged := &estate.Estate{}
	for _, name := range files {
		es, err := readEstate(name)
		if err != nil {
			return nil, err
		}
		merged.Tool, merged.CollectedAt = es.Tool, es.CollectedAt
		merged.Units = append(merged.Units, es.Units...)
	}
	return merged, nil
}

// readEstate reads one path and says what is wrong with it.
func readEstate(name string) (*estate.Estate, error) {
	if err := looksRight(name); err != nil {
		return nil, err
	}
	return loadEstate(name)
}

// looksRight says what is wrong with a path that is no estate file.
func looksRight(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return &complaint{code: exitNothing, summary: name + ": no such file", hint: "restorable collect --out " + name + " writes an estate file; without a path, live AWS is read", err: err}
	}
	if err != nil {
		return misuse("", "%v", err)
	}
	if info.IsDir() {
		return &complaint{code: exitNothing, summary: name + ": holds no estate file that was named", detail: "it is a folder", hint: "name the estate file itself, as in " + filepath.Join(name, "estate.json")}
	}
	return sniff(name)
}

// sniff tells files apart by content.
func sniff(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return misuse("", "%v", err)
	}
	defer f.Close()
	head, err := bufio.NewReaderSize(f, 4096).Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return misuse("", "read %s: %v", name, err)
	}
	if kind := iac.Tell(head); kind != iac.Estate && kind != iac.Other || strings.HasSuffix(name, ".tf") {
		return misuse("restorable scan "+name, "%s: a template: scan, explain and objectives read it, this command works on what is deployed", name)
	}
	if !estate.IsEstateFile(head) {
		return misuse("restorable collect --out FILE writes one", "%s: not an estate file", name)
	}
	return nil
}

// live collects from AWS.
func (a *app) live(ctx context.Context, o sourceOptions) (*estate.Estate, error) {
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	status := a.status()
	defer status.Clear()
	es, err := collect.Collect(ctx, session, a.collection(o, status))
	if err != nil {
		return nil, startFailure(err, o.aws)
	}
	book := a.drillBook(o.aws)
	for _, u := range es.Units {
		book.fill(context.WithoutCancel(ctx), u)
	}
	book.tell()
	return es, nil
}

// collection is how AWS is read.
func (a *app) collection(o sourceOptions, status *terminal.Status) collect.Options {
	return collect.Options{
		Tool: toolName, Tables: o.match, Backups: o.backups, Needs: o.needs, Full: o.full, Beside: o.named, Concurrency: o.aws.concurrency, Units: o.aws.members.units, Now: a.now,
		Progress: func(p collect.Progress) { status.Show("reading " + p.String()) },
		Notice: func(n collect.Notice) {
			status.Clear()
			a.note("%s: skipped: %s", n.Where(o.aws.members.many && (o.aws.members.org || len(o.aws.accounts) > 0)), n.Message)
		},
	}
}

func (a *app) open(ctx context.Context, o awsOptions) (*awsapi.Session, error) {
	o, err := o.expanded()
	if err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	session, err := awsapi.Open(ctx, o.session())
	if err == nil {
		return session, nil
	}
	if errors.Is(err, awsapi.ErrNoRegion) {
		return nil, misuse("--region eu-west-1, or --region all", "no Region is configured")
	}
	return nil, misuse("aws configure list-profiles shows the profiles there are", "%v", err)
}

// startFailure says why nothing could be read at all, and what to do about it.
func startFailure(err error, o awsOptions) error {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return &complaint{code: exitIncomplete, summary: "nothing could be read", detail: err.Error(), err: err}
	}
	c := &complaint{code: exitNotPermitted, err: err, detail: strings.TrimSpace(call.Code + ": " + call.Message)}
	if strings.HasPrefix(string(call.Answer.Call), "organizations:") && call.Kind != awsapi.KindCancelled {
		return noMembers(c, call)
	}
	switch call.Kind {
	case awsapi.KindNoCredentials:
		c.summary, c.hint = "no AWS credentials", "aws configure, aws sso login, or set AWS_PROFILE; to try it without an account: restorable demo"
	case awsapi.KindExpired:
		c.summary, c.hint = "the AWS credentials have expired", "aws sso login, or renew them where they came from"
	case awsapi.KindInvalidCredentials:
		c.summary, c.hint = "AWS does not accept the credentials", "aws sts get-caller-identity shows who you are"
		if region := o.firstRegion(); region != "" {
			c.hint += "; if that works, the account may not have enabled " + region + " (aws account list-regions)"
		}
	case awsapi.KindDenied:
		c.summary, c.hint = "not permitted to start", "restorable iam policy scan prints the policy that a scan needs"
	case awsapi.KindRegion:
		c.code, c.summary, c.hint = exitUsage, "no such Region, or not enabled", "--region with the name of an enabled Region (aws account list-regions shows them); if the name is right, check the network"
	case awsapi.KindTLS:
		c.code, c.summary, c.hint = exitIncomplete, "the endpoint's certificate is not trusted", "set AWS_CA_BUNDLE to the certificate of your proxy, or check --endpoint-url"
	case awsapi.KindCancelled:
		c.code, c.summary, c.detail = exitInterrupted, "interrupted before anything was done", ""
		if errors.Is(err, context.DeadlineExceeded) {
			c.code, c.summary, c.hint = exitIncomplete, "the time given with --timeout was over before anything was done", "a longer --timeout"
		}
	case awsapi.KindUnreachable, awsapi.KindTimeout:
		c.code, c.summary = exitIncomplete, "AWS cannot be reached"
		c.hint = "check the network, the Region's name and --endpoint-url" + endpointInUse(o)
	default:
		c.code, c.summary, c.hint = exitIncomplete, "nothing could be read", "restorable doctor"
	}
	return c
}

func endpointInUse(o awsOptions) string {
	if o.endpoint != "" {
		return fmt.Sprintf(" (%s)", o.endpoint)
	}
	return " or AWS_ENDPOINT_URL"
}
