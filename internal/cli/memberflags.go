package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/pflag"
)

// memberOptions are the flags of commands that read many accounts.
type memberOptions struct {
	many     bool // the command takes these flags
	roleName string
	org      bool
	under    string
	units    int
}

// registerMany adds what reading many accounts takes to the flags of every command that talks to AWS.
func (o *awsOptions) registerMany(f *pflag.FlagSet) {
	o.register(f)
	o.members.many = true
	f.Lookup("accounts").Usage = "`accounts`, comma separated, or a file with one a line; needs --role-name, or --role-arn, whose account id is then replaced by each"
	f.StringVar(&o.members.roleName, "role-name", "", "`name` of the role to assume in each account but your own, with its path; from --role-arn, if that is given too")
	f.BoolVar(&o.members.org, "org", false, "every active account of your organisation; needs --role-name")
	f.StringVar(&o.members.under, "ou", "", "with --org: only accounts below this organisational `unit` or root")
	f.IntVar(&o.members.units, "units", 0, "accounts and Regions read, and held in memory, at once (default 8)")
}

func (o memberOptions) validate(named bool) error {
	const role = "--role-name restorable-audit"
	switch {
	case o.org && named:
		return misuse("leave out --accounts, or --org; --ou narrows --org", "--org finds the accounts itself, and --accounts names them")
	case o.org && o.roleName == "":
		return misuse(role, "--org needs the name of the role to assume in each account")
	case o.under != "" && !o.org:
		return misuse("give --org too", "--ou is for the accounts of an organisation")
	case o.under != "" && !isUnitID(o.under):
		return misuse("--ou ou-ab12-34cd56ef, or the root's r-ab12", "--ou %s: not the id of an organisational unit", o.under)
	case o.roleName != "" && !isRoleName(o.roleName):
		return misuse(role, "--role-name %q: want a name, with its path if it has one", o.roleName)
	case o.roleName != "" && !o.org && !named:
		return misuse("--org, or --accounts 111122223333,444455556666", "--role-name is for several accounts: which ones?")
	case o.units < 0 || o.units > 1000:
		return misuse("--units 8", "--units %d: want 1 to 1000", o.units)
	}
	return nil
}

// isUnitID checks the form (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html).
func isUnitID(id string) bool {
	kind, rest, ok := strings.Cut(id, "-")
	return ok && (kind == "ou" || kind == "r") && rest != "" && len(id) <= 68 && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// isRoleName checks the form of a role's name with its path (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
func isRoleName(name string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-/"
	last := name[strings.LastIndex(name, "/")+1:]
	return last != "" && len(last) <= 64 && len(name) <= 512 && strings.Trim(name, allowed) == "" && !strings.Contains(name, "//")
}

// expanded is the options with the accounts of files in place of the files' names.
func (o awsOptions) expanded() (awsOptions, error) {
	if !o.members.many {
		return o, nil
	}
	var all []string
	for _, item := range o.accounts {
		if looksLikeID(item) {
			all = append(all, item)
			continue
		}
		listed, err := accountsIn(item)
		if err != nil {
			return o, err
		}
		all = append(all, listed...)
	}
	o.accounts = all
	return o, nil
}

// looksLikeID tells an account, even a mistyped one, from the name of a file.
func looksLikeID(item string) bool { return strings.Trim(item, "0123456789-") == "" }

// mostAccounts is more than any organisation has.
const mostAccounts = 100_000

// accountsIn reads a file with an account id a line; what follows the id, separated by white space or a comma, and what follows # is for people.
func accountsIn(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, misuse("--accounts 111122223333,444455556666, or the name of a file with one a line", "--accounts %s: neither accounts nor a file that can be read: %s", name, plainCause(err))
	}
	defer f.Close()
	var ids []string
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\r' })
		switch {
		case len(fields) == 0:
		case !isAccountID(fields[0]):
			return nil, &complaint{code: exitUsage, summary: fmt.Sprintf("%s:%d: not an account: want 12 digits at the beginning of the line", name, n),
				excerpt: fmt.Sprintf("%4d | %s", n, terminal.Short(terminal.Line(terminal.Clean(lines.Text())), 80)), hint: "mend the line, or put # before it"}
		case len(ids) == mostAccounts:
			return nil, misuse("", "%s:%d: more than %d accounts", name, n, mostAccounts)
		default:
			ids = append(ids, fields[0])
		}
	}
	if err := lines.Err(); err != nil {
		return nil, misuse("", "read %s: %s", name, plainCause(err))
	}
	if len(ids) == 0 {
		return nil, &complaint{code: exitNothing, summary: name + ": no account in it", hint: "one account id a line"}
	}
	return ids, nil
}

// noMembers says why the accounts of the organisation could not be listed.
func noMembers(c *complaint, call *awsapi.CallError) error {
	c.summary, c.hint = "the organisation's accounts could not be listed", "--accounts names them instead"
	switch {
	case call.Kind == awsapi.KindDenied:
		c.hint = "its management account or a delegated administrator may list them, with the policy that restorable iam policy organization prints; " + c.hint
	case call.Code == "ParentNotFoundException":
		c.code, c.hint = exitNothing, "aws organizations list-organizational-units-for-parent shows the units there are"
	case call.Code == "AWSOrganizationsNotInUseException":
		c.code, c.hint = exitNothing, "the account belongs to no organisation: leave out --org"
	default:
		c.code = exitIncomplete
	}
	return c
}
