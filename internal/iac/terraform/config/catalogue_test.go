package config

import (
	"slices"
	"strings"
	"testing"
)

// functionsOfTerraform are those of version 1.11, as terraform metadata functions lists them.
const functionsOfTerraform = `abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt can ceil
chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode dirname distinct element endswith
ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 flatten floor format
formatdate formatlist indent index issensitive join jsondecode jsonencode keys length log lookup lower matchkeys max md5 merge min nonsensitive one
parseint pathexpand plantimestamp pow range regex regexall replace reverse rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1
sha256 sha512 signum slice sort split startswith strcontains strrev substr sum templatefile templatestring textdecodebase64 textencodebase64 timeadd
timecmp timestamp title tobool tolist tomap tonumber toset tostring transpose trim trimprefix trimspace trimsuffix try upper urlencode uuid uuidv5
values yamldecode yamlencode zipmap`

// leftUnknown are the functions that are not evaluated, and why.
var leftUnknown = map[string]string{
	"timestamp": "it answers anew each time", "plantimestamp": "it answers anew each time", "uuid": "it answers anew each time", "bcrypt": "it answers anew each time",
	"abspath": "it asks the machine", "pathexpand": "it asks the machine",
	"rsadecrypt":       "secrets are not for reading",
	"ephemeralasnull":  "what is ephemeral is not told apart here",
	"issensitive":      "what is sensitive is not told apart here",
	"base64gzip":       "compressors differ from version to version",
	"yamlencode":       "its layout is Terraform's own",
	"textencodebase64": "encodings other than UTF-8 name no table", "textdecodebase64": "encodings other than UTF-8 name no table",
	"uuidv5": "names made of hashes name no table that is referred to",
}

func TestEveryFunctionOfTerraform(t *testing.T) {
	names := strings.Fields(functionsOfTerraform)
	r := &run{project: newProject(nil, Options{})}
	table := r.functionTable()
	unknown := unevaluated()
	for _, name := range names {
		if _, has := table[name]; !has || !r.evaluates(name) || !r.evaluates("core::"+name) {
			t.Errorf("%s is not there", name)
		}
		if _, said := leftUnknown[name]; said != slices.Contains(unknown, name) {
			t.Errorf("%s is left unknown: %v, with a reason: %v", name, !said, said)
		}
	}
	for name := range table {
		if name = strings.TrimPrefix(name, "core::"); !slices.Contains(names, name) && name[0] != '(' && name != "urldecode" { // of OpenTofu
			t.Errorf("Terraform has no function %s", name)
		}
		if !strings.HasPrefix(name, "(") && !r.evaluates(name) {
			t.Errorf("expressions may not call %s", name)
		}
	}
}
