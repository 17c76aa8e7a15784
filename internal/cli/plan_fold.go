package cli

import "strings"

// folds are lines about many resources, one for each kind of what is said, in the order in which they came.
type folds struct {
	list []*fold
	at   map[string]*fold
}

// fold is what is said of several resources: in the words for the first of them.
type fold struct {
	names   []string
	said    []string
	differs []bool // of each of said, whether another one has other words
}

func (f *folds) add(kind, name string, said ...string) {
	if f.at == nil {
		f.at = map[string]*fold{}
	}
	g := f.at[kind]
	if g == nil {
		g = &fold{said: said, differs: make([]bool, len(said))}
		f.at[kind], f.list = g, append(f.list, g)
	}
	g.names = append(g.names, name)
	for i := range said {
		g.differs[i] = g.differs[i] || said[i] != g.said[i]
	}
}

// likewise marks words that are those of the first resource only.
func (f *fold) likewise(i int) string {
	if f.differs[i] {
		return " (" + f.names[0] + "; the others likewise)"
	}
	return ""
}

// nameless is a text in which a resource, its name and its Region stand for any other.
func nameless(text, resource, name string) string {
	text = strings.ReplaceAll(text, resource, "\x01")
	if region := regionOf(resource); region != "" {
		text = strings.ReplaceAll(text, region, "\x02")
	}
	return wordless(text, name)
}

// wordless puts a mark in the place of a name wherever it stands as a word of its own.
func wordless(text, name string) string {
	if name == "" {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, name)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := at + len(name)
		b.WriteString(text[:at])
		if at > 0 && inName(text[at-1]) || end < len(text) && inName(text[end]) && text[end] != '.' {
			b.WriteString(name)
		} else {
			b.WriteByte(1)
		}
		text = text[end:]
	}
}

// inName reports whether a byte is one of those that names of tables, vaults and plans are made of.
func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

// regionOf is the Region that a resource names: in its ARN, or after the account.
func regionOf(resource string) string {
	if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[3]
	}
	if _, region, ok := strings.Cut(resource, "/"); ok {
		return region
	}
	return ""
}
