package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
)

// restoreGuide writes the steps. What AWS's console offers is taken from the guides of DynamoDB and AWS Backup.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Restore.Tutorial.html
func restoreGuide(r Restore) string {
	var b strings.Builder
	b.WriteString("# Restore a table with the AWS console\n\n")
	for _, line := range r.top("Steps for a person.") {
		b.WriteString(markdown(line) + "\n")
	}
	fmt.Fprintf(&b, "\nSign in to account %s. The Region is chosen at the top right of the console. Names of pages and buttons are those of late 2026;\nAWS changes them now and then.\n", code(r.Account))
	n := 0
	write := func(g guide) {
		n++
		fmt.Fprintf(&b, "\n### %d. %s\n\n%s\n\n", n, g.title, g.where)
		for i, s := range g.steps {
			lines := strings.Split(s, "\n")
			fmt.Fprintf(&b, "%d. %s\n", i+1, lines[0])
			for _, line := range lines[1:] {
				b.WriteString(strings.TrimRight("   "+line, " ") + "\n")
			}
		}
		fmt.Fprintf(&b, "\n- Check: %s\n", g.check)
	}
	if r.CopyVault != "" {
		fmt.Fprintf(&b, "\n## In %s\n", code(r.From))
		write(r.copyGuide())
	}
	fmt.Fprintf(&b, "\n## In %s\n", code(r.guideRegion()))
	write(r.makeGuide())
	if r.guideRegion() != r.Region {
		fmt.Fprintf(&b, "\n## In %s\n", code(r.Region))
	}
	for _, g := range r.backGuides() {
		write(g)
	}
	b.WriteString("\n## At the end\n\nCompare before you switch over:\n\n" + block("sh", "restorable compare "+shellWord(oneLine(tableOf(r.Source)))+" "+shellWord(r.Target)) + "\n")
	return b.String()
}

// guideRegion is where the restore is begun: DynamoDB's console begins one into another Region where the backup is.
func (r Restore) guideRegion() string {
	if r.API == "StartRestoreJob" {
		return r.Region
	}
	return r.From
}

func (r Restore) copyGuide() guide {
	return guide{title: "Copy the recovery point to " + code(r.Region), where: page(inBackup, "Vaults", code(r.Vault)), steps: []string{
		"Choose the recovery point " + code(r.ARN) + ", Actions, Copy.",
		"Copy to destination: " + code(r.Region) + ". Destination vault: " + code(r.CopyVault) + ". IAM role: " + code(r.Role) + ".",
		fmt.Sprintf("Retention period: %d days. Copy.", r.CopyDays),
	}, check: "under Jobs, Copy jobs, the job ends as completed."}
}

func (r Restore) makeGuide() guide {
	key := map[string]string{ownedByAWS: "Owned by Amazon DynamoDB", customerKey: "Stored in your account, and owned and managed by you: " + code(r.Key)}[r.Level]
	if key == "" {
		key = "AWS managed key"
	}
	done := "the list of tables shows " + code(r.Target) + ", first as restoring, then as active."
	if r.API == "StartRestoreJob" {
		point, vault := code(r.ARN), r.Vault
		if r.CopyVault != "" {
			point, vault = "that was copied", r.CopyVault
		}
		return guide{title: "Restore table " + code(r.Target), where: page(inBackup, "Vaults", code(vault)), steps: []string{
			"Choose the recovery point " + point + ", Actions, Restore.", "New table name: " + code(r.Target) + ".", "Encryption settings: " + key + ".",
			"Restore role: " + code(r.Role) + ". Restore backup.",
		}, check: done}
	}
	where, first := page(inTables, "Backups"), "Choose the backup "+code(r.ARN)+", Restore."
	if r.API == "RestoreTableToPointInTime" {
		where, first = page(inTables, "Tables", code(tableOf(r.Source)), "Backups"), "Point-in-time recovery, Restore. Specify a date and time: "+code(r.At)+" (UTC)."
		if r.At == "" {
			first = "Point-in-time recovery, Restore. Latest."
		}
	}
	steps := []string{first, "Name of restored table: " + code(r.Target) + ".", "Secondary indexes: " + r.indexText() + "."}
	if r.From != r.Region {
		steps = append(steps, "Destination AWS Region: Cross-Region restore, "+code(r.Region)+".")
	}
	return guide{title: "Restore table " + code(r.Target), where: where, steps: append(steps, "Encryption at rest: "+key+". Restore."), check: done}
}

// indexText: the console restores all indexes or none.
func (r Restore) indexText() string {
	switch {
	case r.Indexes == nil:
		return "Restore the entire table"
	case len(r.Indexes.Global)+len(r.Indexes.Local) == 0:
		return "Restore the table without secondary indexes"
	}
	var names []string
	for _, x := range append(append([]estate.Index{}, r.Indexes.Global...), r.Indexes.Local...) {
		names = append(names, code(x.Name))
	}
	return "Restore the entire table; the console chooses no single ones, so delete afterwards all but " + strings.Join(names, ", ")
}

// backGuides put back what the restore left out: first what guards access, last what deletes.
func (r Restore) backGuides() []guide {
	settings := page(inTables, "Tables", code(r.Target), "Additional settings")
	shown := "the tab shows it."
	var out []guide
	add := func(title, where, check string, steps ...string) {
		out = append(out, guide{title: title, where: where, steps: steps, check: check})
	}
	add("Tag the new table", settings, "the tab lists them.", "Tags, Manage tags: "+tagText(r.tags())+".")
	if r.Back.Policy != "" {
		add("Put the resource policy back", page(inTables, "Tables", code(r.Target), "Permissions"), "the tab shows the policy.",
			"Resource-based policy for table, Create table policy:\n\n"+pasted(r.Back.Policy), "Create policy.")
	}
	if r.Back.Class != "" {
		add("Set the table class", page(inTables, "Tables", code(r.Target), "Actions", "Update table class"), "the overview shows it.", "Choose "+code(r.Back.Class)+", Save changes.")
	}
	if r.Back.Protection {
		add("Turn on deletion protection", settings, shown, "Deletion protection, Turn on.")
	}
	if r.Back.Stream != "" {
		add("Turn the stream on", page(inTables, "Tables", code(r.Target), "Exports and streams"), shown, "DynamoDB stream details, Turn on. View type "+code(r.Back.Stream)+".", "Whatever read the old stream has to be pointed to the new one, which has another ARN.")
	}
	if r.Back.PITRDays > 0 {
		add("Turn on point-in-time recovery", page(inTables, "Tables", code(r.Target), "Backups"), shown, fmt.Sprintf("Point-in-time recovery, Edit, Turn on. Backup recovery period: %d days. Save changes.", r.Back.PITRDays))
	}
	for _, t := range r.Back.Scaling {
		steps := []string{fmt.Sprintf("Read/write capacity, Edit, Provisioned. Auto scaling on for %s: minimum %d, maximum %d.", code(t.Dimension), t.Min, t.Max)}
		for _, p := range t.Policies {
			steps = append(steps, fmt.Sprintf("Target utilization: %g percent.", p.Target))
		}
		add("Let "+code(t.Resource)+" scale", settings, shown, steps...)
	}
	for _, k := range r.Back.Kinesis {
		add("Feed a Kinesis stream", page(inTables, "Tables", code(r.Target), "Exports and streams"), shown, "Amazon Kinesis data stream details, Turn on: "+code(k.ARN)+".")
	}
	if r.Back.Insights {
		add("Turn on Contributor Insights", page(inTables, "Tables", code(r.Target), "Monitor"), shown, "CloudWatch Contributor Insights, Turn on.")
	}
	for _, a := range r.Back.Alarms {
		add("Make alarm "+code(a.Name), page("CloudWatch console", "Alarms"), "the list holds it.", "Create alarm, with these settings:\n\n"+pasted(a.Definition))
	}
	if r.Back.TTL != "" {
		add("Last, and only if you want it: time to live", settings, shown, "It deletes every item whose time has passed, soon after it is turned on: look first how many there are.", "Time to Live, Turn on. Attribute "+code(r.Back.TTL)+".")
	}
	return out
}

// pasted is a document to be pasted. What would not show in it is written as JSON writes it.
func pasted(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return block("json", asciiJSON(text))
	}
	return block("json", string(terminal.JSON(b.Bytes())))
}
