package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/control"
	rests "github.com/restorable/restorable/internal/needs"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const doctorHelp = `Checks what a scan would meet: who you are, AWS's clock against this machine's, each permission that
a scan needs, the Region's opt-in, and which controls would be UNKNOWN for want of what.
Reads only; tries each call once per Region.

  restorable doctor --region eu-west-1
  restorable doctor --org --role-name restorable-audit --region eu-west-1`

type doctorOptions struct {
	aws      awsOptions
	controls controlOptions
}

func (a *app) doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check credentials, permissions, clock and opt-in",
		Long:  doctorHelp,
		Args:  exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			return a.doctor(ctx, o)
		},
	}
	o.aws.registerMany(cmd.Flags())
	registerDirs(cmd.Flags(), &o.controls.dirs)
	return cmd
}

func (a *app) doctor(ctx context.Context, o doctorOptions) error {
	catalogue, controls, err := a.selectControls(o.controls)
	if err != nil {
		return err
	}
	needs, err := rests.Load(catalogue)
	if err != nil {
		return err
	}
	session, err := a.open(ctx, o.aws)
	if err != nil {
		return err
	}
	defer session.Close()
	d := &diagnosis{printer: printer{w: a.std.Out, screen: a.screen(a.std.Out)}, controls: controls, needs: needs, verbose: a.global.verbose}
	if err := d.accounts(ctx, session, o.aws); err != nil {
		return err
	}
	every, err := everyScan(catalogue)
	if err != nil {
		return err
	}
	trials, err := collect.Probe(ctx, session, collect.Options{Tool: toolName, Needs: every})
	if err != nil {
		return startFailure(err, o.aws)
	}
	d.clocks(trials)
	for _, site := range sitesOf(trials) {
		d.permissions(site)
	}
	if err := d.optIn(ctx, session, o.aws); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupted(ctx.Err())
	}
	return d.conclusion()
}

// diagnosis prints findings as they come and remembers whether anything is amiss.
type diagnosis struct {
	printer
	controls []*control.Control
	needs    *rests.Needs
	verbose  bool
	several  bool // accounts
	amiss    int
}

func (d *diagnosis) fine(text string) { d.put(d.screen.Paint(terminal.Good, "ok      ") + text) }
func (d *diagnosis) bad(text, hint string) {
	d.amiss++
	d.hung("problem ", terminal.Bad, text)
	if hint != "" {
		d.hung("        ", terminal.Faint, "next: "+hint)
	}
}

// hung wraps a paragraph behind a word.
func (d *diagnosis) hung(word string, tone terminal.Tone, text string) {
	for i, line := range terminal.Wrap(terminal.Clean(terminal.Short(text, 1000)), d.screen.Width-len(word)-1) {
		if i > 0 {
			word = strings.Repeat(" ", len(word))
		}
		d.put(d.screen.Paint(tone, word) + line)
	}
}

// accounts says who we are in each account. One that nobody may look into is a problem among others, unless there is no other.
func (d *diagnosis) accounts(ctx context.Context, s *awsapi.Session, o awsOptions) error {
	accounts, left, err := s.Members(ctx)
	if err != nil {
		return startFailure(err, o)
	}
	d.several = len(accounts) > 1
	d.title("Credentials")
	var first error
	entered := 0
	for _, account := range accounts {
		who, _, err := account.Identify(ctx)
		switch {
		case err == nil:
			entered++
			d.fine(terminal.Clean(fmt.Sprintf("account %s as %s", who.Account, who.ARN)))
		case !d.several:
			return startFailure(err, o)
		default:
			first = cmp.Or(first, err)
			d.bad("account "+account.Wanted()+": "+plainCall(err), "let the role be assumed there, or leave the account out")
		}
	}
	if entered == 0 {
		return startFailure(first, o)
	}
	for _, l := range left {
		d.hung("        ", terminal.Faint, "account "+l.Account+" is left out: it is not active ("+l.State+")")
	}
	if endpoint := s.Endpoint(); endpoint != "" {
		d.fine("endpoint " + terminal.Clean(endpoint))
	}
	return nil
}

// plainCall is AWS's code and message.
func plainCall(err error) string {
	var call *awsapi.CallError
	if errors.As(err, &call) {
		return call.Code + ": " + strings.TrimRight(call.Message, ".")
	}
	return err.Error()
}

// skewLimit is how far apart the clocks may be: AWS refuses signatures from five minutes on.
const skewLimit = time.Minute

// clocks compares this machine's clock with AWS's in each Region, by the first account that was answered there.
func (d *diagnosis) clocks(trials []collect.Trial) {
	d.section("Clock")
	skews := map[string]*time.Duration{}
	var regions []string
	for _, t := range trials {
		if _, ok := skews[t.Region]; !ok {
			regions = append(regions, t.Region)
		}
		skews[t.Region] = cmp.Or(skews[t.Region], t.Skew)
	}
	for _, region := range regions {
		skew := skews[region]
		switch {
		case skew == nil:
			d.bad(region+": nothing answered, so AWS's time is not known", "")
		case skew.Abs() > skewLimit:
			d.bad(fmt.Sprintf("%s: this machine is %s %s AWS; ages are judged by AWS's time all the same", region, skew.Abs().Round(time.Second), direction(*skew)), "set this machine's clock; AWS refuses signatures that are more than 5 minutes off")
		default:
			d.fine(region + ": this machine agrees with AWS")
		}
	}
}

func direction(skew time.Duration) string {
	if skew > 0 {
		return "ahead of"
	}
	return "behind"
}

// sitesOf parts trials by account and Region.
func sitesOf(trials []collect.Trial) [][]collect.Trial {
	var out [][]collect.Trial
	for first := 0; first < len(trials); {
		next := first + 1
		for next < len(trials) && trials[next].Account == trials[first].Account && trials[next].Region == trials[first].Region {
			next++
		}
		out, first = append(out, trials[first:next]), next
	}
	return out
}

// place names an account where there are several, and the Region where it is known.
func (d *diagnosis) place(account, region string) string {
	switch {
	case !d.several:
		return region
	case region == "":
		return "account " + account
	}
	return account + " " + region
}

// permissions tells what one account answers in one Region.
func (d *diagnosis) permissions(trials []collect.Trial) {
	region := trials[0].Region
	d.section("Permissions in " + d.place(trials[0].Account, region))
	if cause, ok := common(trials); ok {
		d.bad("no call is answered: "+cause.Code+": "+cause.Message, "leave "+region+" out, or enable it: aws account enable-region --region-name "+region)
		return
	}
	allowed, untried := 0, []string{}
	for _, t := range trials {
		switch t.Outcome {
		case collect.Allowed:
			allowed++
			if d.verbose {
				d.fine(string(t.Call.ID))
			}
		case collect.Untried:
			untried = append(untried, string(t.Call.ID))
		default:
			d.refused(t)
		}
	}
	d.fine(terminal.Count(allowed, "call") + " allowed")
	if len(untried) > 0 {
		d.hung("        ", terminal.Faint, "not tried, for want of anything to ask about: "+strings.Join(untried, ", "))
	}
}

// common is why every call that was tried in a Region, and belongs to it, was refused alike for the Region's sake.
func common(trials []collect.Trial) (cause collect.Trial, ok bool) {
	for _, t := range trials {
		if t.Outcome == collect.Untried || global(t.Call.ID) {
			continue
		}
		if t.Kind != awsapi.KindRegion {
			return t, false
		}
		cause, ok = t, true
	}
	return cause, ok
}

// global reports whether a service answers whatever Region it is asked in.
func global(id awsapi.CallID) bool {
	service, _, _ := strings.Cut(string(id), ":")
	return slices.Contains([]string{"sts", "iam", "organizations"}, service)
}

// refused says what a call that failed takes with it.
func (d *diagnosis) refused(t collect.Trial) {
	text := string(t.Call.ID) + ": " + t.Code + ": " + strings.TrimRight(t.Message, ".")
	var lost []string
	for _, k := range d.controls {
		if d.needs.Rests(k, t.Call.Group) {
			lost = append(lost, k.ID)
		}
	}
	if len(lost) > 0 {
		text += ". UNKNOWN without it: " + strings.Join(lost, ", ")
	} else {
		text += ". No control needs it"
	}
	hint := ""
	if t.Outcome == collect.Denied {
		hint = "allow " + string(t.Call.ID) + " (restorable iam policy scan prints the whole policy)"
	}
	d.bad(text, hint)
}

func (d *diagnosis) optIn(ctx context.Context, s *awsapi.Session, o awsOptions) error {
	es, err := collect.Collect(ctx, s, collect.Options{Tool: toolName, Needs: map[awsapi.Group]bool{awsapi.GroupStart: true, awsapi.GroupSettings: true}})
	if err != nil {
		return startFailure(err, o)
	}
	d.section("AWS Backup for DynamoDB")
	for _, u := range es.Units {
		region, where := u.Region.Or(""), d.place(u.Account.Or(""), u.Region.Or(""))
		if reached, ok := u.Reached.Get(); ok && !reached {
			continue // that is a problem already
		}
		optIn, known := u.Settings.OptIn.Get()
		management, known2 := u.Settings.Management.Get()
		switch {
		case !known || !known2:
			d.bad(where+": whether DynamoDB is opted in could not be read", "allow backup:DescribeRegionSettings")
		case !optIn["DynamoDB"]:
			d.bad(where+": DynamoDB is not opted in: plans that select by tag or by * back up no table", "aws backup update-region-settings --region "+region+" --resource-type-opt-in-preference DynamoDB=true")
		case !management["DynamoDB"]:
			d.fine(where + ": opted in; advanced features are off, so nothing is copied or moved to cold storage")
		default:
			d.fine(where + ": opted in, advanced features on")
		}
	}
	return nil
}

// conclusion: what is amiss makes a scan incomplete, or its verdicts fail; doctor itself found no FAIL.
func (d *diagnosis) conclusion() error {
	d.put("")
	if d.amiss == 0 {
		d.put(d.screen.Paint(terminal.Good, "Nothing stands in the way of a complete scan."))
		return nil
	}
	d.put(d.screen.Paint(terminal.Bad, terminal.Count(d.amiss, "problem")+"."))
	return ended(exitIncomplete)
}
