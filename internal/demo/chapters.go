package demo

// Chapter is a piece of the story: a few words, and the command that shows what they say.
type Chapter struct {
	Text    []string
	Command []string // arguments of restorable
}

// Chapters is the story as far as the product reaches. Each command can be repeated by hand.
func Chapters() []Chapter {
	return []Chapter{
		{
			Text:    []string{"A shop in two Regions. Nearly every table is \"in a backup plan\", and that is what its auditors were told. Which of them could be got back?"},
			Command: []string{"scan", "--region", Home + "," + Branch},
		},
		{
			Text:    []string{"The table invoices is in a plan whose jobs run every night. Why could it not be got back?"},
			Command: []string{"explain", "invoices", "--region", Home},
		},
		{
			Text:    []string{"And reviews, which has the tag that the plan asks for? Nearly."},
			Command: []string{"explain", "reviews", "--region", Home},
		},
	}
}
