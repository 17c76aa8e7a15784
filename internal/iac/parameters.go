package iac

import (
	"fmt"
	"maps"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/yamlfile"
)

// Given is what a file says of the stacks that are made of CloudFormation templates.
type Given struct {
	Parameters map[string]string
	Tags       map[string]string
}

// ReadParameters reads a file of parameters for CloudFormation templates, JSON or YAML: a mapping of names to values; the same under
// "Parameters", beside the stack's "Tags", as CodePipeline takes it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html); or the list of
// ParameterKey and ParameterValue, or of "Name=Value", that the AWS CLI takes. The error is a *yamlfile.Error, every mistake at once.
func ReadParameters(name string, text []byte) (Given, error) {
	text = build.Text(text)
	r := &parameterReader{File: yamlfile.New(name, text), out: map[string]string{}, tags: map[string]string{}}
	if body, ok := r.Document(text); ok {
		r.body(body)
	}
	return Given{Parameters: r.out, Tags: r.tags}, r.Err()
}

type parameterReader struct {
	*yamlfile.File
	out  map[string]string
	tags map[string]string
}

func (r *parameterReader) body(n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		in, ok := r.Mapping(n, "the file")
		if ok {
			r.mapping(n, in.Entries["Parameters"], in.Entries["Tags"])
		}
		return
	}
	for _, item := range list.Values {
		r.item(item)
	}
}

// mapping is of parameters, or it holds one of them and one of tags.
func (r *parameterReader) mapping(n, parameters, tags ast.Node) {
	_, plain := yamlfile.Scalar(tags)
	switch {
	case parameters == nil && (tags == nil || plain):
		r.all(r.out, n, "the file")
		return
	case parameters != nil:
		r.all(r.out, parameters, "Parameters")
	}
	if tags != nil {
		r.all(r.tags, tags, "Tags")
	}
}

// all reads a mapping of names to values.
func (r *parameterReader) all(to map[string]string, n ast.Node, what string) {
	in, _ := r.Mapping(n, what)
	for _, key := range in.Order {
		r.put(to, key, in.Entries[key])
	}
}

func (r *parameterReader) item(n ast.Node) {
	if text, ok := yamlfile.Scalar(n); ok {
		name, value, err := Parameter(text)
		if err != nil {
			r.Add(yamlfile.At(n), "", "%v", err)
			return
		}
		r.out[name] = value
		return
	}
	in, ok := r.Mapping(n, "a parameter")
	if !ok {
		return
	}
	key, named := yamlfile.Scalar(in.Entries["ParameterKey"])
	value := in.Entries["ParameterValue"]
	switch {
	case !named:
		r.Add(in.Place, `write {"ParameterKey": "Name", "ParameterValue": "value"}`, "a parameter has no ParameterKey")
	case value == nil:
		if _, previous := in.Entries["UsePreviousValue"]; !previous { // what the stack has now is not known here
			r.Add(in.Place, "", "parameter %s has no ParameterValue", key)
		}
	default:
		r.put(r.out, key, value)
	}
}

// put takes a value; a list is joined by commas, as CloudFormation takes lists.
func (r *parameterReader) put(to map[string]string, key string, n ast.Node) {
	if text, ok := yamlfile.Scalar(n); ok {
		to[key] = text
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), "", "the value of %s must be text, found %s", key, yamlfile.Describe(n))
		return
	}
	var parts []string
	for _, item := range list.Values {
		text, ok := yamlfile.Scalar(item)
		if !ok {
			r.Add(yamlfile.At(item), "", "a value of %s must be text, found %s", key, yamlfile.Describe(item))
		}
		parts = append(parts, text)
	}
	to[key] = strings.Join(parts, ",")
}

// Parameter takes NAME=VALUE apart.
func Parameter(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%q: want NAME=VALUE", text)
	}
	return name, value, nil
}

// Merged are parameters of several sources, the later ones winning.
func Merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, one := range all {
		maps.Copy(out, one)
	}
	return out
}
