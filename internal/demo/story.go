package demo

// Line is what is to be said of one table.
type Line struct {
	Table, Region string
	Mistake       string // one sentence; empty: the table is well protected
	Why           string // one sentence more, with the names of plan, tag or role
}

// Story says what is wrong with each table of the company, the well protected ones first.
func Story() []Line {
	return []Line{
		{"orders", Home, "", "In the plans daily and critical-offsite, with recovery points and copies in us-east-1; PITR has its full window; deletion protection is on."},
		{"payments", Home, "", "As orders, and encrypted with a key of the company's own."},
		{"loyalty-points", Branch, "", "The plan loyalty-daily names its ARN, which overrides the Region's opt-in; PITR has its full window; deletion protection is on."},
		{"returns", Home, "Its deletion protection is off.", "One DeleteTable takes it away; all else is as it should be: the plan daily and a full PITR window."},
		{"product-catalog", Home, "Its replica in us-east-1 is not covered by what covers it here.", "The plan daily and PITR protect the table in eu-west-1 alone."},
		{"product-catalog", Branch, "Nobody covers this replica.", "Plans and PITR belong to one Region: those of eu-west-1 do not reach it."},
		{"customers", Home, "Resources is * but a condition takes the table out again.", "The plan critical-offsite wants data-class=critical and the table says data-class=personal."},
		{"subscriptions", Home, "Its plan lives in the wrong Region.", "The plan subscriptions-daily of us-east-1 names the ARN of this table, and a plan sees only its own Region."},
		{"invoices", Home, "Its backup jobs have failed every night.", "The role legacy-backup lacks dynamodb:StartAwsBackupJob: the table is in a plan and was never backed up."},
		{"shipments", Home, "Its plan writes to a vault that does not exist.", "The plan shipping-daily names the vault archive; the jobs fail at run time."},
		{"reviews", Home, "Its tag nearly matches.", "The plan daily wants backup=daily and the table says Backup=Daily: keys and values are case sensitive."},
		{"stock-levels", Home, "Every 12 hours is once a day.", "The plan twice-a-day runs cron(0 14/12 ? * * *), and AWS Backup does not wrap past midnight."},
		{"gift-cards", Home, "PITR is on only since yesterday.", "Its window holds less than a day, and there is no backup."},
		{"coupons", Home, "Its backups are those of an earlier table of the same name.", "The table was deleted and made again: the backups spring-campaign and coupons$DeletedTableBackup hold another table's items."},
		{"price-history", Home, "It has one backup, made by hand six weeks ago.", "Nothing since before-the-currency-change."},
		{"wishlists", Home, "It has nothing at all.", "No plan, no PITR, no backup."},
		{"orders-us", Branch, "The Region's opt-in for DynamoDB is off, and its plan selects by tag.", "The table has the tag backup=daily that the plan us-daily wants; without the opt-in nothing is selected by tag."},
	}
}
