// Package render writes the actions of a plan as files, for people who do not let a tool write: a script, templates, policies, steps.
// A plan goes in, files come out. Every route says at the top of its main file what it cannot express, and which route can.
package render

import (
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/remedy"
)

// Route names a kind of files.
type Route string

// The routes.
const (
	CLI             Route = "cli"
	CloudFormation  Route = "cloudformation"
	Terraform       Route = "terraform"
	IAM             Route = "iam"
	Console         Route = "console"
	OrgBackupPolicy Route = "org-backup-policy"
)

// File is one file that a route made. Names are plain: no folders.
type File struct {
	Name       string
	Content    []byte
	Executable bool
}

// Rendering is what a route made of a plan.
type Rendering struct {
	Files  []File   // the main file first
	Alone  bool     // the main file does its work without the others
	Deploy []string // commands, in order, that bring the files to work: each one line of a shell, run where the files lie
	Gaps   []Gap    // what the files do not do, as the top of the main file says too
}

// Gap is what a route cannot express.
type Gap struct {
	Actions []string // ids
	What    string   // a clause, such as "enable point-in-time recovery of 3 tables"
	Why     string   // one sentence
	By      Route    // the route that can
}

// Options are what a person may choose of the files. The zero value stands for the defaults.
type Options struct {
	Plan string // path of the saved plan, for the commands that are printed; default plan.json
	Name string // of the stack, the stack set, the policies; default restorable
}

func (o Options) defaulted() Options {
	if o.Plan == "" {
		o.Plan = "plan.json"
	}
	if o.Name == "" {
		o.Name = "restorable"
	}
	return o
}

// order is what a route is asked to write.
type order struct {
	plan *remedy.Plan
	opts Options
	gaps []Gap
}

// route is how one kind of files is made.
type route struct {
	name  Route
	short string
	gaps  func(*remedy.Plan) []Gap       // what it cannot express of a plan
	write func(order) (Rendering, error) // everything else
}

// routes are all of them, in the order of the help.
func routes() []route {
	return []route{
		{CLI, "a shell script for AWS CLI, and one that undoes it", scriptGaps, script},
		{CloudFormation, "a CloudFormation template", cloudFormationGaps, cloudFormation},
		{Terraform, "a Terraform module", terraformGaps, terraform},
		{IAM, "IAM policies to apply, to operate and to audit", iamGaps, iamPolicies},
		{Console, "steps for AWS's console, as Markdown", consoleGaps, console},
		{OrgBackupPolicy, "a backup policy for AWS Organizations", organisationGaps, organisation},
	}
}

// Routes lists the routes and what each makes, in the order of the help.
func Routes() (names []Route, short map[Route]string) {
	short = map[Route]string{}
	for _, r := range routes() {
		names, short[r.name] = append(names, r.name), r.short
	}
	return names, short
}

// UnknownError says that a route does not exist.
type UnknownError struct{ Route Route }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("render as %s: there is no such route", e.Route)
}

// Refusal says why a route makes nothing at all of a plan.
type Refusal struct {
	Route  Route
	Reason string
}

func (e *Refusal) Error() string { return fmt.Sprintf("render as %s: %s", e.Route, e.Reason) }

// Render makes the files of a route. It fails with *UnknownError or *Refusal.
func Render(p *remedy.Plan, as Route, o Options) (Rendering, error) {
	i := slices.IndexFunc(routes(), func(r route) bool { return r.name == as })
	if i < 0 {
		return Rendering{}, &UnknownError{as}
	}
	r := routes()[i]
	ord := order{plan: p, opts: o.defaulted(), gaps: r.gaps(p)}
	made, err := r.write(ord)
	if err != nil {
		return Rendering{}, err
	}
	made.Gaps = ord.gaps
	return made, nil
}
