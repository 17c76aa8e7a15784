package report

// frameworks says in a line how far each framework is met, and folds away what is not met or not known.
func (m *markdownWriter) frameworks(list []FrameworkStanding) {
	for _, f := range list {
		m.line("\n**" + markdownText(f.Title+" "+f.Version+": "+f.sentence()) + "**")
		open := ""
		for _, r := range f.Requirements {
			if r.Standing == NotMet || r.Standing == NotKnown {
				open += "\n- " + markdownText(string(r.Standing)+" "+r.ID+" "+r.Title+" ("+r.Why()+")")
			}
		}
		if open != "" {
			m.line("\n<details><summary>Requirements that are not met, or not known</summary>\n" + open + "\n\n</details>")
		}
	}
}
