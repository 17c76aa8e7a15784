package remark

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/restorable/restorable/internal/iac/build"
)

// maxTerraform bounds a file: nobody writes one of that size by hand.
const maxTerraform = 4 << 20

// OfTerraform reads a .tf file. One that cannot be read says nothing: whoever reads it as configuration says why.
func OfTerraform(name string, text []byte) []Remark {
	if !bytes.Contains(text, []byte(Sign)) || len(text) > maxTerraform {
		return nil
	}
	file, wrong := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if wrong.HasErrors() {
		return nil
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	p := page{lines: strings.Split(string(text), "\n")}
	for _, b := range body.Blocks {
		// A comment behind the closing brace is the block's, too.
		end := build.Pos{File: name, Line: b.CloseBraceRange.End.Line + 1, Column: 1}
		p.blocks = append(p.blocks, Block{Name: blockName(b), File: name, From: place(name, b.TypeRange.Start), To: end})
	}
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenComment {
			whole := strings.TrimRight(string(t.Bytes), "\r\n")
			at := place(name, t.Range.Start)
			p.comments = append(p.comments, comment{at: at, last: at.Line + strings.Count(whole, "\n"), text: whole})
		}
	}
	return p.remarks(false)
}

// blockName is how Terraform addresses what a block declares.
func blockName(b *hclsyntax.Block) string {
	parts := b.Labels
	if b.Type != "resource" {
		parts = append([]string{b.Type}, parts...)
	}
	return strings.Join(parts, ".")
}

func place(file string, p hcl.Pos) build.Pos {
	return build.Pos{File: file, Line: p.Line, Column: p.Column}
}
