package config

import (
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/restorable/restorable/internal/iac/build"
)

// readFile reads one file of the tree, no larger than a bound.
func (p *project) readFile(name string, most int64) ([]byte, error) {
	f, err := p.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	src, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(src)) > most {
		err = fmt.Errorf("%s:1: the file is larger than %d bytes", name, most)
	}
	p.count(name, len(src))
	return src, err
}

// count lets what is read raise the bound, once for each file.
func (p *project) count(name string, bytes int) {
	p.counting.Lock()
	defer p.counting.Unlock()
	if !p.known[name] {
		p.known[name] = true
		p.budget.limit += moreWork * int64(bytes)
	}
}

// parse reads a file of configuration in either syntax.
func (p *project) parse(name string) (*hclsyntax.Body, error) {
	src, err := p.readFile(name, maxFile)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if src, err = utf8Text(name, src); err != nil {
		return nil, err
	}
	var body *hclsyntax.Body
	if strings.HasSuffix(name, ".json") {
		body, err = parseJSON(src, name)
	} else {
		body, err = parseNative(src, name)
	}
	if err != nil {
		return nil, err
	}
	return body, p.prepare(body, "")
}

// utf8Text is a file without its byte order mark. Terraform takes no other encoding.
func utf8Text(name string, src []byte) ([]byte, error) {
	if build.UTF16(src) {
		return nil, fmt.Errorf("%s:1:1: the file is UTF-16: Terraform takes UTF-8", name)
	}
	return build.Text(src), nil
}

func parseNative(src []byte, name string) (*hclsyntax.Body, error) {
	if !shallow(src) {
		tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos) // what is wrong with them the parser tells
		if err := checkNesting(tokens); err != nil {
			return nil, err
		}
	}
	f, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, said(diags)
	}
	return f.Body.(*hclsyntax.Body), nil
}

// said is the first error of HCL, with its place.
func said(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return fmt.Errorf("%s: %s", subject(d), sentence(d))
		}
	}
	return diags
}

func subject(d *hcl.Diagnostic) build.Pos {
	if d.Subject == nil {
		return build.Pos{}
	}
	return place(*d.Subject)
}

func sentence(d *hcl.Diagnostic) string {
	detail, _, _ := strings.Cut(d.Detail, "\n")
	if len(detail) > 200 {
		detail = detail[:200]
	}
	return strings.ToValidUTF8(d.Summary+": "+detail, "?")
}

func place(r hcl.Range) build.Pos {
	return build.Pos{File: r.Filename, Line: r.Start.Line, Column: r.Start.Column}
}
