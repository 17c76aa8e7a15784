package iampolicy

import "strings"

// Policies of templates hold symbols, ${…} around what only deployment tells: a symbol is some text, equal to itself. Those whose name begins
// with ! are of resources that are declared: no two of these are equal. A condition key that is a symbol is known to nobody.
//
// In a pattern, and in what it is compared with, the bytes of a symbol are moved into an area for private use, so that a symbol matches as a
// whole and holds no sign that parts an ARN.
const sealedFirst, sealedLast = 0xE000, 0xE0FF

const symbolStart = "${"

// Symbolic reports whether a text holds a symbol. Variables of the policy language, as ${aws:username}, are none.
func Symbolic(text string) bool {
	for {
		_, rest, found := strings.Cut(text, symbolStart)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return false
		}
		if !variable(name) {
			return true
		}
		text = after
	}
}

// Uncertain reports whether a statement says in symbols whom or what it is about, or on which condition; its Resource element aside.
func (s *Statement) Uncertain() bool {
	for _, c := range s.Conditions {
		if Symbolic(c.Key) || anySymbolic(c.Values) {
			return true
		}
	}
	ps := s.Principals
	return ps != nil && (anySymbolic(ps.AWS) || anySymbolic(ps.Service) || anySymbolic(ps.Federated) || anySymbolic(ps.Canonical))
}

func anySymbolic(texts []string) bool {
	for _, text := range texts {
		if Symbolic(text) {
			return true
		}
	}
	return false
}

// variable reports whether what stands between ${ and } is of the policy language: an escape, or a key of the form service:name
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
func variable(name string) bool {
	switch name {
	case "*", "?", "$":
		return true
	}
	service, key, found := strings.Cut(strings.TrimSpace(name), ":")
	if !found || service == "" || key == "" || !letter(key[0]) || service == "ImportValue" || service == "resolve" {
		return false
	}
	for i := range len(service) {
		if c := service[i]; !letter(c) && c != '-' && c != '.' && (c < '0' || c > '9') || i == 0 && !letter(c) {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return lower(c) >= 'a' && lower(c) <= 'z' }

// sealed is a symbol within a pattern.
func sealed(name string) pattern {
	text := symbolStart + name + "}"
	p := make(pattern, len(text))
	for i := range len(text) {
		p[i] = sealedFirst + rune(text[i])
	}
	return p
}

// seal seals all symbols of a text.
func seal(text string) string {
	if !strings.Contains(text, symbolStart) {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, symbolStart)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(string(sealed(name)))
		text = after
	}
}

func isSealed(r rune) bool { return r >= sealedFirst && r <= sealedLast }

// opened has a star for each symbol.
func (p pattern) opened() pattern {
	out := make(pattern, 0, len(p))
	for i, r := range p {
		switch {
		case !isSealed(r):
			out = append(out, r)
		case i == 0 || !isSealed(p[i-1]):
			out = append(out, anyRun)
		}
	}
	return out
}

// declared is the symbol of a resource that is declared at the end of a pattern, behind a slash or a colon; empty where there is none.
func (p pattern) declared() string {
	at := len(p)
	for at > 0 && isSealed(p[at-1]) {
		at--
	}
	if end := p[at:]; len(end) > 3 && end[2] == sealedFirst+'!' && (at == 0 || p[at-1] == '/' || p[at-1] == ':') {
		return string(end)
	}
	return ""
}

// coversARN compares a pattern with an ARN of which either may hold symbols.
func (p pattern) coversARN(arn string) Answer {
	if !p.holdsSymbol() && !strings.Contains(arn, symbolStart) {
		return answer(p.matchesARN(arn))
	}
	text := seal(arn)
	if p.matchesARN(text) {
		return Yes
	}
	return answer(!p.apart(literal(text), true)).and(Maybe)
}

func (a Answer) and(b Answer) Answer { return and(a, b) }

func (p pattern) holdsSymbol() bool {
	for _, r := range p {
		if isSealed(r) {
			return true
		}
	}
	return false
}

// apart is whether a pattern and a text cannot meet, whatever their symbols come to.
func (p pattern) apart(text pattern, arn bool) bool {
	if mine, other := p.declared(), text.declared(); mine != "" && other != "" && mine != other {
		return true
	}
	a, b := p.opened(), text.opened()
	if left, right := a.fields(), b.fields(); arn && len(left) == 6 && len(right) == 6 {
		for i := range left {
			if _, ok := common(left[i], right[i]); !ok {
				return true
			}
		}
		return false
	}
	_, ok := common(a, b)
	return !ok
}

// Covers says whether an ARN pattern covers an ARN, where either may hold symbols.
func Covers(pattern, arn string) Answer {
	if !strings.Contains(pattern, symbolStart) {
		return wild(pattern).coversARN(arn)
	}
	p, certain := expand(pattern, true, true, &environment{})
	return and(certain, p.coversARN(arn))
}
