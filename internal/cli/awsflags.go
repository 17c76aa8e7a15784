package cli

import (
	"net/url"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/spf13/pflag"
)

// awsOptions are the flags of every command that talks to AWS.
type awsOptions struct {
	profile     string
	roleARN     string
	externalID  string
	accounts    []string
	members     memberOptions
	regions     []string
	endpoint    string
	rates       string
	concurrency int
	writes      bool // the command changes things; no flag
}

func (o *awsOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.profile, "profile", "", "AWS `profile`")
	f.StringVar(&o.roleARN, "role-arn", "", "`role` to assume")
	f.StringVar(&o.externalID, "external-id", "", "external `id` for the role")
	f.StringSliceVar(&o.accounts, "accounts", nil, "`accounts`, comma separated; --role-arn is assumed in each, with its account id replaced")
	f.StringSliceVar(&o.regions, "region", nil, "`Regions`, comma separated, or all (default: the profile's)")
	f.StringVar(&o.endpoint, "endpoint-url", "", "another AWS `endpoint`, for example that of restorable sim")
	f.StringVar(&o.rates, "rates", "aws", "keep to AWS's published request rates: aws or off (for an endpoint that has none)")
	f.IntVar(&o.concurrency, "concurrency", 0, "requests under way at once (default 128)")
}

func (o awsOptions) validate() error {
	switch {
	case o.rates != "aws" && o.rates != "off":
		return misuse("--rates aws or --rates off", "--rates %s: unknown", o.rates)
	case o.concurrency < 0 || o.concurrency > 4096:
		return misuse("--concurrency 128", "--concurrency %d: want 1 to 4096", o.concurrency)
	case len(o.accounts) > 1 && o.roleARN == "" && o.members.roleName == "":
		return misuse("--role-arn arn:aws:iam::123456789012:role/NAME; the account id in it is replaced by each", "--accounts with several accounts needs a role to assume in each")
	case o.externalID != "" && o.roleARN == "" && o.members.roleName == "":
		return misuse("give --role-arn too", "--external-id is for a role to assume")
	case o.roleARN != "" && !isRoleARN(o.roleARN):
		return misuse("--role-arn arn:aws:iam::123456789012:role/NAME", "--role-arn %s: not the ARN of a role", o.roleARN)
	case o.endpoint != "" && !isEndpoint(o.endpoint):
		return misuse("--endpoint-url http://127.0.0.1:8000", "--endpoint-url %s: want http://… or https://…", o.endpoint)
	}
	if err := o.members.validate(len(o.accounts) > 0); err != nil {
		return err
	}
	for _, id := range o.accounts {
		if !isAccountID(id) {
			return misuse("--accounts 111122223333,444455556666", "--accounts %s: want 12 digits", id)
		}
	}
	return o.validateRegions()
}

func (o awsOptions) validateRegions() error {
	for _, r := range o.regions {
		if r == "all" && len(o.regions) > 1 {
			return misuse("--region all", "--region all stands alone")
		}
		if !isRegionName(r) {
			return misuse("--region eu-west-1", "--region %q: not the name of a Region", r)
		}
	}
	return nil
}

func isAccountID(id string) bool { return len(id) == 12 && strings.Trim(id, "0123456789") == "" }

// isRoleARN checks the form: arn:PARTITION:iam::ACCOUNT:role/NAME.
func isRoleARN(arn string) bool {
	p := strings.SplitN(arn, ":", 6)
	return len(p) == 6 && p[0] == "arn" && strings.HasPrefix(p[1], "aws") && p[2] == "iam" && p[3] == "" &&
		len(p[4]) == 12 && strings.Trim(p[4], "0123456789") == "" && len(p[5]) > len("role/") && strings.HasPrefix(p[5], "role/")
}

// isEndpoint checks the form: a scheme that the SDK speaks, and a host.
func isEndpoint(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// isRegionName checks the form only: which Regions there are is AWS's to say.
func isRegionName(r string) bool {
	return r == "all" || len(r) >= 9 && len(r) <= 30 && strings.Count(r, "-") >= 2 && strings.Trim(r, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// firstRegion is the one that the first call goes to, when the user named any.
func (o awsOptions) firstRegion() string {
	if len(o.regions) == 0 || o.regions[0] == "all" {
		return ""
	}
	return o.regions[0]
}

func (o awsOptions) session() awsapi.Options {
	return awsapi.Options{
		Profile: o.profile, RoleARN: o.roleARN, ExternalID: o.externalID, EndpointURL: o.endpoint, Accounts: o.accounts, Regions: o.regions,
		RoleName: o.members.roleName, Organization: o.members.org, Under: o.members.under, Rates: awsapi.Rates(o.rates), RequestTimeout: 30 * time.Second, UserAgent: toolName, Writes: o.writes,
	}
}
