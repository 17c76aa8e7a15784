package demo

import "time"

// Chapter is a piece of the story: a few words, and the command that shows what they say.
type Chapter struct {
	Text    []string
	Later   time.Duration // how far the clock moves before the command: jobs run, windows grow
	Speed   float64       // above 0: the clock runs so many times as fast from here on, for what takes AWS minutes
	Command []string      // arguments of restorable
}

// Chapters is the story as far as the product reaches, in order: each goes on where the one before ended. Each command can be repeated by
// hand, in a folder of its own, against a simulated AWS that begins as this one did.
func Chapters() []Chapter {
	return []Chapter{whatCouldBeGotBack(), whyJobsFail(), whyTheTagMissed(), whatWouldMendIt(), carriedOut(), theNextDay(), aKey(), theProof(), whoBelievesIt()}
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

func aKey() Chapter {
	return Chapter{
		Text:    []string{"\"Can be got back\" is still a claim. A drill proves it, and its evidence is signed, so that whoever has the public key need not trust us. First, a key."},
		Command: []string{"keys", "new", "drill.key"},
	}
}

func theProof() Chapter {
	return Chapter{
		Text: []string{"Restore orders for real, under another name: compare every setting and every item, measure, delete the copy. That takes AWS some minutes, so that the " +
			"simulated clock hurries from here on."},
		Speed:   600,
		Command: []string{"drill", "orders", "--key", "drill.key", "--evidence", "orders.evidence.json", "--auto-approve", "--quiet"},
	}
}

func whoBelievesIt() Chapter {
	return Chapter{
		Text:    []string{"An auditor needs the file and the public key, and nothing else: no account, no network, no trust in whoever ran the drill."},
		Command: []string{"verify", "orders.evidence.json", "--key", "drill.key.pub"},
	}
}
