// Package resource is what a Terraform declaration comes to once it is evaluated, whether from configuration or from a plan.
package resource

import (
	"github.com/restorable/restorable/internal/iac/build"
)

// TypeModule is the Type of a module's call that could not be read, because it is not installed: what it declares is not known.
// Such a Resource has no more than an Address, a place and the reason, in Maybe.
const TypeModule = "module"

// Resource is one instance of a managed resource. Data sources are none: what they come to is in the bodies that use them.
type Resource struct {
	Root    string // the folder of the root module, or the file of the plan: addresses are unique within it; "" or "." is not shown
	Address string // as Terraform prints it: module.a.aws_dynamodb_table.orders["x"]; [*] where the instances are not known
	Type    string
	At      build.Pos
	Maybe   string // why it is not known whether it exists, or how often; "": it exists
	Region  string // of its provider or of its own, which may be a symbol; "": not stated
	Account string // of its provider, which may be a symbol; "": not stated
	Body    Body
}

// ID is unique among all that is read together.
func (r *Resource) ID() string { return qualified(r.Root, r.Address) }

func qualified(root, address string) string {
	if root == "" || root == "." {
		return address
	}
	return root + "#" + address
}

// Attribute is the text that names a resource by one of its attributes, wherever it is used: what is written of it, with symbols for what only
// deployment tells. The resource's own facts and references to it are the same text. It is meant for attributes that are texts: arn, id,
// names and the like; ask Body for those that are written.
func (r *Resource) Attribute(name string) string {
	s := shapeOf(r.Type)
	switch {
	case name == "arn" && s.service != "":
		return r.arn(s)
	case name == "id" && s.id == "arn":
		return r.arn(s)
	case name == s.naming, name == "id" && s.id == "name":
		return r.name(s)
	case name == "id", name == s.id:
		return Declared(r.Root, r.Address)
	case name == "arn":
		return Declared(r.Root, r.Address+".arn")
	}
	return Symbol(qualified(r.Root, r.Address) + "." + name)
}

// name is what is written, or a symbol where deployment makes one up.
func (r *Resource) name(s shape) string {
	if s.naming == "" {
		return Declared(r.Root, r.Address)
	}
	if name, ok := r.Body.text(s.naming); ok {
		return name
	}
	prefix, _ := r.Body.text(s.naming + "_prefix")
	return prefix + Declared(r.Root, r.Address)
}

func (r *Resource) arn(s shape) string {
	region, account := RegionText(r.Region), AccountText(r.Account)
	switch {
	case s.global && s.service == "s3":
		region, account = "", ""
	case s.global:
		region = ""
	}
	resource := s.prefix
	if s.path {
		if path, ok := r.Body.text("path"); ok {
			resource += path
		} else {
			resource += "/"
		}
	}
	return "arn:" + build.PartitionOf(r.Region) + ":" + s.service + ":" + region + ":" + account + ":" + resource + r.name(s)
}
