package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"
)

// Rates says whether AWS's published rates are kept.
type Rates string

// The rates. The zero value keeps them.
const (
	RatesAWS Rates = "aws"
	RatesOff Rates = "off" // for an endpoint that has no limits
)

// AllRegions stands, as the only Region given, for every Region that the account has enabled.
const AllRegions = "all"

// ErrNoRegion says that neither the options nor the profile nor the environment name a Region.
var ErrNoRegion = errors.New("no Region: give --region, set AWS_REGION, or set one in the profile")

// Options are what a user may choose about the way to AWS. The zero value is the SDK's default chain in its default Region.
type Options struct {
	Profile        string
	RoleARN        string   // role to assume; with Accounts and no RoleName, the account id in it is replaced by each of them
	RoleName       string   // role to assume in each account but the caller's own, with its path; from RoleARN's session where that is given too
	ExternalID     string   // for RoleName, or else RoleARN
	Organization   bool     // the accounts are those of the caller's organisation
	Under          string   // with Organization: only those below this root or organisational unit
	EndpointURL    string   // for every service; empty leaves it to the SDK, which honours AWS_ENDPOINT_URL
	Regions        []string // names, or AllRegions; empty: the profile's or the environment's
	Accounts       []string // 12 digits each; empty: the one that the credentials belong to
	MaxAttempts    int      // per call, the first included; 0 means 6
	MaxBackoff     time.Duration
	RequestTimeout time.Duration // of one attempt, its body included; 0 means 30 s
	Rates          Rates
	Connections    int    // kept open per host; 0 means 512
	UserAgent      string // name/version
	Writes         bool   // the declared writes may be made; without it the session only reads
	// SimulatedAccount, 12 digits, stands in for credentials at a simulated AWS on this machine: neither the environment nor the
	// user's files are read for them, so that nothing can reach a real account. EndpointURL must then be a loopback address.
	SimulatedAccount string
}

func (o Options) withDefaults() Options {
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 6
	}
	if o.MaxBackoff == 0 {
		o.MaxBackoff = 5 * time.Second // the token buckets already slow us down: what still fails then fails for another reason
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 30 * time.Second
	}
	if o.Connections == 0 {
		o.Connections = 512
	}
	return o
}

func (o Options) validate() error {
	if o.Rates != "" && o.Rates != RatesAWS && o.Rates != RatesOff {
		return fmt.Errorf("read rates %q: want aws or off", o.Rates)
	}
	if o.SimulatedAccount != "" && !loopback(o.EndpointURL) {
		return fmt.Errorf("read endpoint %q: a simulated account is only for a loopback address", o.EndpointURL)
	}
	if len(o.Regions) > 1 && slices.Contains(o.Regions, AllRegions) {
		return errors.New(`read Regions: "all" stands alone`)
	}
	return o.validateAccounts()
}

// validateAccounts checks which accounts are meant, and by which role.
func (o Options) validateAccounts() error {
	if o.ExternalID != "" && o.RoleARN == "" && o.RoleName == "" {
		return errors.New("read options: an external id needs a role to assume")
	}
	if o.Organization && (o.RoleName == "" || len(o.Accounts) > 0) || o.Under != "" && !o.Organization {
		return errors.New("read options: an organisation needs the name of the role in its accounts, and no list of accounts")
	}
	if o.RoleARN != "" && len(strings.Split(o.RoleARN, ":")) < 6 {
		return fmt.Errorf("read role %q: want arn:aws:iam::123456789012:role/NAME", o.RoleARN)
	}
	for _, a := range o.Accounts {
		if len(a) != 12 || strings.Trim(a, "0123456789") != "" {
			return fmt.Errorf("read account %q: want 12 digits", a)
		}
	}
	if len(o.Accounts) > 1 && o.RoleARN == "" && o.RoleName == "" {
		return errors.New("read accounts: more than one needs a role to assume in each")
	}
	return nil
}

// Session is the way to AWS: configuration, connections and declared calls. It is safe for concurrent use; close it when done.
type Session struct {
	opts     Options
	cfg      aws.Config
	http     *http.Transport
	calls    map[CallID]Call
	accounts []*Account
	found    members
}

// Open reads the SDK's configuration (files and environment). It calls nobody: credentials are fetched with the first call.
func Open(ctx context.Context, o Options) (*Session, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &Session{opts: o, calls: map[CallID]Call{}}
	for _, c := range append(Declared(), SetupCalls()...) {
		if !c.Write || o.Writes {
			s.calls[c.ID] = c
		}
	}
	if err := s.load(ctx); err != nil {
		return nil, fmt.Errorf("load AWS configuration: %w", err)
	}
	if len(s.Regions()) == 0 {
		return nil, ErrNoRegion
	}
	s.accounts = s.openAccounts()
	return s, nil
}

// load uses the SDK's buildable HTTP client, because only into that can the SDK put AWS_CA_BUNDLE; the finished transport is then ours to tune and close.
func (s *Session) load(ctx context.Context) error {
	client := awshttp.NewBuildableClient().WithTimeout(s.opts.RequestTimeout).WithTransportOptions(s.tune)
	cfg, err := s.configure(ctx, client)
	if err != nil {
		return err
	}
	built, ok := cfg.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		return fmt.Errorf("tune HTTP client: unexpected %T", cfg.HTTPClient)
	}
	s.http = built.GetTransport()
	cfg.HTTPClient = &http.Client{
		Transport: s.http, Timeout: s.opts.RequestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	cfg.Logger, cfg.ClientLogMode = logging.Nop{}, 0
	s.cfg = cfg
	return nil
}

// configure reads the user's configuration, or none of it for a simulated account.
func (s *Session) configure(ctx context.Context, client *awshttp.BuildableClient) (aws.Config, error) {
	retryer := func() aws.Retryer { return newRetryer(s.opts) }
	if key := s.opts.SimulatedAccount; key != "" {
		return aws.Config{HTTPClient: client, Retryer: retryer, AppID: s.opts.UserAgent,
			Credentials: credentials.NewStaticCredentialsProvider(key, "simulated", "")}, nil
	}
	return config.LoadDefaultConfig(ctx,
		config.WithSharedConfigProfile(s.opts.Profile),
		config.WithHTTPClient(client),
		config.WithLogger(logging.Nop{}),
		config.WithRetryer(retryer),
		config.WithAppID(s.opts.UserAgent),
	)
}

// loopback reports whether an endpoint is on this machine.
func loopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

// tune keeps the connections of a burst of describe calls for reuse: the default of ten per host would open a new one for nearly every call.
func (s *Session) tune(t *http.Transport) {
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = s.opts.Connections
	t.MaxConnsPerHost = s.opts.Connections
}

// Close drops the idle connections.
func (s *Session) Close() { s.http.CloseIdleConnections() }

// Regions are those asked for, or the configured one; AllRegions may stand among them.
func (s *Session) Regions() []string {
	if len(s.opts.Regions) > 0 {
		return s.opts.Regions
	}
	if s.cfg.Region != "" {
		return []string{s.cfg.Region}
	}
	return nil
}

// Endpoint is the URL given for every service, empty when it is AWS's own or the environment's.
func (s *Session) Endpoint() string { return s.opts.EndpointURL }

// Accounts are those in scope, at least one.
func (s *Session) Accounts() []*Account { return s.accounts }

// home is the Region for calls that belong to no particular one.
func (s *Session) home() string {
	if r := s.Regions()[0]; r != AllRegions {
		return r
	}
	if s.cfg.Region != "" {
		return s.cfg.Region
	}
	return "us-east-1"
}
