package cli

import (
	"context"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/report"
	"github.com/spf13/cobra"
)

const scanHelp = `Judges every DynamoDB table: can it be got back? Reads live AWS, or what paths lead to: CloudFormation
and Terraform before they are deployed, plans of terraform show -json, estate files, and folders of them.
Never writes to AWS.

  restorable scan --region eu-west-1,us-east-1
  restorable scan --region all -o json=report.json -o table
  restorable scan estate.json --table 'orders*' --control recoverable
  restorable scan templates/ --parameters Stage=prod -o sarif=report.sarif
  restorable scan infra/ --var-file prod.tfvars --with-live --region eu-west-1

--table and --tag choose tables; what concerns a whole Region is then not asked.`

type scanOptions struct {
	source   sourceOptions
	from     []string
	filter   filterOptions
	controls controlOptions
	outputs  []string
	gate     gateOptions
}

func (a *app) scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [PATH...]",
		Short: "Judge every table, live or in templates: can it be got back? Never writes",
		Long:  scanHelp,
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			o.source.files = append(paths, o.from...)
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.scan(ctx, cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.source.aws.registerMany(f)
	o.filter.register(f)
	o.controls.register(f)
	f.StringArrayVar(&o.from, "from", nil, "`path`, the same as an argument")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "`FORMAT[=FILE]`: "+formatWords()+"; repeatable (default table)")
	_ = cmd.RegisterFlagCompletionFunc("output", completeFormats) // the flag is there
	o.gate.register(f)
	o.source.evidence.register(f)
	o.source.templates.register(f)
	return cmd
}

func (o scanOptions) validate() error {
	if err := o.filter.validate(); err != nil {
		return err
	}
	return o.gate.validate()
}

// scan collects under ctx, which a --timeout may end, and tells an interruption by the user from it by user.
func (a *app) scan(ctx, user context.Context, o scanOptions) error {
	specs, err := parseOutputs(o.outputs)
	if err != nil {
		return err
	}
	if err := o.validate(); err != nil {
		return err
	}
	catalogue, controls, err := a.selectControls(o.controls)
	if err != nil {
		return err
	}
	if _, err := a.parameters(catalogue); err != nil { // before anything is read
		return err
	}
	said, err := a.overlays(o.gate, catalogue, controls, o.filter.given())
	if err != nil {
		return err
	}
	out, err := a.openOutputs(specs) // before anything is read: a file that cannot be written should not cost a whole scan
	if err != nil {
		return err
	}
	defer out.discard()
	started := a.now()
	o.source.match = o.filter.byName()
	if o.source.needs, err = a.scanned(o, catalogue, controls, said); err != nil {
		return err
	}
	units, err := a.gather(ctx, o.source, o.filter.narrowUnit)
	if err != nil {
		return err
	}
	defer units.discard()
	if err := said.hear(catalogue, units.spoken, o.gate.inline); err != nil {
		return err
	}
	if units.tables() == 0 && o.filter.given() && user.Err() == nil {
		return nothingMatches(o.filter, units.scopes)
	}
	frameworks := chosenFrameworks(catalogue, o.controls.frameworks)
	j := judgement{stock: units, catalogue: catalogue, controls: controls, started: estate.At(started), sets: o.controls.frameworks, frameworks: frameworkIDs(frameworks), onlyTables: o.filter.given(), from: o.source.files, objective: demands(a.objectives()), overlays: said}
	if units.declares {
		if j.templates, j.unasked, err = answerable(catalogue, o.controls, controls); err != nil {
			return err
		}
	}
	tally, err := a.judge(j, report.WithStandings(out, frameworks))
	if err != nil {
		return unwritten(err)
	}
	a.tellOverlays(said, tally)
	if ctx.Err() != nil && user.Err() == nil {
		a.note("--timeout %s was over: the report is incomplete", a.global.timeout)
	}
	if user.Err() != nil {
		a.note("interrupted: the report is incomplete")
		return ended(exitInterrupted)
	}
	return ended(o.gate.code(tally))
}

func nothingMatches(f filterOptions, scopes []report.Scope) error {
	var given []string
	for _, t := range f.tables {
		given = append(given, "--table "+t)
	}
	for _, t := range f.tags {
		given = append(given, "--tag "+t)
	}
	c := &complaint{code: exitNothing, summary: "no table matches " + strings.Join(given, " "), hint: "restorable scan without the filter shows what there is"}
	for _, s := range scopes {
		if !s.Whole && !s.Filtered {
			region := "a Region"
			if s.Region != nil {
				region = *s.Region
			}
			c.code, c.hint = exitIncomplete, "restorable doctor says which permission is missing"
			c.detail = "the list of tables could not be read whole in " + region + ", so it may be there"
		}
	}
	return c
}

// unwritten says that a report or an estate file could not be written.
func unwritten(err error) error {
	if decided(err) {
		return err
	}
	return &complaint{code: exitUsage, summary: err.Error(), hint: "choose another file, or make room", err: err}
}
