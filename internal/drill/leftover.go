package drill

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/store"
)

// Leftover is something that a drill left behind, or that looks like it: a table with a drill's name, or a drill in the store that did not end.
type Leftover struct {
	Table   Table  `json:"table"`
	Drill   string `json:"drill,omitempty"` // id; empty: no drill is known for it
	State   State  `json:"state,omitempty"` // of the drill, where the store has it
	Ours    bool   `json:"ours"`
	Why     string `json:"why"`               // what proves it, or why it is left alone
	Removed bool   `json:"removed"`           // by this clean-up
	Code    string `json:"code,omitempty"`    // AWS's, when removing failed
	Problem string `json:"problem,omitempty"` // why it is still there

	record *Drill
	tagged bool // its tags prove it, the store does not know it
}

// CleanOptions choose what is cleaned up.
type CleanOptions struct {
	Account   string
	Regions   []string
	IDs       []string      // drills; empty: all that ended badly or not at all
	OlderThan time.Duration // of tables that only their tags prove: another machine may be at work on a younger one
}

// Cleaner finds and removes what drills left.
type Cleaner struct {
	Engine  *Engine
	Options CleanOptions
}

// Find lists tables with a drill's name and drills that did not end. It changes nothing.
func (c *Cleaner) Find(ctx context.Context) ([]Leftover, error) {
	drills, err := All(ctx, c.Engine.Store)
	if err != nil {
		return nil, err
	}
	byName := map[string]*Drill{}
	for _, d := range drills {
		if d.Account == c.Options.Account {
			byName[d.Target.Region+"/"+d.Target.Name] = d
		}
	}
	var out []Leftover
	seen := map[string]bool{}
	for _, region := range c.Options.Regions {
		var names []string
		collect := func(name string) {
			if strings.HasPrefix(name, TablePrefix) {
				names = append(names, name)
			}
		}
		if err := eachTable(ctx, c.Engine.Scope(c.Options.Account, region), collect); err != nil {
			return nil, err
		}
		for _, name := range names {
			seen[region+"/"+name] = true
			l, err := c.judge(ctx, region, name, byName[region+"/"+name])
			if err != nil {
				return nil, err
			}
			if l != nil && c.chosen(l) {
				out = append(out, *l)
			}
		}
	}
	return append(out, c.unended(drills, seen)...), nil
}

// chosen: a table that was kept on purpose goes only when its drill is named.
func (c *Cleaner) chosen(l *Leftover) bool {
	for _, id := range c.Options.IDs {
		if l.Drill == id || l.Table.Name == id || l.record != nil && l.record.Run == id {
			return true
		}
	}
	return len(c.Options.IDs) == 0
}

// judge decides whether a table is a drill's: by its record, or by its tags, and always by its name. Nil: it has just gone.
func (c *Cleaner) judge(ctx context.Context, region, name string, d *Drill) (*Leftover, error) {
	r := remover{scope: c.Engine.Scope(c.Options.Account, region), name: name}
	t, err := r.describe(ctx)
	if err != nil || t == nil {
		return nil, err
	}
	l := &Leftover{Table: Table{Name: name, ARN: aws.ToString(t.TableArn), TableID: aws.ToString(t.TableId), Account: c.Options.Account, Region: region}}
	if d != nil {
		l.Drill, l.State, l.record = d.ID, d.State, d
		asked, err := c.Engine.asked(ctx, d)
		if err != nil {
			return nil, err
		}
		l.Ours, l.Why = d.owns(t, asked)
		switch {
		case l.Ours && d.Cleanup.State == Kept && len(c.Options.IDs) == 0:
			l.Ours, l.Why = false, "it was kept on purpose: restorable drill cleanup "+d.ID+" removes it"
		case l.Ours:
			l.Why = "the drill's record has its ARN and TableId"
			if d.Target.TableID == "" {
				l.Why = "the drill's record has its ARN, and it was made after AWS was asked for it"
			}
		}
		return l, nil
	}
	return l, c.byTags(ctx, r.scope, t, l)
}

// byTags decides about a table that the store does not know: another machine's, or of a store that was lost.
func (c *Cleaner) byTags(ctx context.Context, s *awsapi.Scope, t *types.TableDescription, l *Leftover) error {
	tags, err := tagsOf(ctx, s, l.Table.ARN)
	if gone(err) {
		l.Why = "it has no record here, and AWS shows no tags while it is being made or deleted"
		return nil
	}
	if err != nil {
		if passing(ctx, err) {
			return err
		}
		code, message, _ := awsapi.Classify(err)
		l.Why = "it has no record here, and its tags could not be read: " + code + ": " + message
		return nil
	}
	l.Drill = tags[DrillTag]
	now, _ := s.Clock.Now()
	age := now.Sub(aws.ToTime(t.CreationDateTime))
	switch {
	case tags[ToolTag] != "restorable" || TablePrefix+strings.TrimPrefix(tags[DrillTag], "d-") != l.Table.Name:
		l.Drill, l.Why = "", "it has no record here and not the tags of a drill: nothing proves that one made it"
	case age < c.Options.OlderThan:
		l.Why = "its tags say that a drill made it, but not one of this machine, and only " + age.Round(time.Minute).String() + " ago: another machine may be at work on it (--older-than)"
	default:
		l.Ours, l.tagged, l.Why = true, true, "its name and its tags "+ToolTag+" and "+DrillTag+" say that a drill made it"
	}
	return nil
}

// unended are the drills of the store that did not end and whose table AWS does not list.
func (c *Cleaner) unended(drills []*Drill, seen map[string]bool) []Leftover {
	var out []Leftover
	for _, d := range drills {
		if d.State.Ended() || d.Watched || d.Account != c.Options.Account || seen[d.Target.Region+"/"+d.Target.Name] || !contains(c.Options.Regions, d.Target.Region) {
			continue
		}
		l := Leftover{Table: d.Target, Drill: d.ID, State: d.State, Ours: true, Why: "the drill did not end, and AWS lists no table of it", record: d}
		if c.chosen(&l) {
			out = append(out, l)
		}
	}
	return out
}

func contains(all []string, one string) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

// tagsOf reads a table's tags.
func tagsOf(ctx context.Context, s *awsapi.Scope, arn string) (map[string]string, error) {
	tags := map[string]string{}
	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn}
	for {
		out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.ListTagsOfResource, Resource: arn}, s.DynamoDB.ListTagsOfResource, in)
		if err != nil {
			return nil, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		if aws.ToString(out.NextToken) == "" {
			return tags, nil
		}
		in.NextToken = out.NextToken
	}
}

// Remove removes what is ours and closes its drill. What stands in the way is put into l; an error stops the whole clean-up.
func (c *Cleaner) Remove(ctx context.Context, l *Leftover) error {
	if !l.Ours {
		return nil
	}
	err := c.remove(ctx, l)
	var left *LeftError
	switch {
	case errors.Is(err, store.ErrBusy):
		l.Problem = "a process of this machine is at work on the drill"
		return nil
	case errors.As(err, &left):
		l.Code, l.Problem = left.Code, left.Reason
		return nil
	case err != nil && !passing(ctx, err):
		code, message, _ := awsapi.Classify(err)
		l.Code, l.Problem = code, message
		return nil
	}
	l.Removed = err == nil
	return err
}

func (c *Cleaner) remove(ctx context.Context, l *Leftover) error {
	if l.tagged {
		r := remover{scope: c.Engine.at(l.Table), name: l.Table.Name}
		return r.remove(ctx, func(t *types.TableDescription) (bool, string) {
			return aws.ToString(t.TableId) == l.Table.TableID && aws.ToString(t.TableArn) == l.Table.ARN, "another table has its name now"
		})
	}
	return c.Engine.Abandon(ctx, l.record)
}

// unseen is for how long after its plan a drill's table may be there although AWS does not show it: the request may be under way.
const unseen = 5 * time.Minute

// Abandon ends a drill without finishing it: its table is removed, and nothing is proved unless it was already. The table of a drill that
// ended is removed too.
func (e *Engine) Abandon(ctx context.Context, d *Drill) error {
	release, err := e.Store.Lock(Kind, d.ID)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // the kernel lets go of it in any case
	fresh, err := Load(ctx, e.Store, d.ID)
	if err != nil {
		return err
	}
	*d = *fresh
	if d.State == Restoring && d.Target.TableID == "" && e.now(d).Sub(d.Times.Planned) < unseen {
		r := remover{scope: e.at(d.Target), name: d.Target.Name}
		if t, err := r.describe(ctx); err != nil || t == nil {
			return errors.Join(err, &LeftError{Table: d.Target.Name, Reason: "its restore was asked for less than five minutes ago, and AWS may not show it yet"})
		}
	}
	d.Wish.Keep = false
	if !d.State.Ended() && d.State != Cleaning {
		d.blame(Unknown, "", "it was cleaned up before it was finished")
		if d.State == Planned {
			d.Verdict, d.Cleanup = Unknown, Cleanup{State: NoTable}
			return e.move(ctx, d, Done)
		}
		if err := e.move(ctx, d, Cleaning); err != nil {
			return err
		}
	}
	if d.State.Ended() {
		err := e.clean(ctx, d)
		return errors.Join(err, e.save(ctx, d))
	}
	next, err := e.cleaning(ctx, d)
	if err != nil {
		return errors.Join(err, e.save(ctx, d))
	}
	return e.move(ctx, d, next)
}
