package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/permissions"
	"github.com/restorable/restorable/internal/terminal"
)

// policyRoom is how many characters a managed policy holds, white space not counted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const policyRoom = 6144

// iamGaps: policies allow, and do nothing.
func iamGaps(p *remedy.Plan) []Gap {
	return gapsOf(p, []limit{{func(*remedy.Action) bool { return true }, "carry out", "action", "Policies only allow it to somebody.", CLI}})
}

// iamPolicy is one policy: for whom, and what it allows.
type iamPolicy struct {
	name, who string
	allows    func(*remedy.Plan) ([]awsapi.Permission, error)
}

func iamPolicyList() []iamPolicy {
	return []iamPolicy{
		{"apply", "who carries this plan out with `restorable apply`", permissions.Apply},
		{"apply-script", "who carries it out with the script of `--as cli`", scriptPermissions},
		{"operate", "who looks after backups from day to day: sees everything, and starts a backup of the plan's tables, but changes none of their settings", operating},
		{"audit", "who judges whether tables can be got back: `restorable scan`, `explain`, `plan`. Reads alone", func(*remedy.Plan) ([]awsapi.Permission, error) { return permissions.Plan(), nil }},
	}
}

// operating is to see everything, and to start backups through the plan's own vaults and roles.
func operating(p *remedy.Plan) ([]awsapi.Permission, error) {
	p = folded(p)
	backups := *p
	backups.Proofs = nil
	for _, b := range backupPlaces(p) {
		backups.Proofs = append(backups.Proofs, remedy.Proof{Region: b.region, Vault: b.vault, RoleARN: b.role})
	}
	all, err := permissions.Prove(&backups)
	return append(permissions.Plan(), all...), err
}

// backupPlace is where the plan's backups go, and the role that makes them.
type backupPlace struct{ region, vault, role string }

func backupPlaces(p *remedy.Plan) []backupPlace {
	var out []backupPlace
	seen := map[backupPlace]bool{}
	add := func(b backupPlace) {
		if b.vault != "" && b.role != "" && !seen[b] {
			seen[b] = true
			out = append(out, b)
		}
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if b := a.Change.Backup; b != nil {
			add(backupPlace{regionOf(p, a), b.Vault, b.RoleARN})
		}
		s := a.Change.Selection
		if s == nil || s.Step == remedy.Delete {
			continue
		}
		id, _ := s.Plan.Action()
		if made := action(p, id); made != nil && made.Change.Plan != nil {
			for _, r := range made.Change.Plan.Rules {
				add(backupPlace{regionOf(p, a), r.Vault, s.RoleARN})
			}
		}
	}
	for _, proof := range p.Proofs {
		add(backupPlace{proof.Region, proof.Vault, proof.RoleARN})
	}
	return out
}

// scriptPermissions are those of the script: the same changes as apply's, and the reads that the script makes of its own.
func scriptPermissions(p *remedy.Plan) ([]awsapi.Permission, error) {
	full, err := permissions.Apply(folded(p))
	if err != nil {
		return nil, err
	}
	on := map[awsapi.CallID][]awsapi.Permission{}
	var all []awsapi.Permission
	for _, granted := range full {
		if isLook(granted.Action) {
			on[granted.Action] = append(on[granted.Action], granted)
		} else {
			all = append(all, granted)
		}
	}
	looks, err := scriptLooks(p)
	if err != nil {
		return nil, err
	}
	for _, id := range looks {
		if granted, ok := on[id]; ok {
			all = append(all, granted...)
			continue
		}
		declared, err := awsapi.Find(id)
		if err != nil {
			return nil, fmt.Errorf("list permissions of the script: %w", err)
		}
		all = append(all, declared.Permissions()...)
	}
	return all, nil
}

// isLook reports whether an action is a read of the program itself; what AWS demands besides a write stays with the write.
func isLook(id awsapi.CallID) bool {
	service, verb, _ := strings.Cut(string(id), ":")
	return service != "kms" && (strings.HasPrefix(verb, "List") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "Describe"))
}

// scriptLooks are the reads of the script, each once.
func scriptLooks(p *remedy.Plan) ([]awsapi.CallID, error) {
	p = folded(p)
	var out []awsapi.CallID
	seen := map[awsapi.CallID]bool{}
	add := func(words []string, at int) {
		if len(words) > at+1 {
			if id := callOf(words[at], words[at+1]); !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		s, err := stepFor(a, a.Change, a.Inverse.Change)
		if err != nil {
			return nil, err
		}
		add(s.find, 2)
		add(s.look, 2)
	}
	return out, nil
}

// callOf is the IAM action of a command of AWS CLI: "backup", "list-backup-plans" is backup:ListBackupPlans.
func callOf(service, command string) awsapi.CallID {
	var b strings.Builder
	for _, word := range strings.Split(command, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return awsapi.CallID(service + ":" + b.String())
}

// iamPolicies writes the policies, split where IAM has no room, and a text that says whose they are.
func iamPolicies(o order) (Rendering, error) {
	if err := scriptable(o.plan); err != nil {
		return Rendering{}, err
	}
	var made Rendering
	var notes []string
	for _, list := range iamPolicyList() {
		all, err := list.allows(o.plan)
		if err != nil {
			return Rendering{}, fmt.Errorf("render as iam: %w", err)
		}
		parts, wider, err := fitting(o.plan.Partition, all)
		if err != nil {
			return Rendering{}, err
		}
		name := o.opts.Name + "-" + list.name
		note := "- `" + name + "`: for " + list.who + "."
		if wider > 0 {
			note += fmt.Sprintf(" IAM has no room for the names of %s: it allows all tables of their Regions.", terminal.Count(wider, "table"))
		}
		if len(parts) > 1 {
			note += fmt.Sprintf(" IAM has no room for it in one policy: it takes %d, all of them together.", len(parts))
		}
		notes = append(notes, note)
		for i, text := range parts {
			file := name
			if len(parts) > 1 {
				file += "-" + strconv.Itoa(i+1)
			}
			made.Files = append(made.Files, File{Name: file + ".json", Content: text})
			made.Deploy = append(made.Deploy, "aws iam create-policy --policy-name "+shellWord(file)+" --policy-document "+shellWord("file://"+file+".json"))
		}
	}
	made.Files = append([]File{{Name: "README.md", Content: []byte(iamReadme(o, notes, made.Deploy))}}, made.Files...)
	return made, nil
}

func iamReadme(o order, notes, deploy []string) string {
	var b strings.Builder
	b.WriteString("# IAM policies\n\n")
	for _, line := range o.top("Policies for people and pipelines.") {
		b.WriteString(markdown(line) + "\n")
	}
	b.WriteString("\n" + strings.Join(notes, "\n") + "\n\n")
	b.WriteString("They name the tables, vaults, roles and keys of this plan. `*` stands only where IAM knows no resource for an action, or where AWS gives\n" +
		"the name when the thing is made. Roles can be handed to AWS Backup alone (`iam:PassedToService`). Nothing allows deleting a table, a backup or a recovery point.\n" +
		"Undoing needs a policy of its own: `restorable iam policy backout PLAN`.\n")
	b.WriteString("\n## Deploy\n\n" + block("sh", strings.Join(deploy, "\n")) + "\n")
	return b.String()
}

// fitting writes the permissions as policies that IAM takes. Where the statements of one thing have no room even alone, all tables
// of a Region are allowed instead of each by name, and wider says how many they are.
func fitting(partition string, all []awsapi.Permission) (parts [][]byte, wider int, err error) {
	parts, err = split(partition, all)
	if !errors.Is(err, errNoRoom) {
		return parts, 0, err
	}
	all, wider = permissions.Tables(all)
	parts, err = split(partition, all)
	if errors.Is(err, errNoRoom) {
		err = &Refusal{IAM, "one statement alone is longer than IAM takes: render a plan of fewer things"}
	}
	return parts, wider, err
}

var errNoRoom = errors.New("a statement is longer than a policy may be")

// split puts as many statements into each policy as it holds.
func split(partition string, all []awsapi.Permission) ([][]byte, error) {
	text, err := awsapi.Document(partition, all)
	if err != nil {
		return nil, fmt.Errorf("render as iam: %w", err)
	}
	var doc struct {
		Version   string
		Statement []json.RawMessage
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("render as iam: %w", err)
	}
	var parts [][]json.RawMessage
	used := 0
	for _, s := range doc.Statement {
		n := weight(s) + 1
		if n+policyFrame > policyRoom {
			return nil, errNoRoom
		}
		if len(parts) == 0 || used+n+policyFrame > policyRoom {
			parts, used = append(parts, nil), 0
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], s)
		used += n
	}
	var out [][]byte
	for _, part := range parts {
		out = append(out, []byte(indented(`{"Version":"`+doc.Version+`","Statement":[`+joinRaw(part)+`]}`)+"\n"))
	}
	return out, nil
}

// policyFrame is what stands around the statements.
const policyFrame = len(`{"Version":"2012-10-17","Statement":[]}`)

func joinRaw(list []json.RawMessage) string {
	var texts []string
	for _, r := range list {
		texts = append(texts, string(r))
	}
	return strings.Join(texts, ",")
}

// weight counts characters as IAM does.
func weight(text []byte) int {
	n := 0
	for _, r := range string(text) {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
