package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBombs reads configuration that is small and asks for very much.
func TestBombs(t *testing.T) {
	doubling := "locals {\n  a0 = \"0123456789\"\n"
	lists := "locals {\n  l0 = [1, 2]\n"
	chain := "locals {\n  c0 = 1\n"
	for i := 1; i < 64; i++ {
		doubling += fmt.Sprintf("  a%d = \"${local.a%d}${local.a%d}\"\n", i, i-1, i-1)
		lists += fmt.Sprintf("  l%d = [local.l%d, local.l%d]\n", i, i-1, i-1)
	}
	for i := 1; i < 5000; i++ {
		chain += fmt.Sprintf("  c%d = local.c%d\n", i, i-1)
	}
	deep := func(open, middle, closed string) string {
		return "locals {\n  v = " + strings.Repeat(open, 100_000) + middle + strings.Repeat(closed, 100_000) + "\n}\n"
	}
	const resource = "resource \"aws_x\" \"x\" {\n  v = %s\n}\n"
	loop := "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : d]]]]"
	for name, row := range map[string]struct {
		files map[string]string
		want  string // of the error; empty: the value is not known
	}{
		"text that doubles":     {map[string]string{"main.tf": doubling + "}\n" + fmt.Sprintf(resource, "local.a63")}, "main.tf:"},
		"lists that double":     {map[string]string{"main.tf": lists + "}\n" + fmt.Sprintf(resource, "local.l63")}, "main.tf:"},
		"names that rest":       {map[string]string{"main.tf": chain + "}\n" + fmt.Sprintf(resource, "local.c4999")}, "main.tf:4602:11: names rest on each other more than 400 deep"},
		"loops":                 {map[string]string{"main.tf": fmt.Sprintf(resource, loop)}, "main.tf:2:7: what is written here takes too many steps"},
		"large numbers":         {files: map[string]string{"main.tf": fmt.Sprintf(resource, "\"${1e999999999}\"")}},
		"numbers that grow":     {files: map[string]string{"main.tf": fmt.Sprintf(resource, "\"${pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300)}\"")}},
		"padding":               {files: map[string]string{"main.tf": fmt.Sprintf(resource, "format(\"%999999999s\", \"x\")")}},
		"number padding":        {files: map[string]string{"main.tf": fmt.Sprintf(resource, "format(\"%.999999999f\", 1)")}},
		"indentation":           {files: map[string]string{"main.tf": fmt.Sprintf(resource, "indent(999999999, \"a\\nb\")")}},
		"products":              {files: map[string]string{"main.tf": fmt.Sprintf(resource, "setproduct(range(1000), range(1000), range(1000), range(1000))")}},
		"elements":              {map[string]string{"main.tf": fmt.Sprintf(resource, "distinct(["+strings.Repeat("1,", 50_000)+"])")}, "main.tf:2:16: Too many elements"},
		"conversions":           {map[string]string{"main.tf": "locals {\n  l = split(\",\", \"" + strings.Repeat("1,", 9_000) + "\")\n}\n" + fmt.Sprintf(resource, "[for x in range(1000) : sort([for y in local.l : y])]")}, "main.tf:5:"},
		"replacements":          {files: map[string]string{"main.tf": fmt.Sprintf(resource, "replace(join(\"\", range(1000)), \"\", replace(join(\"\", range(1000)), \"\", replace(join(\"\", range(1000)), \"\", join(\"\", range(1000)))))")}},
		"count":                 {map[string]string{"main.tf": "resource \"aws_x\" \"x\" {\n  count = 1000000000\n}\n"}, "main.tf:2:3: the configuration has more than 100000 resources"},
		"count of modules":      {map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n  count = 1000\n}\n", "m/main.tf": "module \"m\" {\n  source = \"../n\"\n  count = 1000\n}\n", "n/main.tf": "locals {}\n"}, "m/main.tf:"},
		"module within itself":  {map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": "module \"m\" {\n  source = \"../m\"\n}\n"}, "m/main.tf:1:1: modules call one another more than 32 deep"},
		"modules that multiply": {map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": "module \"a\" {\n  source = \"../m\"\n}\nmodule \"b\" {\n  source = \"../m\"\n}\n"}, "m/main.tf:"},
		"brackets":              {map[string]string{"main.tf": deep("[", "1", "]")}, "main.tf:2:"},
		"parentheses":           {map[string]string{"main.tf": deep("(", "1", ")")}, "main.tf:2:"},
		"signs":                 {map[string]string{"main.tf": deep("!", "true", "")}, "main.tf:2:"},
		"sums":                  {map[string]string{"main.tf": deep("1+", "1", "")}, "main.tf:2:"},
		"sums over lines":       {map[string]string{"main.tf": deep("", "(1", "\n+1") + ")"}, "main.tf:"},
		"conditions":            {map[string]string{"main.tf": deep("true?1:", "1", "")}, "main.tf:2:"},
		"indices":               {map[string]string{"main.tf": deep("", "a", "[0]")}, "main.tf:2:"},
		"templates":             {map[string]string{"main.tf": deep("\"${", "1", "}\"")}, "main.tf:2:"},
		"control":               {map[string]string{"main.tf": "locals {\n  v = \"" + strings.Repeat("%{if true}", 100_000) + "\"\n}\n"}, "main.tf:2:"},
		"blocks":                {map[string]string{"main.tf": strings.Repeat("a {\n", 100_000)}, "main.tf:"},
		"JSON":                  {map[string]string{"main.tf.json": strings.Repeat("[", 100_000)}, "main.tf.json:1:1: values stand more than 1000 deep"},
		"templates in JSON":     {map[string]string{"main.tf.json": `{"locals": {"v": "${` + strings.Repeat("(", 100_000) + `"}}`}, "main.tf.json:1:"},
		"YAML":                  {files: map[string]string{"main.tf": fmt.Sprintf(resource, "yamldecode(file(\"a.yaml\"))"), "a.yaml": strings.Repeat("[", 100_000)}},
		"JSON in text":          {files: map[string]string{"main.tf": fmt.Sprintf(resource, "jsondecode(file(\"a.json\"))"), "a.json": strings.Repeat("[", 900_000) + strings.Repeat("]", 100_000)}},
		"lists of lists":        {map[string]string{"main.tf": lists + "}\n" + fmt.Sprintf(resource, "["+strings.Repeat("local.l16,", 9_000)+"]")}, "main.tf:"},
		"a loop over much":      {map[string]string{"main.tf": lists + "}\n" + fmt.Sprintf(resource, "[for a in range(1000) : concat(local.l16, [a])]")}, "main.tf:"},
		"files over and over":   {map[string]string{"main.tf": fmt.Sprintf(resource, "[for a in range(1000) : [for b in range(1000) : file(\"a\")]]"), "a": strings.Repeat("a", 100_000)}, "main.tf:"},
		"YAML over and over":    {map[string]string{"main.tf": "locals {\n  s = file(\"a\")\n}\n" + fmt.Sprintf(resource, "[for a in range(1000) : yamldecode(local.s)]"), "a": strings.Repeat("a: b\n", 20_000)}, "main.tf:"},
		"arguments":             {map[string]string{"main.tf": lists + "}\n" + fmt.Sprintf(resource, "concat("+strings.Repeat("local.l16,", 9_000)+"[])")}, "main.tf:"},
		"a large file":          {map[string]string{"main.tf": strings.Repeat("#\n", 3<<20)}, "main.tf:1: the file is larger"},
		"a file that is a line": {files: map[string]string{"main.tf": fmt.Sprintf(resource, "file(\"a\")"), "a": strings.Repeat("a", 2<<20)}},
		"comparisons":           {map[string]string{"main.tf": fmt.Sprintf(resource, "distinct(flatten([for a in range(90) : [for b in range(100) : a * 1000 + b]]))")}, ""},
		"elements of elements":  {map[string]string{"main.tf": "locals {\n  l = [for a in range(1000) : range(1000)]\n}\n" + fmt.Sprintf(resource, "[for a in flatten(local.l) : [for b in flatten(local.l) : 1]]")}, "main.tf:"},
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			found, err := read(row.files, Options{})
			if took := time.Since(begun); took > 60*time.Second {
				t.Errorf("took %v", took)
			}
			if row.want != "" {
				if err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("%.300v, want %s", err, row.want)
				}
				return
			}
			if err != nil || len(found) != 1 || attributeOf(found[0].Body, "v") != "?" || found[0].Body.WhyUnknown("v") == "" {
				t.Errorf("%.300v, %d found", err, len(found))
			}
		})
	}
}
