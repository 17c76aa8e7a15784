package iam

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/iampolicy"
)

// credential is an access key that the simulator issued: a user's, or a temporary one.
type credential struct {
	id, secret, token string
	principal         api.Principal
	created           time.Time
	expires           time.Time // by the machine's clock; zero for a user's own
	status            types.StatusType
	deleted           bool
	user              *user             // whose key or session this is
	role              *role             // of an assumed-role session
	session           []iampolicy.Named // session policies
	sessionTags       map[string]string
}

// Lookup finds who owns an access key that the simulator issued; ok is false for any other. An inactive or deleted key has a zero principal.
// sessionToken is empty and expires zero for a user's own key.
func (s *Service) Lookup(accessKeyID string) (p api.Principal, secret, sessionToken string, expires time.Time, ok bool) {
	k, ok := s.keys[accessKeyID]
	if !ok {
		return p, "", "", expires, false
	}
	if k.deleted || k.status == types.StatusTypeInactive || !s.stillThere(k) {
		return api.Principal{}, k.secret, k.token, k.expires, true
	}
	return k.principal, k.secret, k.token, k.expires, true
}

// stillThere: a session dies with its role, a temporary key with its user.
func (s *Service) stillThere(k *credential) bool {
	if k.role != nil {
		return s.accounts[k.role.account].roles[k.role.name] == k.role
	}
	return k.user == nil || s.accounts[k.user.account].users[k.user.name] == k.user
}

func (s *Service) issue(prefix string, p api.Principal) *credential {
	k := &credential{id: s.uniqueID(prefix, 16), secret: s.uniqueID("", 40), created: s.now(), status: types.StatusTypeActive}
	p.AccessKey = k.id
	k.principal = p
	s.keys[k.id] = k
	return k
}

func (s *Service) createAccessKey(c *api.Call, u *user, _ *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	if len(u.keys) >= 2 {
		return nil, limit("Cannot exceed quota for AccessKeysPerUser: 2")
	}
	k := s.issue("AKIA", api.Principal{Account: c.Account, ARN: u.arn, UserID: u.id})
	k.user = u
	u.keys = append(u.keys, k)
	return &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{AccessKeyId: &k.id, SecretAccessKey: &k.secret, Status: k.status,
		UserName: &u.name, CreateDate: aws.Time(k.created)}}, nil
}

func (s *Service) listAccessKeys(_ *api.Call, u *user, _ *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}}
	for _, k := range u.keys {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{AccessKeyId: &k.id, Status: k.status, UserName: &u.name,
			CreateDate: aws.Time(k.created)})
	}
	return out, nil
}

func (u *user) key(id *string) (*credential, error) {
	for _, k := range u.keys {
		if k.id == aws.ToString(id) {
			return k, nil
		}
	}
	return nil, noSuch("The Access Key with id %s cannot be found.", aws.ToString(id))
}

func (s *Service) updateAccessKey(_ *api.Call, u *user, in *iam.UpdateAccessKeyInput) (*iam.UpdateAccessKeyOutput, error) {
	k, err := u.key(in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	k.status = in.Status
	return &iam.UpdateAccessKeyOutput{}, nil
}

func (s *Service) deleteAccessKey(_ *api.Call, u *user, in *iam.DeleteAccessKeyInput) (*iam.DeleteAccessKeyOutput, error) {
	k, err := u.key(in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	k.deleted = true
	u.keys = slices.DeleteFunc(u.keys, func(o *credential) bool { return o == k })
	return &iam.DeleteAccessKeyOutput{}, nil
}

// getAccessKeyLastUsed: the simulator does not track use.
func (s *Service) getAccessKeyLastUsed(c *api.Call, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	k, ok := s.keys[aws.ToString(in.AccessKeyId)]
	if !ok || k.deleted || k.user == nil || k.principal.Account != c.Account {
		return nil, noSuch("The Access Key with id %s cannot be found.", aws.ToString(in.AccessKeyId))
	}
	return &iam.GetAccessKeyLastUsedOutput{UserName: &k.user.name, AccessKeyLastUsed: &types.AccessKeyLastUsed{
		Region: aws.String("N/A"), ServiceName: aws.String("N/A")}}, nil
}

// Temporary are credentials with an end.
type Temporary struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expires                                    time.Time // by the machine's clock
	Principal                                  api.Principal
}

func (s *Service) temporary(p api.Principal, expires time.Time) (*credential, Temporary) {
	k := s.issue("ASIA", p)
	k.token, k.expires = s.uniqueID("IQoJ", 300), expires
	return k, Temporary{k.id, k.secret, k.token, expires, k.principal}
}

// Session is what AssumeRole asks for, checked already.
type Session struct {
	RoleARN  string
	Name     string
	Policies []string // session policy documents
	ARNs     []string // managed policies that cut the session down
	Tags     map[string]string
	Expires  time.Time // by the machine's clock
}

// NewSession makes the credentials of an assumed role. The error is the *api.Error that AssumeRole answers.
func (s *Service) NewSession(in Session) (Temporary, error) {
	r := s.roleByARN(in.RoleARN)
	if r == nil {
		return Temporary{}, noSuch("The role %s cannot be found.", in.RoleARN)
	}
	named, err := s.sessionPolicies(in)
	if err != nil {
		return Temporary{}, err
	}
	sc, _, _, _ := splitARN(r.arn, "role/")
	k, t := s.temporary(api.Principal{Account: r.account, ARN: sc.GlobalARN("sts", "assumed-role/"+r.name+"/"+in.Name), UserID: r.id + ":" + in.Name}, in.Expires)
	k.role, k.session, k.sessionTags = r, named, in.Tags
	return t, nil
}

func (s *Service) sessionPolicies(in Session) ([]iampolicy.Named, error) {
	var named []iampolicy.Named
	for _, text := range in.Policies {
		d, err := checked(iampolicy.Identity, text)
		if err != nil {
			return nil, err
		}
		named = append(named, iampolicy.Named{Name: "session policy", Document: d.doc})
	}
	for _, arn := range in.ARNs {
		p := s.policyByARN(arn)
		if p == nil {
			return nil, badInput("PolicyArn %s does not exist", arn)
		}
		named = append(named, iampolicy.Named{Name: p.name, Document: p.version(p.standard).doc})
	}
	return named, nil
}

// SessionToken makes temporary credentials for the caller, a user or a root, as GetSessionToken does.
func (s *Service) SessionToken(c *api.Call, expires time.Time) Temporary {
	k, t := s.temporary(c.Caller, expires)
	if own, ok := s.keys[c.Caller.AccessKey]; ok {
		k.user = own.user
	}
	return t
}

// KeyAccount is the account of an access key that the simulator issued.
func (s *Service) KeyAccount(accessKeyID string) (account string, ok bool) {
	k, ok := s.keys[accessKeyID]
	if !ok {
		return "", false
	}
	return k.principal.Account, true
}

// MaxSession is how long a role's sessions may last, in seconds; ok is false when there is no such role.
func (s *Service) MaxSession(roleARN string) (seconds int32, ok bool) {
	r := s.roleByARN(roleARN)
	if r == nil {
		return 0, false
	}
	return r.maxSession, true
}

// AddUser files a user with one access key, for stories and tests, and returns the key.
// policies are identity policy documents.
func (s *Service) AddUser(sc world.Scope, name string, policies map[string]string) (accessKeyID, secret string, err error) {
	u := &user{entity: s.newEntity(sc, "user", "/", name, "AIDA")}
	for policyName, text := range policies {
		if err := u.putInline(policyName, text); err != nil {
			return "", "", err
		}
	}
	s.account(sc.Account).users[name] = u
	k := s.issue("AKIA", api.Principal{Account: sc.Account, ARN: u.arn, UserID: u.id})
	k.user, u.keys = u, []*credential{k}
	return k.id, k.secret, nil
}
