package iac

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/cfn"
)

// environment is where the CDK says that stacks are deployed, with their templates. The one without a place is where all others are.
type environment struct {
	place  environmentPlace
	files  []cfn.File
	stacks map[string]cfn.Said
}

// environmentPlace is an account and a Region, each empty where it is not said.
type environmentPlace struct{ account, region string }

// manifest is what the CDK writes beside templates
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.AssemblyManifest.html).
type manifest struct {
	Artifacts map[string]artifact `json:"artifacts"`
}

type artifact struct {
	Type        string `json:"type"`
	Environment string `json:"environment"` // aws://ACCOUNT/REGION
	Properties  struct {
		TemplateFile string            `json:"templateFile"`
		Tags         map[string]string `json:"tags"`
		Parameters   map[string]string `json:"parameters"`
	} `json:"properties"`
}

// maxManifest bounds what is read of one.
const maxManifest = 16 << 20

// environments sorts templates by where they are deployed; those of which no manifest speaks are among the first.
func environments(fsys fs.FS, files []cfn.File) []*environment {
	places, said := map[string]environmentPlace{}, map[string]cfn.Said{}
	for dir, in := range folders(files) {
		stacks := stacksOf(fsys, dir)
		for _, f := range in {
			if a, ok := stacks[path.Base(f.Name)]; ok {
				said[f.Name] = cfn.Said{Parameters: a.Properties.Parameters, Tags: a.Properties.Tags}
				places[f.Name] = placeOf(a.Environment)
			}
		}
		if len(stacks) > 0 {
			follow(in, places)
		}
	}
	out, byPlace := []*environment{{stacks: said}}, map[environmentPlace]*environment{}
	byPlace[environmentPlace{}] = out[0]
	for _, f := range files {
		place := places[f.Name]
		if byPlace[place] == nil {
			byPlace[place] = &environment{place: place, stacks: said}
			out = append(out, byPlace[place])
		}
		byPlace[place].files = append(byPlace[place].files, f)
	}
	return out
}

// folders are the templates of each folder.
func folders(files []cfn.File) map[string][]cfn.File {
	out := map[string][]cfn.File{}
	for i := range files {
		dir := path.Dir(files[i].Name)
		out[dir] = append(out[dir], files[i])
	}
	return out
}

// follow puts templates of which a manifest does not speak beside those that name them: nested stacks.
func follow(in []cfn.File, places map[string]environmentPlace) {
	for again := true; again; {
		again = false
		for _, f := range in {
			if _, known := places[f.Name]; known {
				continue
			}
			for _, by := range in {
				place, known := places[by.Name]
				if known && bytes.Contains(by.Text, []byte(`"`+path.Base(f.Name)+`"`)) {
					places[f.Name], again = place, true
					break
				}
			}
		}
	}
}

// stacksOf are the stacks of which the manifest of a folder speaks, by their templates; none where there is no manifest.
func stacksOf(fsys fs.FS, dir string) map[string]artifact {
	var m manifest
	text, err := contents(fsys, path.Join(dir, "manifest.json"), maxManifest)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return nil
	}
	out := map[string]artifact{}
	for _, a := range m.Artifacts {
		if a.Type == "aws:cloudformation:stack" && a.Properties.TemplateFile != "" {
			out[a.Properties.TemplateFile] = a
		}
	}
	return out
}

// placeOf reads aws://ACCOUNT/REGION, of which either may be unknown-account or unknown-region.
func placeOf(environment string) environmentPlace {
	rest, _ := strings.CutPrefix(environment, "aws://")
	account, region, _ := strings.Cut(rest, "/")
	if strings.HasPrefix(account, "unknown") {
		account = ""
	}
	if strings.HasPrefix(region, "unknown") {
		region = ""
	}
	return environmentPlace{account, region}
}

// builder is of the unit of an environment.
func (e *environment) builder(b *build.Builder) *build.Builder {
	if e.place == (environmentPlace{}) {
		return b
	}
	return b.Apart(e.place.region, e.place.account)
}

// options are how its templates are read: where they are deployed is what the CDK says.
func (e *environment) options(o Options) cfn.Options {
	parameters := maps.Clone(o.Parameters)
	for name, value := range map[string]string{"AWS::AccountId": e.place.account, "AWS::Region": e.place.region} {
		if value == "" {
			continue
		}
		if parameters == nil {
			parameters = map[string]string{}
		}
		parameters[name] = value
	}
	return cfn.Options{Parameters: parameters, Tags: o.Tags, Stacks: e.stacks, Declares: o.declares(CloudFormation)}
}
