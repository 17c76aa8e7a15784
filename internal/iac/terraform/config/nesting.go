package config

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxNesting bounds how deep expressions may stand within each other: the parser and the evaluation descend as deep.
const maxNesting = 1000

// shallow reports whether a text has too few signs to nest deep, without looking at what they mean: most files need no closer look.
func shallow(src []byte) bool {
	halves := 0
	for i, c := range src {
		switch c {
		case '"':
			halves++ // every other one opens, but for those within templates
		case '$', '%':
			halves += 3
		case '(', '[':
			halves += 4
		case '=':
			if i+1 < len(src) && (src[i+1] == '=' || src[i+1] == '>') {
				halves += 2
			}
		case ' ', '\t', '\r', '\n', ')', ']', '}', ',', '#', '_':
		default:
			if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
				halves += 2
			}
		}
	}
	return halves < 2*maxNesting
}

// depths counts brackets that are open, and the operators that join expressions within each of them.
type depths struct {
	levels []level
	sum    int
}

type level struct {
	opener hclsyntax.TokenType
	joined int
}

// checkNesting looks at tokens before anything descends.
func checkNesting(tokens hclsyntax.Tokens) error {
	d := depths{levels: []level{{opener: hclsyntax.TokenOBrace}}}
	for _, t := range tokens {
		if d.take(t); d.sum > maxNesting {
			return fmt.Errorf("%s: expressions stand more than %d deep within each other", place(t.Range), maxNesting)
		}
	}
	return nil
}

func (d *depths) take(t hclsyntax.Token) {
	switch t.Type {
	case hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateControl:
		d.join()
		d.open(t.Type)
	case hclsyntax.TokenOBrace, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
		d.open(t.Type)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		d.close()
	case hclsyntax.TokenComma:
		d.separate()
	case hclsyntax.TokenNewline:
		d.line()
	case hclsyntax.TokenComment:
		if bytes.HasSuffix(t.Bytes, []byte("\n")) {
			d.line()
		}
	case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenStringLit, hclsyntax.TokenQuotedLit, hclsyntax.TokenEqual, hclsyntax.TokenEOF:
	default:
		d.join()
	}
}

func (d *depths) open(t hclsyntax.TokenType) {
	d.levels = append(d.levels, level{opener: t})
	d.sum++
}

func (d *depths) close() {
	if len(d.levels) > 1 {
		d.separate()
		d.levels = d.levels[:len(d.levels)-1]
		d.sum--
	}
}

func (d *depths) join() {
	d.levels[len(d.levels)-1].joined++
	d.sum++
}

// separate begins an expression beside the one before.
func (d *depths) separate() {
	last := &d.levels[len(d.levels)-1]
	d.sum -= last.joined
	last.joined = 0
}

// line ends an expression in bodies and objects alone: within other brackets, lines may be broken anywhere.
func (d *depths) line() {
	if d.levels[len(d.levels)-1].opener == hclsyntax.TokenOBrace {
		d.separate()
	}
}
