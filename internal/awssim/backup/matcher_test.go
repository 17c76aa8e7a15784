package backup

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

func cond(key, value string) []types.ConditionParameter {
	return []types.ConditionParameter{{ConditionKey: &key, ConditionValue: &value}}
}

func listed(key, value string) []types.Condition {
	return []types.Condition{{ConditionType: types.ConditionTypeStringequals, ConditionKey: &key, ConditionValue: &value}}
}

func TestASelectionTakesATable(t *testing.T) {
	const anyTable = "arn:aws:dynamodb:*:*:table/*"
	table := func(name string, tags map[string]string) dynamodb.TableView {
		return dynamodb.TableView{Name: name, ARN: home().ARN("dynamodb", "table/"+name), Tags: tags}
	}
	orders := table("orders", map[string]string{"backup": "true", "stage": "prod", "empty": ""})
	bare := table("bare", nil)
	rows := []struct {
		name   string
		sel    types.BackupSelection
		table  dynamodb.TableView
		takes  bool
		optsIn bool // needs the opt-in
	}{
		{"everything", types.BackupSelection{Resources: []string{"*"}}, bare, true, true},
		{"the whole service", types.BackupSelection{Resources: []string{"arn:aws:dynamodb:*"}}, bare, true, true},
		{"the type", types.BackupSelection{Resources: []string{anyTable}}, bare, true, false},
		{"the concrete table", types.BackupSelection{Resources: []string{bare.ARN}}, bare, true, false},
		{"another table", types.BackupSelection{Resources: []string{bare.ARN + "2"}}, bare, false, false},
		{"another Region", types.BackupSelection{Resources: []string{"arn:aws:dynamodb:us-east-1:*:table/*"}}, bare, false, false},
		{"another partition", types.BackupSelection{Resources: []string{"arn:aws-cn:dynamodb:*:*:table/*"}}, bare, false, false},
		{"a prefix", types.BackupSelection{Resources: []string{"arn:aws:dynamodb:*:*:table/ord*"}}, orders, true, false},
		{"a suffix", types.BackupSelection{Resources: []string{"arn:aws:dynamodb:*:*:table/*ders"}}, orders, true, false},
		{"a tag", types.BackupSelection{ListOfTags: listed("backup", "true")}, orders, true, true},
		{"a tag with its prefix", types.BackupSelection{ListOfTags: listed("aws:ResourceTag/backup", "true")}, orders, true, true},
		{"a tag of another value", types.BackupSelection{ListOfTags: listed("backup", "True")}, orders, false, false},
		{"a tag that is not there", types.BackupSelection{ListOfTags: listed("backup", "true")}, bare, false, false},
		{"resources and tags are a union", types.BackupSelection{Resources: []string{bare.ARN}, ListOfTags: listed("backup", "true")}, orders, true, true},
		{"a tag beside the type", types.BackupSelection{Resources: []string{anyTable}, ListOfTags: listed("backup", "true")}, orders, true, false},
		{"everything beside another concrete table", types.BackupSelection{Resources: []string{"*", bare.ARN}}, orders, true, true},
		{"everything beside the concrete table", types.BackupSelection{Resources: []string{"*", orders.ARN}}, orders, true, false},
		{"a tag beside another type", types.BackupSelection{Resources: []string{"arn:aws:rds:*:*:db:*"}, ListOfTags: listed("backup", "true")}, orders, true, true},
		{"not this table", types.BackupSelection{Resources: []string{"*"}, NotResources: []string{orders.ARN}}, orders, false, false},
		{"not this table, by tag", types.BackupSelection{ListOfTags: listed("backup", "true"), NotResources: []string{orders.ARN}}, orders, false, false},
		{"equals", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringEquals: cond("aws:ResourceTag/stage", "prod")}}, orders, true, true},
		{"equals without the tag", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringEquals: cond("aws:ResourceTag/stage", "prod")}}, bare, false, false},
		{"equals under a bare key", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringEquals: cond("stage", "prod")}}, orders, false, false},
		{"conditions narrow tags too", types.BackupSelection{ListOfTags: listed("backup", "true"), Conditions: &types.Conditions{StringNotEquals: cond("aws:ResourceTag/stage", "prod")}}, orders, false, false},
		{"the same key twice", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{
			StringEquals: append(cond("aws:ResourceTag/stage", "prod"), cond("aws:ResourceTag/stage", "test")...)}}, orders, false, false},
		{"not equals keeps a table without the tag", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringNotEquals: cond("aws:ResourceTag/stage", "test")}}, bare, true, true},
		{"not like keeps a table without the tag", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringNotLike: cond("aws:ResourceTag/stage", "*")}}, bare, true, true},
		{"not like", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringNotLike: cond("aws:ResourceTag/stage", "pr*")}}, orders, false, false},
		{"like any value", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringLike: cond("aws:ResourceTag/empty", "*")}}, orders, true, true},
		{"like any value without the tag", types.BackupSelection{Resources: []string{"*"}, Conditions: &types.Conditions{StringLike: cond("aws:ResourceTag/empty", "*")}}, bare, false, false},
		{"a restore test by name", types.BackupSelection{Resources: []string{"*"}}, table("awsbackup-restore-test-1", nil), false, false},
		{"a restore test by tag", types.BackupSelection{Resources: []string{"*"}}, table("x", map[string]string{"awsbackup-restore-test": ""}), false, false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			takes, optsIn := matches(&r.sel, &r.table)
			if takes != r.takes || optsIn != r.optsIn {
				t.Errorf("got selected %v, needs opt-in %v; want %v, %v", takes, optsIn, r.takes, r.optsIn)
			}
		})
	}
}

func TestTheWildcardStopsAtWhiteSpace(t *testing.T) {
	rows := []struct {
		pattern, text string
		want          bool
	}{
		{"prod*", "prod", true}, {"prod*", "production", true}, {"prod*", "prod server", false}, {"prod *", "prod server", true},
		{"*", "", true}, {"*", "a:b/c", true}, {"*", "a b", false}, {"*end", "the-end", true}, {"a*b*c", "a1b2c", true}, {"a*b*c", "a1b2", false},
		{"a*bc", "abcbc", true}, {"**", "x", true}, {"?", "x", false}, {"", "x", false}, {"", "", true}, {"*é*", "caféine", true},
	}
	for _, r := range rows {
		if got := glob(r.pattern, r.text); got != r.want {
			t.Errorf("glob(%q, %q) = %v", r.pattern, r.text, got)
		}
	}
}
