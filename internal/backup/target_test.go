package backup

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/estate"
)

// unit is a Region with tables of the names; those that begin with "un" have tags, or a description, that could not be read.
func unit(region string, names ...string) *estate.Unit {
	u := &estate.Unit{Region: estate.KnownFact(region, 0), Account: estate.KnownFact("111122223333", 0)}
	u.Tables.Whole = estate.KnownFact(true, 0)
	for _, name := range names {
		arn := "arn:aws:dynamodb:" + region + ":111122223333:table/" + name
		t := estate.Table{ID: arn, ARN: estate.KnownFact(arn, 0), Name: estate.KnownFact(name, 0), TableID: estate.KnownFact("id-"+name, 0),
			Tags: estate.KnownFact(map[string]string{"team": "shop-" + name}, 0)}
		switch name {
		case "untagged":
			t.Tags = estate.AbsentFact[map[string]string](0)
		case "unread":
			t.Tags = estate.UnknownFact[map[string]string](0)
		case "undescribed":
			t.TableID = estate.UnknownFact[string](0)
		}
		u.Tables.Items = append(u.Tables.Items, t)
	}
	return u
}

func TestChoosingTables(t *testing.T) {
	es := &estate.Estate{Units: []*estate.Unit{unit("us-east-1", "orders", "unread"), unit("eu-west-1", "orders", "payments", "untagged", "undescribed")}}
	type result struct{ Targets, Doubtful, Unmatched []string }
	for name, c := range map[string]struct {
		wanted Wanted
		want   result
	}{
		"by name, in every Region":    {Wanted{Patterns: []string{"orders"}}, result{Targets: []string{"eu-west-1/orders", "us-east-1/orders"}}},
		"by ARN, in one":              {Wanted{Patterns: []string{"arn:aws:dynamodb:us-east-1:111122223333:table/orders"}}, result{Targets: []string{"us-east-1/orders"}}},
		"an ARN is no glob":           {Wanted{Patterns: []string{"arn:aws:dynamodb:us-east-1:111122223333:table/*"}}, result{Unmatched: []string{"arn:aws:dynamodb:us-east-1:111122223333:table/*"}}},
		"by globs, each table once":   {Wanted{Patterns: []string{"o*", "*s"}}, result{Targets: []string{"eu-west-1/orders", "eu-west-1/payments", "us-east-1/orders"}}},
		"what matches nothing":        {Wanted{Patterns: []string{"orders", "order", "x*"}}, result{Targets: []string{"eu-west-1/orders", "us-east-1/orders"}, Unmatched: []string{"order", "x*"}}},
		"by tag":                      {Wanted{Tags: map[string]string{"team": "shop-o*"}}, result{Targets: []string{"eu-west-1/orders", "us-east-1/orders"}, Doubtful: []string{"us-east-1/unread"}}},
		"by name and tag":             {Wanted{Patterns: []string{"*"}, Tags: map[string]string{"team": "shop-payments"}}, result{Targets: []string{"eu-west-1/payments"}, Doubtful: []string{"us-east-1/unread"}}},
		"a tag that nobody has":       {Wanted{Patterns: []string{"orders"}, Tags: map[string]string{"team": ""}}, result{}},
		"a table without tags":        {Wanted{Patterns: []string{"untagged"}, Tags: map[string]string{"team": "*"}}, result{}},
		"a table that was not read":   {Wanted{Patterns: []string{"undescribed"}}, result{Doubtful: []string{"eu-west-1/undescribed"}}},
		"unread tags, chosen by name": {Wanted{Patterns: []string{"unread"}}, result{Targets: []string{"us-east-1/unread"}}},
	} {
		got := c.wanted.Choose(es)
		if d := cmp.Diff(c.want, result{places(got.Targets), places(got.Doubtful), got.Unmatched}); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func places(targets []Target) []string {
	var out []string
	for _, t := range targets {
		out = append(out, t.Region()+"/"+t.Name())
	}
	return out
}

func TestARegionWhoseTablesCouldNotBeListed(t *testing.T) {
	whole, part, none := unit("eu-west-1", "orders"), unit("us-east-1", "orders"), unit("eu-north-1")
	part.Tables.Whole = estate.KnownFact(false, 0) // others were not asked for
	none.Tables.Whole = estate.UnknownFact[bool](0)
	got := Wanted{Patterns: []string{"orders"}}.Choose(&estate.Estate{Units: []*estate.Unit{whole, part, none}})
	if d := cmp.Diff([]string{"eu-north-1"}, got.Unlisted); d != "" || len(got.Targets) != 2 {
		t.Error(d, places(got.Targets))
	}
}

func TestAdviceForWhatAWSSays(t *testing.T) {
	a := Advice{Table: "orders", Vault: "primary", RoleARN: "arn:aws:iam::1:role/service-role/r", Retention: "--retain", Policy: "restorable iam policy backup"}
	for message, want := range map[string]string{
		"IAM Role arn:aws:iam::1:role/r cannot be assumed by AWS Backup":                                           "let backup.amazonaws.com assume the role r (its trust policy), and look whether it exists: restorable plan --only create-role makes AWS Backup's own",
		"Backup job failed because the lifecycle is outside the valid range for backup vault.":                     "the retention does not fit the lock of vault primary: --retain with days that fit",
		"Backup job failed because backup vault arn:aws:backup:eu-west-1:1:backup-vault:primary does not exist.":   "make the vault primary: restorable plan --only create-vault, or aws backup create-backup-vault --backup-vault-name primary",
		"KMS key is either disabled or pending deletion or access to KMS key is denied":                            "the key of the vault or the table is disabled, pending deletion or closed to the role r: aws kms describe-key, then its policy",
		"IAM Role r does not have permission to perform the operation: r is not authorized to perform: dynamodb:X": "give the role r the policy AWSBackupServiceRolePolicyForBackup",
	} {
		if got := Mend("FAILED", message, a); got != want {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
	if got := Mend("AccessDeniedException", "User: x is not authorized to perform: dynamodb:CreateBackup", a); got != "you lack a permission: restorable iam policy backup prints the policy that is needed" {
		t.Error(got)
	}
	if got := Mend("FAILED", "something new", a); got != "" {
		t.Errorf("advice against what nobody knows: %q", got)
	}
}
