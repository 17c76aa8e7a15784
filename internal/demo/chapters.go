package demo

import "time"

// Chapter is a piece of the story: a few words, and the command that shows what they say.
type Chapter struct {
	Text    []string
	Later   time.Duration // how far the clock moves before the command: jobs run, windows grow
	Command []string      // arguments of restorable
}

// Chapters is the story as far as the product reaches, in order: each goes on where the one before ended. Each command can be repeated by
// hand, in a folder of its own, against a simulated AWS that begins as this one did.
func Chapters() []Chapter {
	return []Chapter{whatCouldBeGotBack(), whyJobsFail(), whyTheTagMissed(), whatWouldMendIt(), carriedOut(), theNextDay()}
}

// everywhere is where the company has tables.
const everywhere = Home + "," + Branch

func whatCouldBeGotBack() Chapter {
	return Chapter{
		Text:    []string{"A shop in two Regions. Nearly every table is \"in a backup plan\", and that is what its auditors were told. Which of them could be got back?"},
		Command: []string{"scan", "--region", everywhere},
	}
}

func whyJobsFail() Chapter {
	return Chapter{
		Text:    []string{"The table invoices is in a plan whose jobs run every night. Why could it not be got back?"},
		Command: []string{"explain", "invoices", "--region", Home},
	}
}

func whyTheTagMissed() Chapter {
	return Chapter{
		Text:    []string{"And reviews, which has the tag that the plan asks for? Nearly."},
		Command: []string{"explain", "reviews", "--region", Home},
	}
}

func whatWouldMendIt() Chapter {
	return Chapter{
		Text: []string{"What would make every table recoverable? The plan reuses what is there, and says what it costs, what may go wrong, what stays, and what undoing it " +
			"would mean. Nothing is changed yet."},
		Command: []string{"plan", "--region", everywhere, "-o", "table", "-o", "json=plan.json"},
	}
}

func carriedOut() Chapter {
	return Chapter{
		Text:    []string{"Carry it out: each thing is looked at again, written down before it is changed, and read back. At a terminal, without --auto-approve, you would type the account's id."},
		Command: []string{"apply", "plan.json", "--auto-approve"},
	}
}

func theNextDay() Chapter {
	return Chapter{
		Text: []string{"A day passes, and the night's backup jobs run.",
			"Every table can be got back now. Two things stay, as the plan said. The role legacy-backup still lets the jobs of invoices fail: what a role of yours may do " +
				"is changed by you, and the plan printed the command. And deletion protection was not asked for; plan --only enable-deletion-protection does."},
		Later:   day,
		Command: []string{"scan", "--region", everywhere},
	}
}
