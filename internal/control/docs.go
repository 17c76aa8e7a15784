package control

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Docs writes the reference: file name -> Markdown, one page for each built-in control, README.md as the index, and a page for each framework.
func (c *Catalogue) Docs() (map[string][]byte, error) {
	out := map[string][]byte{"README.md": []byte(c.indexPage()), "writing-controls.md": []byte(c.languagePage())}
	for _, control := range c.controls {
		page, err := c.Page(control)
		if err != nil {
			return nil, err
		}
		out[control.ID+".md"] = []byte(page)
	}
	for _, f := range c.frameworks {
		out["framework-"+f.ID+".md"] = []byte(frameworkPage(f))
	}
	return out, nil
}

const generated = "<!-- Generated from internal/control. Change the YAML there, then run: UPDATE_DOCS=1 go test ./internal/control -run TestDocs -->\n\n"

func (c *Catalogue) indexPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Controls\n\nEach control asks one question of each resource of its type and answers PASS, FAIL, UNKNOWN or NOT_APPLICABLE.\n")
	b.WriteString("A fact that could not be read is never taken for a no: it makes the answer UNKNOWN, unless other facts decide it.\n")
	b.WriteString("[Writing a control](writing-controls.md) says how to add your own.\n\n")
	b.WriteString("| control | severity | resource | passes when |\n|---|---|---|---|\n")
	for _, k := range c.controls {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", k.ID, k.ID, k.Severity, k.Resource, cell(k.Title))
	}
	b.WriteString("\n## Frameworks\n\n")
	for _, f := range c.frameworks {
		fmt.Fprintf(&b, "- [%s %s](framework-%s.md), %s\n", f.Title, f.Version, f.ID, f.Publisher)
	}
	return b.String()
}

// cell makes a text fit into a Markdown table.
func cell(s string) string { return strings.ReplaceAll(oneLine(s), "|", `\|`) }

// Page describes one control in Markdown.
func (c *Catalogue) Page(k *Control) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n%s\n\n%s\n\n", generated, k.ID, k.Title, k.Description)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| severity | %s |\n| level | %d |\n| kind | %s |\n| judges | %s |\n", k.Severity, k.Level, k.Kind, k.Resource)
	fmt.Fprintf(&b, "| profiles | %s |\n", strings.Join(k.Profiles, ", "))
	if k.Remedy != "" {
		fmt.Fprintf(&b, "| remedy | %s |\n", k.Remedy)
	}
	b.WriteString("\n## Expression\n\n")
	if k.Applies != "true" {
		fmt.Fprintf(&b, "Applies when\n\n```cel\n%s\n```\n\nand then passes when\n\n", k.Applies)
	}
	fmt.Fprintf(&b, "```cel\n%s\n```\n", k.Passes)
	writeParameters(&b, k)
	writeReasons(&b, k)
	fmt.Fprintf(&b, "\n## By hand\n\nConsole: %s\n\n```sh\n%s\n```\n", k.ByHand.Console, strings.Join(k.ByHand.Commands, "\n"))
	c.writeNames(&b, k)
	if err := writeExamples(&b, k); err != nil {
		return "", err
	}
	return b.String(), nil
}

func writeParameters(b *strings.Builder, k *Control) {
	if len(k.Parameters) == 0 {
		return
	}
	b.WriteString("\n## Parameters\n\nAn objective may set them.\n\n| name | type | default | meaning |\n|---|---|---|---|\n")
	for _, p := range k.Parameters {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", p.Name, p.Type, cell(p.Defaults()), cell(p.Description))
	}
}

func writeReasons(b *strings.Builder, k *Control) {
	b.WriteString("\n## Reasons\n\nWhat stands in braces is an expression.\n\n| verdict | reason |\n|---|---|\n")
	for _, v := range Verdicts() {
		if reason, ok := k.Reasons[v]; ok {
			fmt.Fprintf(b, "| %s | `%s` |\n", v, cell(reason))
		}
	}
}

func (c *Catalogue) writeNames(b *strings.Builder, k *Control) {
	if len(k.Aliases) > 0 {
		b.WriteString("\n## The same question elsewhere\n\nThese ids select this control too.\n\n")
		for _, a := range k.Aliases {
			fmt.Fprintf(b, "- %s: %s\n", a.Peer, strings.Join(a.IDs, ", "))
		}
	}
	requirements := c.RequirementsOf(k.ID)
	if len(requirements) > 0 {
		b.WriteString("\n## Frameworks\n\n")
		for _, id := range slices.Sorted(maps.Keys(requirements)) {
			fmt.Fprintf(b, "- [%s](framework-%s.md): %s\n", id, id, strings.Join(requirements[id], ", "))
		}
	}
	if len(k.References) > 0 {
		b.WriteString("\n## References\n\n")
		for _, r := range k.References {
			fmt.Fprintf(b, "- <%s>\n", r)
		}
	}
}

func writeExamples(b *strings.Builder, k *Control) error {
	examples, err := k.Examples()
	if err != nil {
		return err
	}
	b.WriteString("\n## Examples\n\nThe tests run them.\n\n| example | verdict |\n|---|---|\n")
	for _, e := range examples {
		fmt.Fprintf(b, "| %s | %s |\n", cell(e.Name), e.Verdict)
	}
	return nil
}

func frameworkPage(f *Framework) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s %s\n\n%s, <%s>. The titles are in our words.\n\n", generated, f.Title, f.Version, f.Publisher, f.URL)
	b.WriteString("| requirement | title | control | source | why |\n|---|---|---|---|---|\n")
	for _, r := range f.Requirements {
		for _, m := range r.Mappings {
			fmt.Fprintf(&b, "| %s | %s | [%s](%s.md) | %s | %s |\n", r.ID, cell(r.Title), m.Control, m.Control, strings.Join(m.Sources, ", "), cell(m.Reason))
		}
	}
	b.WriteString("\n## What no machine can check\n\n| requirement | for people to show |\n|---|---|\n")
	for _, r := range f.Requirements {
		if r.People != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", r.ID, cell(r.People))
		}
	}
	b.WriteString("\n## Sources\n\n")
	sources := MappingSources()
	for _, letter := range slices.Sorted(maps.Keys(sources)) {
		fmt.Fprintf(&b, "- %s: %s\n", letter, sources[letter])
	}
	return b.String()
}
