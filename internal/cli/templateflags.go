package cli

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/iac"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/restorable/restorable/internal/yamlfile"
	"github.com/spf13/pflag"
)

// templateOptions are the flags of commands that read templates.
type templateOptions struct {
	allowed    bool // the command reads templates
	parameters []string
	stackTags  []string
	variables  []string
	varFiles   []string
	workspace  string
	withLive   bool
}

func (o *templateOptions) register(f *pflag.FlagSet) {
	o.allowed = true
	f.StringArrayVar(&o.parameters, "parameters", nil, "`NAME=VALUE` of a CloudFormation parameter, or a file of them, JSON or YAML; AWS::Region and AWS::AccountId too; repeatable, the later wins")
	f.StringArrayVar(&o.stackTags, "stack-tags", nil, "`KEY=VALUE` of a tag of the CloudFormation stacks, which they pass on to their resources; repeatable")
	f.StringArrayVar(&o.variables, "var", nil, "`NAME=VALUE` of a Terraform variable; repeatable")
	f.StringArrayVar(&o.varFiles, "var-file", nil, "`file` of Terraform variables, .tfvars or .tfvars.json; repeatable")
	f.StringVar(&o.workspace, "workspace", "", "`NAME` of Terraform's workspace: what terraform.workspace comes to (default the one that is selected in the module's folder, if it is initialised)")
	f.BoolVar(&o.withLive, "with-live", false, "judge templates together with what is deployed: plans, vaults, settings and roles are read from live AWS")
}

// templateFlags are the names of these flags.
func templateFlags() []string {
	return []string{"parameters", "stack-tags", "var", "var-file", "workspace", "with-live"}
}

// reading makes of the flags, and of what the configuration assumes, how templates are read.
func (a *app) reading(t *tree, o templateOptions) (out iac.Options, err error) {
	out = iac.Options{Parameters: map[string]string{}, Tags: map[string]string{}, Variables: map[string]string{}, Workspace: o.workspace, Getenv: a.env, Shown: t.shown,
		Note: func(text string) { a.note("%s", terminal.Clean(text)) }}
	if a.file != nil {
		out.Assume, out.Parameters = assumption(a.file)
	}
	for _, text := range o.parameters {
		given, err := parametersOf(text)
		if err != nil {
			return out, err
		}
		out.Parameters, out.Tags = iac.Merged(out.Parameters, given.Parameters), iac.Merged(out.Tags, given.Tags)
	}
	for _, text := range o.stackTags {
		key, value, err := iac.Parameter(text)
		if err != nil {
			return out, misuse("--stack-tags backup=daily", "--stack-tags %s: want KEY=VALUE", text)
		}
		out.Tags[key] = value
	}
	for _, text := range o.variables {
		name, value, err := iac.Parameter(text)
		if err != nil {
			return out, misuse("--var stage=prod", "--var %v", err)
		}
		out.Variables[name] = value
	}
	for _, name := range o.varFiles {
		if _, err := os.Stat(name); err != nil {
			return out, &complaint{code: exitNothing, summary: "--var-file " + name + ": " + plainCause(err), hint: "name a .tfvars or .tfvars.json file", err: err}
		}
	}
	out.VarFiles, err = t.names(o.varFiles)
	return out, err
}

// unheard refuses a value that was typed for what no template declares, as AWS and Terraform do: with another name it would have counted.
func (o templateOptions) unheard(declared map[iac.Kind]map[string]bool) error {
	for _, flag := range []struct {
		name, what string
		typed      []string
		there      map[string]bool
	}{{"parameters", "parameter", o.parameters, declared[iac.CloudFormation]}, {"var", "variable", o.variables, declared[iac.Terraform]}} {
		for _, text := range flag.typed {
			name, _, err := iac.Parameter(text)
			if err != nil || strings.ContainsAny(name, "/\\.:") || flag.there[name] {
				continue // a file, which may serve other templates, too; or AWS::Region and its like
			}
			hint := "leave it out, or name the templates that have it"
			if near := suggest.Nearest(name, slices.Sorted(maps.Keys(flag.there))); near != "" {
				hint = "did you mean " + near + "?"
			}
			return misuse(hint, "--%s %s: no template has a %s of that name", flag.name, text, flag.what)
		}
	}
	return nil
}

// parametersOf reads NAME=VALUE, or a file; a file whose name holds = is named with a folder, as in ./a=b.json.
func parametersOf(text string) (iac.Given, error) {
	name, value, err := iac.Parameter(text)
	if err == nil && !strings.ContainsAny(name, "/\\.") {
		return iac.Given{Parameters: map[string]string{name: value}}, nil
	}
	const hint = "--parameters Stage=prod, or --parameters FILE"
	content, err := os.ReadFile(text)
	if errors.Is(err, os.ErrNotExist) {
		return iac.Given{}, &complaint{code: exitNothing, summary: "--parameters " + text + ": no such file, and not NAME=VALUE", hint: hint, err: err}
	}
	if err != nil {
		return iac.Given{}, misuse(hint, "--parameters %s: %s", text, plainCause(err))
	}
	given, err := iac.ReadParameters(text, content)
	var wrong *yamlfile.Error
	if errors.As(err, &wrong) {
		return iac.Given{}, &complaint{code: exitUsage, summary: terminal.Count(len(wrong.Mistakes), "mistake") + " in " + text + "; nothing was judged", excerpt: wrong.Error(), hint: hint, err: err}
	}
	return given, err
}

// assumption is what the configuration says of the place to which templates are deployed. Where it lies is a parameter of theirs, too.
func assumption(f *config.File) (*iac.Assumption, map[string]string) {
	said := f.Assumed
	parameters := map[string]string{}
	for name, value := range map[string]string{"AWS::Region": said.Region, "AWS::AccountId": said.Account} {
		if value != "" {
			parameters[name] = value
		}
	}
	maps.Copy(parameters, said.Parameters)
	if said.Place.Line == 0 {
		return nil, parameters
	}
	at := func(p yamlfile.Place) build.Pos { return build.Pos{File: f.Name, Line: p.Line, Column: p.Column} }
	out := &iac.Assumption{At: at(said.Place), Account: said.Account, Region: said.Region, OptIn: said.OptIn, Advanced: said.Advanced,
		Roles: said.Roles, Vaults: said.Vaults, PlansSaid: said.PlansSaid}
	for _, p := range said.Plans {
		out.Plans = append(out.Plans, iac.Plan{At: at(p.Place), Name: p.Name, Schedule: p.Schedule, Retention: p.Retention, Vault: p.Vault,
			Start: int64(p.Start.Minutes()), Complete: int64(p.Complete.Minutes()), Tables: p.Tables, Tags: p.Tags})
	}
	return out, parameters
}
