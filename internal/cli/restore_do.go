package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore"
	setting "github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/terminal"
)

// intended is a restore that is laid out and not begun.
type intended struct {
	request restore.Request
	source  restore.Source
	choice  *ways.Choice
	found   *waysBack
	notes   []string
}

// restoreTable lays a restore out, asks, and carries it out; or goes on with the one that this command began before.
func (a *app) restoreTable(ctx, user context.Context, o restoreOptions, name string) error {
	w, err := a.openRestores(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	under, err := w.under(ctx, o, name)
	if err != nil {
		return err
	}
	if under != nil && !o.dryRun {
		a.note("Going on with restore %s of %s to %s, as it was begun.", under.ID, tableName(under.Request.Table), under.Request.Target)
		return a.carryOutRestore(ctx, user, w, restore.Options{ID: under.ID}, o, restoreView{output: o.ways.output})
	}
	plan, err := a.layOutRestore(ctx, user, w, o, name)
	if err != nil {
		return err
	}
	if err := a.affordable(plan, o); err != nil {
		return err
	}
	v := restoreView{output: o.ways.output, plan: plan, account: w.who.Account}
	if o.dryRun {
		return a.showIntended(v)
	}
	if err := a.confirmRestore(ctx, w, plan, o); err != nil {
		return err
	}
	o.role, o.madeWith = plan.request.Role, plan.choice.Role
	o.again = []string{"restorable", "restore", name, "--to", o.to, "--backup", plan.choice.ARN, "--region", plan.choice.Region}
	return a.carryOutRestore(ctx, user, w, restore.Options{Request: plan.request, Source: plan.source}, o, v)
}

// layOutRestore finds the way, the settings to be put back and the key, and looks whether the name is free.
func (a *app) layOutRestore(ctx, user context.Context, w *restoreWork, o restoreOptions, name string) (*intended, error) {
	found, err := a.findWays(ctx, user, o, name, map[awsapi.Group]bool{awsapi.GroupPlans: true, awsapi.GroupRoles: true, awsapi.GroupRolePolicies: true, awsapi.GroupStreamReaders: true})
	if err != nil {
		return nil, err
	}
	choice, err := a.choose(found, o.ways)
	if err != nil {
		return nil, err
	}
	p := &intended{choice: choice, found: found, notes: choice.Notes}
	if choice.Account != w.who.Account {
		return nil, &complaint{code: exitUsage, summary: "the backup is in account " + choice.Account + ", and this is " + w.who.Account, hint: "--role-arn of a role in " + choice.Account + "; or copy the recovery point here first"}
	}
	p.request = a.requestFor(w, choice, o)
	p.source, err = a.sourceOf(ctx, w, p, o)
	if err != nil {
		return nil, a.restoreFailure(user, nil, err, o)
	}
	if p.request.Key, err = a.keyOf(ctx, w, p, o); err != nil {
		return nil, a.restoreFailure(user, nil, err, o)
	}
	if err := errors.Join(p.request.Check(), routeRefusal(choice, p.request.TargetRegion)); err != nil {
		return nil, a.restoreFailure(user, nil, err, o)
	}
	if err := restore.Free(ctx, w.account, p.request.TargetRegion, p.request.Target); err != nil {
		return nil, a.restoreFailure(user, nil, err, o)
	}
	return p, nil
}

// routeRefusal is what the list of ways knows of a way that does not lead into a Region.
func routeRefusal(c *ways.Choice, region string) error {
	if _, err := c.Route(region); err != nil {
		return &restore.InvalidError{Reason: err.Error(), Hint: "restorable restore TABLE --list shows other ways"}
	}
	return nil
}

func (a *app) requestFor(w *restoreWork, c *ways.Choice, o restoreOptions) restore.Request {
	billing, _ := o.billed() // it was validated
	r := restore.Request{Table: c.Table.ARN, Region: c.Region, Target: o.to, TargetRegion: o.ways.target, Indexes: o.wantedIndexes(), Billing: billing,
		Role: o.role, CopyVault: o.copyVault, CopyDays: o.copyDays, Alarms: o.alarms, TTL: o.ttl, Count: o.countExpired, At: c.Moment}
	if r.TargetRegion == "" {
		r.TargetRegion = c.Region
	}
	switch {
	case c.Kind == ways.PITR:
		r.Kind = setting.ByPITR
	case c.Native():
		r.Kind, r.ARN, r.At = setting.ByBackup, c.ARN, c.At
	default:
		r.Kind, r.ARN, r.Vault, r.At = setting.ByPoint, c.ARN, c.Vault, c.At
		if r.Role == "" {
			r.Role = "arn:" + w.who.Partition + ":iam::" + w.who.Account + ":role/service-role/AWSBackupDefaultServiceRole"
		}
	}
	return r
}

// sourceOf finds what the table is set up with: the table itself, while it is there; else an estate file; else what the backup says of it.
func (a *app) sourceOf(ctx context.Context, w *restoreWork, p *intended, o restoreOptions) (restore.Source, error) {
	t := p.choice.Table
	if o.from != "" {
		return a.sourceFile(o.from, t)
	}
	if t.Live {
		src, err := restore.Read(ctx, w.account, arnRegion(t.ARN), t.Name)
		if err != nil || src.Table != nil && (t.TableID == "" || src.Table.TableID.Or(t.TableID) == t.TableID) {
			return src, err
		}
	}
	if p.request.Kind == setting.ByBackup {
		p.notes = append(p.notes, "The table is gone: what its backup does not hold (tags, policies, alarms, scaling, point-in-time recovery, class, deletion protection) can only be put back from an estate file (--from).")
		return restore.FromBackup(ctx, w.account, p.choice.Region, p.choice.ARN)
	}
	p.notes = append(p.notes, "The table is gone, and a recovery point says nothing of its settings: they can only be put back from an estate file (--from).")
	return restore.Source{}, nil
}

func arnRegion(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[3]
}

// sourceFile finds the table in an estate file: by its ARN.
func (a *app) sourceFile(name string, t ways.Table) (restore.Source, error) {
	es, err := readEstate(name)
	if err != nil {
		return restore.Source{}, err
	}
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			x := &u.Tables.Items[i]
			if x.ARN.Or(x.ID) == t.ARN {
				return restore.Source{Unit: u, Table: x}, nil
			}
		}
	}
	return restore.Source{}, &complaint{code: exitNothing, summary: name + ": does not hold " + t.ARN, hint: "--from takes an estate file in which the table is: restorable collect --full --out FILE"}
}

// keyOf decides what the new table is encrypted with: as strong as the source, unless a flag says weaker.
func (a *app) keyOf(ctx context.Context, w *restoreWork, p *intended, o restoreOptions) (restore.Key, error) {
	source, region := p.source.Settings(), p.request.TargetRegion
	key := o.chosenKey()
	if key.Level == "" {
		var err error
		if key, err = a.keyLikeSource(ctx, w, p, source); err != nil {
			return key, err
		}
	}
	key, err := restore.Fit(ctx, w.account, region, key)
	if err != nil {
		return key, err
	}
	weaker, known := source.Weaker(key.Level)
	switch {
	case o.weaker:
	case weaker:
		return key, &restore.InvalidError{Reason: "--encryption " + o.encryption + " would protect the new table less than its source, which has " + source.Value(setting.Encryption).Text,
			Hint: "leave --encryption out, or add --allow-weaker-encryption"}
	case !known && o.encryption != "" && key.Level != restore.Customer:
		return key, &restore.InvalidError{Reason: "what the table was encrypted with is not known, so that " + key.Level + " may be weaker", Hint: "--encryption with the ARN of a key, or add --allow-weaker-encryption"}
	}
	return key, nil
}

func (a *app) keyLikeSource(ctx context.Context, w *restoreWork, p *intended, source setting.Settings) (restore.Key, error) {
	if level, arn := source.Key(); level != "" {
		if err := ownKey(restore.Key{Level: level, ARN: arn}, w.who.Account); err != nil {
			return restore.Key{}, err
		}
		return restore.KeyFor(source, arnRegion(p.choice.Table.ARN), p.request.TargetRegion)
	}
	if p.request.Kind != setting.ByPoint {
		return restore.KeyFor(source, p.request.Region, p.request.TargetRegion)
	}
	key, err := restore.KeyOfPoint(ctx, w.account, p.request.Region, p.request.Vault, p.request.ARN)
	if err := errors.Join(err, ownKey(key, w.who.Account)); err != nil {
		return key, err
	}
	return restore.KeyLike(key, p.request.TargetRegion)
}

// ownKey: a copy in another account than its table's cannot simply go on with that table's key.
func ownKey(k restore.Key, account string) error {
	if k.Level != restore.Customer || strings.Contains(k.ARN, ":"+account+":") {
		return nil
	}
	return &restore.InvalidError{Reason: "the table was encrypted with " + k.ARN + ", a key of another account", Hint: "--encryption with the ARN of a key of this account"}
}

// affordable holds the estimate against --max-cost.
func (a *app) affordable(p *intended, o restoreOptions) error {
	cost := p.choice.Estimate.Price
	if o.maxCost <= 0 || cost.Known && cost.Once <= o.maxCost {
		return nil
	}
	c := &complaint{code: exitFindings, summary: fmt.Sprintf("the restore is estimated at %s, more than --max-cost %g", dollars(cost.Once, cost.Known), o.maxCost), detail: "nothing was called"}
	if cost.Once <= o.maxCost {
		c.summary = fmt.Sprintf("what the restore costs is not known, and --max-cost is %g", o.maxCost)
		c.hint = "leave --max-cost out, or --prices with prices of your own"
	}
	return c
}

// confirmRestore says what is about to be made and has the account's id typed.
func (a *app) confirmRestore(ctx context.Context, w *restoreWork, p *intended, o restoreOptions) error {
	if !a.global.quiet || !o.approve {
		a.announceRestore(a.errPrinter(), p, w.who.Account)
	}
	if o.approve {
		return nil
	}
	if !isTerminal(a.std.In) {
		return misuse("--auto-approve goes ahead without asking; --dry-run shows what would be done", "nobody can be asked: standard input is no terminal")
	}
	if !a.confirmed(ctx, bufio.NewReader(a.std.In), fmt.Sprintf("Type the account's id, %s, to go ahead: ", w.who.Account), w.who.Account) {
		return unconfirmed(ctx, "", "not confirmed")
	}
	return nil
}

// announceRestore says what would be made, of what, for how much, and what stands open meanwhile.
func (a *app) announceRestore(p printer, plan *intended, account string) {
	r := &plan.request
	p.title(fmt.Sprintf("Restore %s to %s in %s, account %s", tableName(r.Table), r.Target, r.TargetRegion, account))
	p.text("  ", "from "+restorePoint(r, plan.choice))
	if r.Kind == setting.ByPoint && r.CrossRegion() {
		p.text("  ", fmt.Sprintf("copied to vault %s in %s first, and kept there for %d days", r.CopyVault, r.TargetRegion, r.CopyDays))
	}
	p.text("  ", "encrypted with "+keyText(r.Key))
	if later := putBack(plan); later != "" {
		p.text("  ", "put back afterwards: "+later)
	}
	for _, n := range plan.notes {
		p.toned("  ", terminal.Doubtful, n)
	}
	open, lost := guards(plan.source.Settings())
	if open != "" {
		p.toned("  ", terminal.Doubtful, "Until they are put back, the first thing after the table is ACTIVE, nothing but identity policies guards it: "+open+".")
	}
	if lost != "" {
		p.toned("  ", terminal.Doubtful, "What guarded the table is not known, so that it cannot be put back, and nothing but identity policies guards the new one: "+lost+".")
	}
	if ttl := plan.source.Settings().Value(setting.TTL); r.TTL && ttl.Known && !ttl.Off() && !r.Count {
		p.toned("  ", terminal.Doubtful, "Time to live is switched on last and deletes what has expired. How many items that are is not counted (--count-expired).")
	}
	p.text("", "Estimated: "+restoreTime(plan.choice.Estimate)+", "+dollars(plan.choice.Estimate.Price.Once, plan.choice.Estimate.Price.Known)+" for the restore.")
}

func restorePoint(r *restore.Request, c *ways.Choice) string {
	switch {
	case r.Kind == setting.ByPITR && r.At.IsZero():
		return "point-in-time recovery, the latest second there is"
	case r.Kind == setting.ByPITR:
		return "point-in-time recovery, " + r.At.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return c.Label()
}

func keyText(k restore.Key) string {
	switch k.Level {
	case restore.AWSOwned:
		return "the AWS-owned key"
	case restore.AWSManaged:
		return "the key that AWS manages (aws/dynamodb)"
	}
	return k.ARN
}

// putBack names what will be put back.
func putBack(p *intended) string {
	source := p.source.Settings()
	var names []string
	for _, s := range setting.Completed() {
		v := source.Value(s)
		if v.Known && !v.Off() && (s != setting.TTL || p.request.TTL) && (s != setting.Alarms || p.request.Alarms) {
			names = append(names, string(s))
		}
	}
	return strings.Join(names, ", ")
}

// guards names the settings that guard access: those that are put back, and those of which nobody knows.
func guards(source setting.Settings) (open, lost string) {
	var known, unknown []string
	for _, s := range []setting.Setting{setting.Tags, setting.Policy} {
		switch v := source.Value(s); {
		case !v.Known:
			unknown = append(unknown, string(s))
		case !v.Off():
			known = append(known, string(s))
		}
	}
	return strings.Join(known, " and "), strings.Join(unknown, " and ")
}

func restoreTime(e ways.Estimate) string {
	text := span(e) + " until the table is ACTIVE"
	if e.Assumed {
		text += " (assumed: nothing was measured in this account)"
	}
	return text
}
