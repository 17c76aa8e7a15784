package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// FuzzRead reads any configuration: it never panics, it ends, and what it finds can be asked.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.tf", "testdata/*/*.tf.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(src), strings.HasSuffix(name, ".json"))
		}
	}
	f.Add(declarations, false)
	f.Add("resource \"aws_x\" \"x\" {\n  for_each = yamldecode(file(\"in\"))\n}\n", false)
	f.Fuzz(func(t *testing.T, src string, isJSON bool) {
		files := map[string]string{"in": src, "terraform.tfvars": "a = 1", "m/main.tf": "variable \"x\" {}\noutput \"x\" { value = var.x }"}
		if isJSON {
			files["main.tf.json"] = src
		} else {
			files["main.tf"] = src
		}
		begun := time.Now()
		tree := fstest.MapFS{}
		for name, content := range files {
			tree[name] = &fstest.MapFile{Data: []byte(content)}
		}
		if outline, err := Outline(tree, "."); err == nil && outline.Differs(outline) != "" {
			t.Errorf("a configuration differs from itself: %s", outline.Differs(outline))
		}
		found, _ := read(files, Options{Variables: map[string]string{"given": src}})
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
		for i := range found {
			r := &found[i]
			fields, _ := r.Body.Fields()
			for name := range fields {
				r.Body.Value(name)
				r.Body.Blocks(name)
				_ = r.Attribute(name)
			}
		}
	})
}

// FuzzExpression evaluates any expression among what it may refer to.
func FuzzExpression(f *testing.F) {
	for _, e := range []string{`aws_dynamodb_table.few[*].arn`, `[for t in aws_dynamodb_table.each : t.arn]`, `try(var.open.x, 1)`, `templatefile("in", { a = 1 })`,
		`yamldecode(file("in"))`, `jsondecode(file("in"))`, `format("%#v %-5d", var.given, 3)`, `"%{for a in range(3)}${a}%{endfor}"`, `merge(var.default, { c = local.some })`} {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, e string) {
		found, _ := read(map[string]string{"in": e, "main.tf": declarations + "resource \"aws_y\" \"y\" {\n  v = " + e + "\n}\n"}, Options{})
		for _, r := range found {
			v, _, set := r.Body.Value("v")
			if set && v.IsWhollyKnown() != (r.Body.WhyUnknown("v") == "") {
				t.Errorf("%#v, why %q", v, r.Body.WhyUnknown("v"))
			}
		}
	})
}
