// Package remark finds what templates say to this program about their own resources: in comments, and in CloudFormation's Metadata. It does
// not judge what is said.
package remark

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/cfn"
)

// Remark is one comment, or one entry of Metadata.
type Remark struct {
	At    build.Pos // where it begins
	Text  string    // of a comment, as it stands from At on, sign and all; empty: Entry says it
	Entry *cfn.Entry
	Block Block
}

// Block is the resource that a remark is about. The zero Block is none: the remark stands in no resource's block.
type Block struct {
	Name     string
	File     string
	From, To build.Pos // To is behind it; the zero Pos is the end of the file
}

// Sign begins everything that is said to this program.
const Sign = "restorable:"

// OfCloudFormation reads a template. One that cannot be read says nothing: whoever reads it as a template says why.
func OfCloudFormation(name string, text []byte) []Remark {
	if !bytes.Contains(text, []byte("restorable")) {
		return nil
	}
	o, err := cfn.OutlineOf(cfn.File{Name: name, Text: text})
	if err != nil {
		return nil
	}
	p := page{lines: strings.Split(string(text), "\n")}
	var out []Remark
	for _, r := range o.Resources {
		b := Block{Name: r.ID, File: name, From: r.From, To: r.To}
		p.blocks = append(p.blocks, b)
		for i := range r.Ignore {
			out = append(out, Remark{At: r.Ignore[i].At, Entry: &r.Ignore[i], Block: b})
		}
	}
	for _, c := range o.Comments {
		p.comments = append(p.comments, comment{at: c.At, text: "#" + c.Text, last: c.At.Line})
	}
	return append(out, p.remarks(true)...)
}

// page is a file with its blocks and its comments, both in their order.
type page struct {
	lines    []string
	blocks   []Block
	comments []comment
}

type comment struct {
	at   build.Pos
	last int // line
	text string
}

// remarks are the comments that speak to this program. Where indents count, a comment that stands out as far as a block's first line is no
// part of it.
func (p *page) remarks(indents bool) []Remark {
	own := map[int]bool{} // lines that hold a comment alone
	for _, c := range p.comments {
		for line := c.at.Line; line <= c.last && p.alone(c); line++ {
			own[line] = true
		}
	}
	var out []Remark
	for _, c := range p.comments {
		if strings.Contains(c.text, Sign) {
			out = append(out, Remark{At: c.at, Text: c.text, Block: p.blockOf(c, own, indents)})
		}
	}
	return out
}

// alone reports whether nothing stands before a comment.
func (p *page) alone(c comment) bool {
	if c.at.Line < 1 || c.at.Line > len(p.lines) {
		return false
	}
	before := []rune(p.lines[c.at.Line-1])
	return strings.TrimSpace(string(before[:min(len(before), max(0, c.at.Column-1))])) == ""
}

// blockOf is the block right below a comment, or around it.
func (p *page) blockOf(c comment, own map[int]bool, indents bool) Block {
	next, _ := slices.BinarySearchFunc(p.blocks, c.at, func(b Block, at build.Pos) int { return order(b.From, at) })
	alone := p.alone(c)
	if alone && next < len(p.blocks) && p.above(c, p.blocks[next].From.Line, own) && (!indents || c.at.Column <= p.blocks[next].From.Column) {
		return p.blocks[next]
	}
	if next == 0 {
		return Block{}
	}
	b := p.blocks[next-1]
	if b.To.Line > 0 && order(c.at, b.To) >= 0 || indents && alone && c.at.Column <= b.From.Column {
		return Block{}
	}
	return b
}

// above reports whether nothing but comments stands between a comment and a line.
func (p *page) above(c comment, line int, own map[int]bool) bool {
	for between := c.last + 1; between < line; between++ {
		if !own[between] {
			return false
		}
	}
	return c.last < line
}

func order(a, b build.Pos) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
