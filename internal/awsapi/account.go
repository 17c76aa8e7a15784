package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Account is one set of credentials and the account they belong to.
type Account struct {
	session *Session
	want    string // account id asked for; empty: whichever the credentials belong to
	cfg     aws.Config

	accepted atomic.Bool // AWS took the credentials somewhere

	mu     sync.Mutex
	scopes map[string]*Scope
}

// firstAttempts are those of the first call of all: when nothing answers, a person wants to know soon.
const firstAttempts = 3

// Identity is who the credentials are (GetCallerIdentity).
type Identity struct {
	Account   string // 12 digits
	ARN       string
	UserID    string // AWS's own, which no other user or role gets again
	Partition string // "aws", "aws-cn", "aws-us-gov"
}

func (s *Session) openAccounts() []*Account {
	if len(s.opts.Accounts) == 0 || s.opts.RoleName != "" { // with a name alone, whose accounts there are is AWS's to say
		return []*Account{s.openAccount("")}
	}
	var accounts []*Account
	for _, id := range s.opts.Accounts {
		accounts = append(accounts, s.openAccount(id))
	}
	return accounts
}

func (s *Session) openAccount(id string) *Account {
	cfg := s.cfg.Copy()
	provider := s.cfg.Credentials
	if s.opts.RoleARN != "" {
		external := s.opts.ExternalID
		if s.opts.RoleName != "" { // then it is for the roles that are assumed from this one
			external = ""
		}
		provider = s.assume(roleIn(s.opts.RoleARN, id), external, cached(s.cfg.Credentials))
	}
	cfg.Credentials = cached(provider)
	return &Account{session: s, want: id, cfg: cfg, scopes: map[string]*Scope{}}
}

// renewal is how long before their end temporary credentials are renewed: a long run outlives them several times, and a request
// that is signed just before the end may wait, be repeated and arrive after it.
const renewal = 3 * time.Minute

// cached keeps a provider's credentials until shortly before they expire.
func cached(provider aws.CredentialsProvider) *aws.CredentialsCache {
	return aws.NewCredentialsCache(honest{provider}, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = renewal })
}

// assume asks STS for the role's credentials, as whoever from is; they last 15 minutes and are renewed. Its client has no
// declared-call check: the SDK makes this call itself (see SetupCalls).
func (s *Session) assume(role, external string, from aws.CredentialsProvider) aws.CredentialsProvider {
	cfg := s.cfg.Copy()
	cfg.Region = s.home()
	cfg.Credentials = from
	client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = s.baseEndpoint(o.BaseEndpoint) })
	return stscreds.NewAssumeRoleProvider(client, role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "restorable"
		if external != "" {
			o.ExternalID = aws.String(external)
		}
	})
}

// roleIn replaces the account id of a role's ARN, unless no account is asked for.
func roleIn(role, id string) string {
	parts := strings.SplitN(role, ":", 6)
	if id != "" {
		parts[4] = id
	}
	return strings.Join(parts, ":")
}

func (s *Session) baseEndpoint(other *string) *string {
	if s.opts.EndpointURL != "" {
		return aws.String(s.opts.EndpointURL)
	}
	return other
}

// honest marks the errors of a credentials provider, so that "no credentials" can be told from "no answer".
type honest struct{ provider aws.CredentialsProvider }

// Retrieve asks the provider.
func (h honest) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if h.provider == nil {
		return aws.Credentials{}, &CredentialsError{Err: fmt.Errorf("the configuration names no credentials")}
	}
	c, err := h.provider.Retrieve(ctx)
	if err != nil {
		return c, &CredentialsError{Err: err}
	}
	return c, nil
}

// Wanted is the account id that the user asked for; empty when any will do.
func (a *Account) Wanted() string { return a.want }

// Scope returns the account's clients in a Region. The same Region always returns the same scope.
func (a *Account) Scope(region string) *Scope {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.scopes[region]
	if !ok {
		s = newScope(a, region)
		a.scopes[region] = s
	}
	return s
}

// Release lets go of the account's clients in a Region: an organisation has more of them than are ever used at a time.
func (a *Account) Release(region string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.scopes, region) // asked for again, they are made again
}

// Home is the scope for calls that belong to no particular Region.
func (a *Account) Home() *Scope { return a.Scope(a.session.home()) }

// Identify asks AWS who the credentials are. Errors are *CallError; credentials of another account than the one asked for are an error of KindInvalidCredentials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func (a *Account) Identify(ctx context.Context) (Identity, Answer, error) {
	home := a.Home()
	ask := func(ctx context.Context, in *sts.GetCallerIdentityInput, opts ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error) {
		return home.STS.GetCallerIdentity(ctx, in, append(opts, func(o *sts.Options) { o.RetryMaxAttempts = min(firstAttempts, a.session.opts.MaxAttempts) })...)
	}
	out, answer, err := Invoke(ctx, Ask{Scope: home, Call: GetCallerIdentity}, ask, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, answer, err
	}
	parts := strings.Split(aws.ToString(out.Arn), ":")
	if aws.ToString(out.Account) == "" || len(parts) < 6 {
		return Identity{}, answer, Missing(answer, "account")
	}
	id := Identity{Account: *out.Account, ARN: *out.Arn, UserID: aws.ToString(out.UserId), Partition: parts[1]}
	if a.want != "" && a.want != id.Account {
		return id, answer, &CallError{Answer: answer, Code: "WrongAccount", Kind: KindInvalidCredentials,
			Message: fmt.Sprintf("the credentials belong to account %s, not %s: give a role to assume", id.Account, a.want)}
	}
	return id, answer, nil
}

// SkippedRegion is a Region that the account has not enabled.
type SkippedRegion struct {
	Region string
	Status string // AWS's word: DISABLED, DISABLING, ENABLING
}

// Asked are the Regions that the user named. Where all are asked for it is one without a name: nobody has told which there are.
func (a *Account) Asked() []string {
	if asked := a.session.Regions(); asked[0] != AllRegions {
		return asked
	}
	return []string{""}
}

// Regions returns the Regions in scope. For AllRegions it asks AWS which ones the account has enabled, and returns the others as skipped.
// https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
func (a *Account) Regions(ctx context.Context) (enabled []string, skipped []SkippedRegion, err error) {
	asked := a.session.Regions()
	if len(asked) != 1 || asked[0] != AllRegions {
		return asked, nil, nil
	}
	home := a.Home()
	in := &account.ListRegionsInput{MaxResults: aws.Int32(50)}
	for {
		out, answer, err := Invoke(ctx, Ask{Scope: home, Call: ListRegions}, home.Account.ListRegions, in)
		if err != nil {
			return enabled, skipped, err
		}
		for _, r := range out.Regions {
			switch r.RegionOptStatus {
			case accounttypes.RegionOptStatusEnabled, accounttypes.RegionOptStatusEnabledByDefault:
				enabled = append(enabled, aws.ToString(r.RegionName))
			default:
				skipped = append(skipped, SkippedRegion{Region: aws.ToString(r.RegionName), Status: string(r.RegionOptStatus)})
			}
		}
		if aws.ToString(out.NextToken) == "" {
			if len(enabled) == 0 {
				return nil, skipped, Missing(answer, "enabled Region")
			}
			slices.Sort(enabled)
			return enabled, skipped, nil
		}
		in.NextToken = out.NextToken
	}
}
