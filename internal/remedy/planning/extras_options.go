package planning

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection/awscron"
)

// The modes of a vault lock (Extras.LockMode).
const (
	Governance = "governance" // whoever may, can remove it
	Compliance = "compliance" // nobody can, after its grace time
)

// DefaultLockGrace is for how many days a lock in compliance mode can still be removed. AWS asks for three at least.
const DefaultLockGrace = 30

// Extras are what a person may set for the remedies beyond the core. The zero value is the defaults.
type Extras struct {
	// AcceptUnknown lets a remedy act although something that it touches could not be read. The checks say what.
	AcceptUnknown bool

	LockMode         string   // Governance (default) or Compliance
	LockMin, LockMax int64    // days; 0: by the objective, and none
	LockGrace        int64    // days; only in compliance mode
	LockConfirmed    []string // phrases that were typed: CompliancePhrase

	BreakGlass  []string // ARNs of roles that stay able to delete, and to lift the ban
	Notify      string   // ARN of an SNS topic
	Key         string   // ARN of a KMS key
	RequireTags []string // KEY=VALUE: tags that tables must have
	CopyTo      []string // REGION:VAULT: where each recovery point is copied to
	Native      bool     // back up now by DynamoDB itself

	TestSchedule string // of restore tests; empty: DefaultTestSchedule

	tags     map[string]string // of RequireTags
	copyInto []copyInto        // of CopyTo
}

// copyInto is a vault of the account that copies go to.
type copyInto struct{ region, vault string }

func (x *Extras) parseCopies() error {
	x.copyInto = nil
	for _, text := range x.CopyTo {
		region, vault, ok := strings.Cut(text, ":")
		if !ok || !nameOK(region, `a-z0-9\-`, 5, 40) || !nameOK(vault, vaultChars, 2, 50) {
			return &OptionError{"copy-to", text + ": want REGION:VAULT", "--copy-to eu-central-1:" + DefaultVault}
		}
		x.copyInto = append(x.copyInto, copyInto{region, vault})
	}
	return nil
}

// byObjective are the remedies that objectives ask for although no control does yet: each looks itself at what its tables need.
func byObjective() []string { return []string{EncryptWithKMS, TagTables, AddCopies, AdvancedFeatures} }

func (x *Extras) fill() error {
	for _, check := range []func() error{x.checkLock, x.checkARNs, x.parseTags, x.parseCopies, x.checkSchedule} {
		if err := check(); err != nil {
			return err
		}
	}
	def(&x.LockMode, Governance)
	def(&x.TestSchedule, DefaultTestSchedule)
	if x.LockMode == Compliance {
		def(&x.LockGrace, DefaultLockGrace)
	}
	return nil
}

func (x *Extras) checkLock() error {
	switch {
	case x.LockMode != "" && x.LockMode != Governance && x.LockMode != Compliance:
		return &OptionError{"lock-mode", x.LockMode + ": want governance or compliance", ""}
	case x.LockGrace != 0 && x.LockMode != Compliance:
		return &OptionError{"lock-grace", "is for compliance mode alone: a lock in governance mode can always be removed", "--lock-mode compliance"}
	case x.LockMin != 0 && x.LockMax != 0 && x.LockMin > x.LockMax:
		return &OptionError{"lock-min", fmt.Sprintf("%d is more than --lock-max %d", x.LockMin, x.LockMax), ""}
	}
	for _, n := range []struct {
		flag               string
		value, least, most int64
	}{{"lock-min", x.LockMin, 1, 36_500}, {"lock-max", x.LockMax, 1, 36_500}, {"lock-grace", x.LockGrace, 3, 36_500}} {
		if n.value != 0 && (n.value < n.least || n.value > n.most) {
			return &OptionError{n.flag, fmt.Sprintf("%d: want %d to %d days", n.value, n.least, n.most), ""}
		}
	}
	return nil
}

func (x *Extras) checkARNs() error {
	for _, role := range x.BreakGlass {
		if a := splitARN(role); a.service != "iam" || !strings.HasPrefix(a.resource, "role/") || strings.ContainsAny(role, "*?$") {
			return &OptionError{"break-glass", role + ": want the ARN of a role", "--break-glass arn:aws:iam::123456789012:role/break-glass"}
		}
	}
	if a := splitARN(x.Notify); x.Notify != "" && (a.service != "sns" || a.resource == "" || strings.Contains(a.resource, ":")) {
		return &OptionError{"notify", x.Notify + ": want the ARN of an SNS topic", "--notify arn:aws:sns:eu-west-1:123456789012:backups"}
	}
	if x.Key != "" && !isKeyARN(x.Key) {
		return &OptionError{"key", x.Key + ": want the ARN of a key, not of an alias", "--key arn:aws:kms:eu-west-1:123456789012:key/…"}
	}
	return nil
}

// isKeyARN: an alias may point to another key tomorrow.
func isKeyARN(text string) bool {
	a := splitARN(text)
	return a.service == "kms" && strings.HasPrefix(a.resource, "key/")
}

// parseTags: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
func (x *Extras) parseTags() error {
	x.tags = map[string]string{}
	for _, text := range x.RequireTags {
		k, v, ok := strings.Cut(text, "=")
		if !ok || v == "" || k == "" || len([]rune(k)) > 128 || len([]rune(v)) > 256 || strings.HasPrefix(strings.ToLower(k), "aws:") {
			return &OptionError{"require-tag", strconv.Quote(text) + ": want KEY=VALUE; values are never made up", "--require-tag Confidentiality=internal"}
		}
		if other, twice := x.tags[k]; twice && other != v {
			return &OptionError{"require-tag", k + " has two values", "a tag has one"}
		}
		x.tags[k] = v
	}
	return nil
}

func (x *Extras) checkSchedule() error {
	if x.TestSchedule == "" {
		return nil
	}
	if _, err := awscron.Parse(x.TestSchedule); err != nil {
		return &OptionError{"test-schedule", x.TestSchedule + ": " + err.Error(), "--test-schedule '" + DefaultTestSchedule + "'"}
	}
	return nil
}

// arnParts are the fields of an ARN; all empty for what is none.
type arnParts struct{ partition, service, region, account, resource string }

func splitARN(text string) arnParts {
	p := strings.SplitN(text, ":", 6)
	if len(p) != 6 || p[0] != "arn" {
		return arnParts{}
	}
	return arnParts{p[1], p[2], p[3], p[4], p[5]}
}

// choice lists the tables that a remedy may act on: those chosen of which everything that an action needs is known. When objectives ask
// for the remedy instead of --only, the tables whose objective does.
func (d *draft) choice(id string, asks func(o objective.Objective) bool) []*target {
	var out []*target
	for i := range d.targets {
		t := &d.targets[i]
		switch {
		case !t.chosen || !d.named(id) && !asks(t.needs.Objective):
		case !t.needs.Known && !d.named(id):
			d.refuse(id, t.arn, "which objective the table has is not known", readMore)
		case t.excluded != "":
			d.refuse(id, t.arn, t.excluded, "")
		default:
			out = append(out, t)
		}
	}
	return out
}

// never is what no objective asks for.
func never(objective.Objective) bool { return false }

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
