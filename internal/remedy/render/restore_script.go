package render

import (
	_ "embed" // the shell functions of the script
	"encoding/json"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/terminal"
)

//go:embed prelude_restore.sh
var preludeRestore string

// Answers of a wait.
const (
	answerDone    = "done"
	answerWaiting = "waiting"
)

func restoreScript(r Restore) string {
	var b strings.Builder
	writeHead(&b, append(r.top("A restore, by AWS CLI."), "", "Credentials, profile and endpoint come from the environment: AWS_PROFILE, AWS_ENDPOINT_URL, …",
		"Running it twice is safe: it knows its table by the tag restorable:run, and each step looks first whether it is done."), preludeRestore)
	b.WriteString("\n" + fmt.Sprintf(preludeAccount, r.Account, shellWord(r.Partition), r.Region, shellWord(r.Made.String())))
	fmt.Fprintf(&b, "target=%s run=%s\n", r.Target, r.Run)
	r.vacant(&b)
	if r.API == "StartRestoreJob" {
		r.jobSteps(&b)
	} else {
		r.nativeSteps(&b)
	}
	fmt.Fprintf(&b, "\nbegin active %s 'wait until the table is ACTIVE'\n", r.Region)
	command(&b, "await", "dynamodb", "describe-table", quoted(asciiJSON(object{"TableName": r.Target})), quoted(waitQuery("Table.TableStatus", []string{"ACTIVE"}, []string{"CREATING", "UPDATING"}, "Table.TableStatus")))
	for _, s := range r.completing() {
		b.WriteString("\n")
		s.step.write(&b, s.id, r.Region, s.summary)
	}
	r.ttlStep(&b)
	for _, m := range r.Back.Missing {
		fmt.Fprintf(&b, "say %s\n", quoted("NOT put back: "+oneLine(m)))
	}
	fmt.Fprintf(&b, "\nid=end\nsay %s\n", quoted("All is done. Compare before you switch over: restorable compare "+oneLine(tableOf(r.Source))+" "+r.Target))
	return b.String()
}

func tableOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// top is what stands at the head of the script and of the guide.
func (r Restore) top(what string) []string {
	lines := []string{what}
	add := func(text string) { lines = append(lines, terminal.Wrap(oneLine(text), topWidth)...) }
	add(fmt.Sprintf(Mark+" %s for account %s (%s), as observed at %s.", r.Tool, r.Account, r.Region, stamp(r.Made)))
	add("It brings back " + r.Source + " as " + r.Target + " in " + r.Region + ", from " + r.Point + ".")
	for _, note := range r.Notes {
		add(note)
	}
	if len(r.Back.Missing) > 0 {
		lines = append(lines, "", "NOT put back:")
		for _, m := range r.Back.Missing {
			for i, line := range terminal.Wrap(oneLine(m), topWidth-2) {
				lines = append(lines, []string{"- ", "  "}[min(i, 1)]+line)
			}
		}
	}
	return lines
}

// waitQuery answers done or waiting for the given words at a path, and what another path says for any other.
func waitQuery(path string, done, waiting []string, otherwise string) string {
	return fmt.Sprintf("(contains(%s, %s) && %s) || (contains(%s, %s) && %s) || %s", literal(done), path, literal(answerDone), literal(waiting), path, literal(answerWaiting), otherwise)
}

// vacant finds out whether the new table is there already, and by whom.
func (r Restore) vacant(b *strings.Builder) {
	summary := "Table.RestoreSummary." + map[bool]string{true: "SourceTableArn", false: "SourceBackupArn"}[r.API == "RestoreTableToPointInTime"]
	from := r.ARN
	if r.API == "RestoreTableToPointInTime" {
		from = r.Source
	}
	query := verdictQuery(equal(summary, from), literal(false))
	if r.API == "StartRestoreJob" { // AWS Backup's own request, which does not name the point as we do
		query = literal("moved")
	}
	fmt.Fprintf(b, "\nbegin restore %s %s\n", r.Region, shellWord("restore table "+r.Target))
	command(b, "look", reading{absent: answerOpen, code: "ResourceNotFoundException", service: "dynamodb", operation: "describe-table", input: object{"TableName": r.Target}}.words(query)...)
	command(b, "ours", quoted(asciiJSON(object{"ResourceArn": r.targetARN()})))
}

func (r Restore) nativeSteps(b *strings.Builder) {
	operation := "restore-table-from-backup"
	if r.API == "RestoreTableToPointInTime" {
		operation = "restore-table-to-point-in-time"
	}
	b.WriteString("[ \"$state\" != moved ] || moved\n")
	b.WriteString("if [ \"$state\" = open ]; then\n  ")
	command(b, "begun", "dynamodb", operation, quoted(asciiJSON(r.nativeRequest())), "TableDescription.TableArn")
	b.WriteString("fi\n")
}

// jobSteps: a job that was asked for before is found again by its token, and so the script may be run again while it goes on.
func (r Restore) jobSteps(b *strings.Builder) {
	b.WriteString("point=" + shellWord(r.ARN) + " vacant=$state\n")
	if r.CopyVault != "" {
		b.WriteString("if [ \"$vacant\" != fits ]; then\n")
		fmt.Fprintf(b, "begin copy %s %s\n", r.From, shellWord("copy the recovery point to "+r.Region))
		command(b, "begun", "backup", "start-copy-job", quoted(asciiJSON(r.copyRequest())), "CopyJobId")
		b.WriteString("copy=$answer\n")
		const status = "CopyJob.State"
		command(b, "await", "backup", "describe-copy-job", "'{}'", quoted(waitQuery(status, []string{"COMPLETED"}, []string{"CREATED", "RUNNING"}, "CopyJob.[State, StatusMessage]")), "--copy-job-id", `"$copy"`)
		command(b, "ask", "''", "backup", "describe-copy-job", "'{}'", "CopyJob.DestinationRecoveryPointArn", "--copy-job-id", `"$copy"`)
		b.WriteString("point=${answer//\\\"/}\n")
		fmt.Fprintf(b, "begin restore %s %s\nfi\n", r.Region, shellWord("restore table "+r.Target))
	}
	b.WriteString("if [ \"$vacant\" != fits ]; then\n")
	command(b, "begun", "backup", "start-restore-job", quoted(asciiJSON(r.jobRequest())), "RestoreJobId", "--recovery-point-arn", `"$point"`)
	b.WriteString("job=$answer\n")
	command(b, "await", "backup", "describe-restore-job", "'{}'", quoted(waitQuery("Status", []string{"COMPLETED"}, []string{"PENDING", "RUNNING"}, "[Status, StatusMessage]")), "--restore-job-id", `"$job"`)
	b.WriteString("fi\n")
}

// named is a step of the script.
type named struct {
	id, summary string
	step        step
}

// completing are the steps that put settings back: first what guards access. Only what is not so already is changed.
func (r Restore) completing() []named {
	var out []named
	add := func(id, summary string, k kind, c remedy.Change) {
		query := verdictQuery(k.done(c), "")
		out = append(out, named{id, summary, step{look: k.see.words(query), call: k.call}})
	}
	tags := remedy.Change{TableTags: &remedy.TableTags{Table: r.Target, ARN: r.targetARN(), Set: r.tags()}}
	add("tags", "put the tags back", tagsKind(tags.TableTags), tags)
	if r.Back.Policy != "" {
		add("policy", "put the resource policy back", r.policyKind(), remedy.Change{})
	}
	if r.Back.Class != "" {
		add("class", "set the table class", r.tableKind("(Table.TableClassSummary.TableClass || "+literal("STANDARD")+")", r.Back.Class, "TableClass", r.Back.Class), remedy.Change{})
	}
	if r.Back.Protection {
		on := remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: r.Target, On: true}}
		add("protection", "turn deletion protection on", protectionKind(on.DeletionProtection), on)
	}
	if r.Back.Stream != "" {
		stream := object{"StreamEnabled": true, "StreamViewType": r.Back.Stream}
		add("stream", "turn the stream on", r.tableKind("Table.StreamSpecification.StreamViewType", r.Back.Stream, "StreamSpecification", stream), remedy.Change{})
	}
	if r.Back.PITRDays > 0 {
		on := remedy.Change{PITR: &remedy.PITR{Table: r.Target, Enabled: true, PeriodDays: r.Back.PITRDays}}
		k := pitrKind(on.PITR)
		k.see.code = "TableNotFoundException" // for the first seconds of a table (aws-semantics 4.1)
		add("pitr", "turn point-in-time recovery on", k, on)
	}
	for i, t := range r.Back.Scaling {
		add(fmt.Sprintf("scaling%d", i+1), "let "+t.Resource+" scale", scalingKind(t), remedy.Change{})
		for j, p := range t.Policies {
			add(fmt.Sprintf("scaling%d_%d", i+1, j+1), "put scaling policy "+p.Name+" back", scalingPolicyKind(t, p), remedy.Change{})
		}
	}
	return append(out, r.completingMore()...)
}

func (r Restore) completingMore() []named {
	var out []named
	add := func(id, summary string, k kind) {
		out = append(out, named{id, summary, step{look: k.see.words(verdictQuery(k.done(remedy.Change{}), "")), call: k.call}})
	}
	for i, k := range r.Back.Kinesis {
		add(fmt.Sprintf("kinesis%d", i+1), "feed "+k.ARN, r.kinesisKind(k.ARN, k.Precision))
	}
	if r.Back.Insights {
		add("insights", "turn Contributor Insights on", r.insightsKind())
	}
	for i, a := range r.Back.Alarms {
		var definition object
		if json.Unmarshal([]byte(a.Definition), &definition) == nil {
			add(fmt.Sprintf("alarm%d", i+1), "make alarm "+a.Name, alarmKind(a.Name, definition))
		}
	}
	return out
}

// ttlStep comes last and is off unless asked for: it deletes.
func (r Restore) ttlStep(b *strings.Builder) {
	if r.Back.TTL == "" {
		return
	}
	k := r.ttlKind()
	b.WriteString("\n# Time to live deletes every item whose time has passed, soon after it is turned on.\n")
	b.WriteString("if [ \"${RESTORABLE_TTL:-}\" = on ]; then\n")
	step{look: k.see.words(verdictQuery(k.done(remedy.Change{}), "")), call: k.call}.write(b, "ttl", r.Region, "turn time to live on")
	fmt.Fprintf(b, "else\n  say %s\nfi\n", quoted("Time to live is left off: RESTORABLE_TTL=on turns it on, by attribute "+oneLine(r.Back.TTL)+". It deletes what is past its time."))
}
