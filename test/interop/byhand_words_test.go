package interop

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim/model"
	"github.com/restorable/restorable/internal/control"
)

// words splits a command line as a POSIX shell does, as far as commands to check by hand go: words, quotes, and nothing that would run
// something else.
func words(line string) ([]string, error) {
	var out []string
	word, inWord, quote := strings.Builder{}, false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == '\'':
			word.WriteRune(r)
		case r == '\\' || r == '$' || r == '`': // also within double quotes
			return nil, fmt.Errorf("%q has a meaning to the shell", r)
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ':
			if inWord {
				out = append(out, word.String())
			}
			word.Reset()
			inWord = false
		case strings.ContainsRune("|&;<>()\n*?!#~", r):
			return nil, fmt.Errorf("%q has a meaning to the shell", r)
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote is never closed")
	}
	if inWord {
		out = append(out, word.String())
	}
	return out, nil
}

var (
	firstCapital = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	lastCapital  = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	readVerb     = regexp.MustCompile(`^(Describe|List|Get|Lookup|Simulate)[A-Z]|^Scan$`)
	leftOpen     = regexp.MustCompile(`^[A-Z_]{3,}$`)
)

// dashed is the name of an operation or a member on AWS CLI's command line, by the rule of botocore's xform_name.
func dashed(name string) string {
	return strings.ToLower(lastCapital.ReplaceAllString(firstCapital.ReplaceAllString(name, "$1-$2"), "$1-$2"))
}

// cliCommand is a command of AWS CLI, resolved by botocore's models.
type cliCommand struct {
	operation string
	options   map[string]string
}

// resolve checks a command word by word: a service and an operation that the models know, each option one of its input's members.
func resolve(line string, models map[string]*model.Model) (cliCommand, error) {
	all, err := words(line)
	if err != nil {
		return cliCommand{}, err
	}
	if len(all) < 3 || all[0] != "aws" {
		return cliCommand{}, fmt.Errorf("want: aws SERVICE OPERATION …")
	}
	m := models[all[1]]
	if m == nil {
		return cliCommand{}, fmt.Errorf("no model of service %s", all[1])
	}
	for name, op := range m.Operations {
		if dashed(name) == all[2] {
			c := cliCommand{operation: all[1] + ":" + name}
			c.options, err = optionsOf(all[3:], op)
			return c, err
		}
	}
	return cliCommand{}, fmt.Errorf("service %s has no operation %s", all[1], all[2])
}

func optionsOf(rest []string, op *model.Operation) (map[string]string, error) {
	out := map[string]string{}
	for len(rest) > 0 {
		name, ok := strings.CutPrefix(rest[0], "--")
		if !ok {
			return nil, fmt.Errorf("%s stands where an option should", rest[0])
		}
		values := 1
		for values < len(rest) && !strings.HasPrefix(rest[values], "--") {
			values++
		}
		out[name] = strings.Join(rest[1:values], " ")
		rest = rest[values:]
		if slices.Contains([]string{"region", "query", "output", "max-items"}, name) {
			continue
		}
		if err := memberOf(strings.TrimPrefix(name, "no-"), out[name], op); err != nil {
			return nil, err
		}
	}
	if op.Input != nil {
		for _, needed := range op.Input.Required {
			if _, ok := out[dashed(needed)]; !ok {
				return nil, fmt.Errorf("%s needs --%s", op.Name, dashed(needed))
			}
		}
	}
	return out, nil
}

func memberOf(option, value string, op *model.Operation) error {
	if op.Input == nil {
		return fmt.Errorf("%s takes no --%s", op.Name, option)
	}
	for _, member := range op.Input.Members {
		if dashed(member.Name) != option {
			continue
		}
		if leftOpen.MatchString(value) && !slices.Contains(member.Shape.Enum, value) {
			return fmt.Errorf("--%s %s: a word for somebody to fill in; use a placeholder", option, value)
		}
		return nil
	}
	return fmt.Errorf("%s takes no --%s", op.Name, option)
}

func loadModels(t *testing.T) map[string]*model.Model {
	t.Helper()
	names, err := model.Names()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*model.Model{}
	for _, name := range names {
		if out[name], err = model.Load(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestCommandsByHandAreWellFormed needs no AWS CLI: every command of every control names a service, an operation that only reads, and
// options that botocore's models know. Which placeholders there are is checked when a control is loaded.
func TestCommandsByHandAreWellFormed(t *testing.T) {
	models := loadModels(t)
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range catalogue.Controls() {
		for _, line := range c.ByHand.Commands {
			command, err := resolve(line, models)
			_, operation, _ := strings.Cut(command.operation, ":")
			switch {
			case err != nil:
				t.Errorf("%s: %s: %v", c.ID, line, err)
			case !readVerb.MatchString(operation):
				t.Errorf("%s: %s: %s may change something", c.ID, line, operation)
			case !slices.Contains([]string{"", "{region}", "{copy.region}", "{replica.region}"}, command.options["region"]),
				command.options["region"] == "" && !strings.HasPrefix(line, "aws iam ") && !strings.HasPrefix(line, "aws organizations "):
				t.Errorf("%s: %s: want --region {region}", c.ID, line)
			}
		}
	}
}

func TestWordsOfACommand(t *testing.T) {
	models := loadModels(t)
	for line, want := range map[string]string{
		"aws backup list-backup-plans --region {region}":                              "",
		`aws backup list-backup-vaults --query "BackupVaultList[].[A,B]"`:             "",
		"aws backup list-recovery-points-by-resource --resource-arn x":                "",
		"aws kms describe-key --key-id 'a b'":                                         "",
		"aws backup list-backup-plan":                                                 "no operation",
		"aws nothing list-things":                                                     "no model",
		"aws backup get-backup-plan --backup-plan-id PLAN":                            "fill in",
		"aws backup get-backup-plan --region r":                                       "needs --backup-plan-id",
		"aws backup list-backup-plans --plan x":                                       "takes no --plan",
		"aws backup list-backup-plans | rm -rf /":                                     "meaning to the shell",
		"aws kms describe-key --key-id $(x)":                                          "meaning to the shell",
		"aws kms describe-key --key-id 'x":                                            "never closed",
		"restorable scan x":                                                           "want: aws",
		"aws backup get-backup-plan stray":                                            "stands where an option",
		"aws dynamodb list-backups --table-name t --backup-type ALL":                  "",
		"aws backup list-recovery-points-by-resource --resource-arn x --page-size 10": "takes no --page-size",
	} {
		_, err := resolve(line, models)
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && !strings.Contains(got, want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
