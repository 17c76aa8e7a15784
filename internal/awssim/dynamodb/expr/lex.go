// Package expr parses and evaluates DynamoDB's expressions: condition, filter, key condition, update and projection.
// Errors are item.Error with the words of a ValidationException.
package expr

import (
	"strings"

	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokWord             // attribute or function name, keyword
	tokName             // #placeholder
	tokValue            // :placeholder
	tokNumber           // list index
	tokSign             // punctuation, or anything that does not belong here
)

type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// lexer cuts one expression into tokens.
type lexer struct {
	kind   string // "ConditionExpression" and so on, for messages
	src    string
	tokens []token
	pos    int
}

func lex(kind, src string) (*lexer, error) {
	l := &lexer{kind: kind, src: src}
	if strings.TrimSpace(src) == "" {
		return nil, l.invalid("The expression can not be empty;")
	}
	if len(src) > maxExpression {
		return nil, l.invalid("Expression size has exceeded the maximum allowed size;")
	}
	for i := 0; i < len(src); {
		if strings.IndexByte(" \t\r\n", src[i]) >= 0 {
			i++
			continue
		}
		t := scan(src, i)
		l.tokens = append(l.tokens, t)
		i = t.end
	}
	l.tokens = append(l.tokens, token{kind: tokEnd, text: "<EOF>", start: len(src), end: len(src)})
	return l, nil
}

// maxExpression is the 4 KB of "Quotas in Amazon DynamoDB".
const maxExpression = 4096

func scan(src string, i int) token {
	c := src[i]
	switch {
	case isLetter(c):
		return span(tokWord, src, i, i+1, isNamePart)
	case (c == '#' || c == ':') && i+1 < len(src) && isNamePart(src[i+1]):
		kind := tokName
		if c == ':' {
			kind = tokValue
		}
		return span(kind, src, i, i+1, isNamePart)
	case c == '0':
		return token{tokNumber, "0", i, i + 1}
	case isDigit(c):
		return span(tokNumber, src, i, i+1, isDigit)
	}
	if two := src[i:min(i+2, len(src))]; two == "<=" || two == ">=" || two == "<>" {
		return token{tokSign, two, i, i + 2}
	}
	end := i + 1
	for end < len(src) && src[end]&0xc0 == 0x80 { // the rest of one UTF-8 character
		end++
	}
	return token{tokSign, src[i:end], i, end}
}

func span(kind tokenKind, src string, start, end int, more func(byte) bool) token {
	for end < len(src) && more(src[end]) {
		end++
	}
	return token{kind, src[start:end], start, end}
}

func isLetter(c byte) bool   { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isNamePart(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

func (l *lexer) peek() token { return l.tokens[l.pos] }

func (l *lexer) next() token {
	t := l.tokens[l.pos]
	if t.kind != tokEnd {
		l.pos++
	}
	return t
}

// accept takes the next token if it is this sign.
func (l *lexer) accept(sign string) bool {
	if t := l.peek(); t.kind == tokSign && t.text == sign {
		l.pos++
		return true
	}
	return false
}

// keyword takes the next token if it is this word in any case.
func (l *lexer) keyword(word string) bool {
	if l.atKeyword(word) {
		l.pos++
		return true
	}
	return false
}

func (l *lexer) atKeyword(word string) bool {
	t := l.peek()
	return t.kind == tokWord && strings.EqualFold(t.text, word)
}

func (l *lexer) expect(sign string) error {
	if !l.accept(sign) {
		return l.syntax()
	}
	return nil
}

// syntax reports the token that does not fit, with its neighbours, as AWS does.
func (l *lexer) syntax() error {
	t := l.peek()
	from, to := t.start, t.end
	if l.pos > 0 {
		from = l.tokens[l.pos-1].start
	}
	if l.pos+1 < len(l.tokens) {
		if n := l.tokens[l.pos+1]; n.kind != tokEnd {
			to = n.end
		}
	}
	return l.invalid(`Syntax error; token: "` + t.text + `", near: "` + l.src[from:to] + `"`)
}

func (l *lexer) invalid(message string) error {
	return item.Error("Invalid " + l.kind + ": " + message)
}
