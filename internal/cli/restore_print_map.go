package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/restorable/restorable/internal/restore"
	setting "github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/restore/ways"
)

// written turns a restore that is laid out into what a person is told to do.
func (p *intended) written(partition, account string) render.Restore {
	q := p.request
	out := render.Restore{
		Tool: Version, Run: p.printing(account), Made: estate.At(p.found.now), Source: q.Table, Point: p.choice.Label(), Notes: p.notes, Account: account, Partition: partition,
		Region: q.TargetRegion, Target: q.Target, ARN: q.ARN, From: q.Region, Vault: q.Vault, Role: q.Role, Level: q.Key.Level, Key: q.Key.ARN,
	}
	switch q.Kind {
	case setting.ByPITR:
		out.API, out.ARN = string(ways.ToPointInTime), ""
		if !q.At.IsZero() {
			out.At = stampOf(q.At)
		}
	case setting.ByBackup:
		out.API = string(ways.FromBackup)
	case setting.ByPoint:
		out.API = string(ways.Job)
		if q.CrossRegion() {
			out.CopyVault, out.CopyDays = q.CopyVault, q.CopyDays
		}
	}
	out.Back = p.leftOut("arn:" + partition + ":dynamodb:" + q.TargetRegion + ":" + account + ":table/" + q.Target)
	p.overrides(&out)
	return out
}

// printing is the same for the same restore, so that printing it twice makes the same script, and AWS Backup the same job.
func (p *intended) printing(account string) string {
	q := p.request
	sum := sha256.Sum256([]byte(strings.Join([]string{q.Table, q.ARN, q.At.String(), q.Target, q.TargetRegion, q.Key.Level, q.Key.ARN, account}, "\x00")))
	return "printed-" + hex.EncodeToString(sum[:6])
}

// overrides writes down indexes and billing, as far as the route takes them.
func (p *intended) overrides(out *render.Restore) {
	q := p.request
	if b := q.Billing; b != nil {
		if q.Kind == setting.ByPoint {
			out.Back.Missing = append(out.Back.Missing, "billing as asked: AWS Backup restores the mode of the source; change it afterwards")
		} else {
			out.Billing = &render.Capacity{Provisioned: b.Provisioned, Read: b.Read, Write: b.Write}
		}
	}
	switch {
	case !q.Indexes.Some:
	case q.Kind == setting.ByPoint:
		out.Back.Missing = append(out.Back.Missing, "the choice of indexes: AWS Backup restores all; delete afterwards those that are not wanted")
	default:
		out.Indexes = &render.Chosen{}
		if t := p.source.Table; t != nil {
			out.Indexes.Global, out.Indexes.Local = wantedOf(t.GSIs.Or(nil), q.Indexes), wantedOf(t.LSIs.Or(nil), q.Indexes)
		}
	}
}

func wantedOf(list []estate.Index, wanted restore.Indexes) []estate.Index {
	var out []estate.Index
	for _, x := range list {
		if wanted.Wants(x.Name) {
			out = append(out, x)
		}
	}
	return out
}

// leftOut is what AWS leaves out: what is known of it, and what is not.
func (p *intended) leftOut(arn string) render.PutBack {
	var out render.PutBack
	t, q := p.source.Table, p.request
	s := p.source.Settings()
	for _, name := range setting.Completed() {
		v := s.Value(name)
		switch {
		case !v.Known && (t == nil || v.Why == ""):
			out.Missing = append(out.Missing, string(name)+": nothing says what it was")
		case !v.Known:
			out.Missing = append(out.Missing, string(name)+": not known, "+v.Why)
		case !v.Off():
			p.putOne(&out, name, t, arn)
		}
	}
	if v := s.Value(setting.Replicas); v.Known && !v.Off() {
		out.Missing = append(out.Missing, "replicas: the restored table is alone, add them by hand")
	}
	if !q.Alarms && len(out.Alarms) == 0 && !s.Value(setting.Alarms).Off() && s.Value(setting.Alarms).Known {
		out.Missing = append(out.Missing, "alarms: --alarms makes them for the new name")
	}
	return out
}

func (p *intended) putOne(out *render.PutBack, name setting.Setting, t *estate.Table, arn string) {
	q := p.request
	old := tableName(q.Table)
	switch name {
	case setting.Tags:
		out.Tags = map[string]string{}
		for k, v := range t.Tags.Or(nil) {
			if setting.Restorable(k) {
				out.Tags[k] = v
			}
		}
	case setting.Policy:
		out.Policy = setting.Renamed(t.ResourcePolicy.Or(""), q.Table, arn)
	case setting.Class:
		out.Class = t.TableClass.Or("")
	case setting.Protection:
		out.Protection = t.DeletionProtection.Or(false)
	case setting.Stream:
		out.Stream = t.StreamView.Or("")
	case setting.PITR:
		out.PITRDays = t.PITRPeriodDays.Or(35)
	case setting.Scaling:
		out.Scaling = p.scaling(out, t, old)
	case setting.Kinesis:
		p.kinesis(out, t)
	case setting.Insights:
		out.Insights = true
	case setting.Alarms:
		p.alarms(out, t, old)
	case setting.TTL:
		out.TTL = t.TTLAttribute.Or("")
	}
}

// scaling are the targets under the new name. A policy of a kind of which only the name is known cannot be written down.
func (p *intended) scaling(out *render.PutBack, t *estate.Table, old string) []estate.ScalingTarget {
	q := p.request
	onDemand := t.BillingMode.Or("") == "PAY_PER_REQUEST"
	if q.Billing != nil {
		onDemand = !q.Billing.Provisioned
	}
	if onDemand {
		out.Missing = append(out.Missing, "auto scaling: the restored table is on demand, which scales by itself")
		return nil
	}
	rename := func(s string) string { return setting.Renamed(s, "table/"+old, "table/"+q.Target) }
	var targets []estate.ScalingTarget
	for _, one := range t.Scaling.Or(nil) {
		if _, index, ok := strings.Cut(one.Resource, "/index/"); ok && !q.Indexes.Wants(index) {
			continue
		}
		one.Resource = rename(one.Resource)
		if strings.Contains(one.RoleARN, "/aws-service-role/") {
			one.RoleARN = ""
		}
		var policies []estate.ScalingPolicy
		for _, policy := range one.Policies {
			if policy.Type != "TargetTrackingScaling" || policy.Metric == "" {
				out.Missing = append(out.Missing, "scaling policy "+policy.Name+": of type "+policy.Type+" on a metric of its own, of which only the name is known")
				continue
			}
			policy.Name = rename(policy.Name)
			policies = append(policies, policy)
		}
		one.Policies = policies
		targets = append(targets, one)
	}
	return targets
}

func (p *intended) kinesis(out *render.PutBack, t *estate.Table) {
	for _, k := range t.KinesisStreams.Or(nil) {
		switch {
		case k.Status != "ACTIVE" && k.Status != "ENABLING":
		case !strings.Contains(k.ARN, ":"+p.request.TargetRegion+":"):
			out.Missing = append(out.Missing, "Kinesis destination "+k.ARN+": a table cannot feed a stream of another Region")
		default:
			out.Kinesis = append(out.Kinesis, k)
		}
	}
}

func (p *intended) alarms(out *render.PutBack, t *estate.Table, old string) {
	if !p.request.Alarms {
		return
	}
	for _, a := range t.Alarms.Or(nil) {
		name, definition, ok := setting.AlarmFor(a, old, p.request.Target)
		if !ok {
			out.Missing = append(out.Missing, fmt.Sprintf("alarm %s: its definition is not known", a.Name))
			continue
		}
		out.Alarms = append(out.Alarms, estate.Alarm{Name: name, Definition: definition})
	}
}
