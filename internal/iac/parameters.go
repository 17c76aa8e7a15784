package iac

import (
	"fmt"
	"maps"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/yamlfile"
)

// ReadParameters reads a file of parameters for CloudFormation templates, JSON or YAML: a mapping of names to values; the same under
// "Parameters", as CodePipeline takes it; or the list of ParameterKey and ParameterValue, or of "Name=Value", that the AWS CLI takes. The error
// is a *yamlfile.Error, every mistake at once.
func ReadParameters(name string, text []byte) (map[string]string, error) {
	text = build.Text(text)
	r := &parameterReader{File: yamlfile.New(name, text), out: map[string]string{}}
	if body, ok := r.Document(text); ok {
		r.body(body)
	}
	return r.out, r.Err()
}

type parameterReader struct {
	*yamlfile.File
	out map[string]string
}

func (r *parameterReader) body(n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		in, ok := r.Mapping(n, "the file")
		if nested, has := in.Entries["Parameters"]; ok && has {
			in, _ = r.Mapping(nested, "Parameters")
		}
		for _, key := range in.Order {
			r.put(key, in.Entries[key])
		}
		return
	}
	for _, item := range list.Values {
		r.item(item)
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
		r.put(key, value)
	}
}

// put takes a value; a list is joined by commas, as CloudFormation takes lists.
func (r *parameterReader) put(key string, n ast.Node) {
	if text, ok := yamlfile.Scalar(n); ok {
		r.out[key] = text
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
	r.out[key] = strings.Join(parts, ",")
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
