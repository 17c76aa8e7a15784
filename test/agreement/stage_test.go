package agreement

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

const (
	day           = 24 * time.Hour
	trust         = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	backupPolicy  = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
	restorePolicy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
)

// epoch is where every stage's clock begins; the clock moves only when it is told to.
func epoch() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

// theatre is a simulated AWS that serves many stages, one after another.
type theatre struct {
	sim     *simtest.Sim
	tables  *dynamodb.Client
	backups *backup.Client
	roles   *iam.Client
	keys    *kms.Client
}

func open(t *testing.T) *theatre {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": simtest.Account, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "", "AWS_CA_BUNDLE": "",
	} {
		t.Setenv(name, value)
	}
	sim := simtest.Start(t, awssim.Options{World: world.Options{Start: epoch(), Seed: 1, Real: epoch}})
	cfg := sim.Config()
	return &theatre{sim, dynamodb.NewFromConfig(cfg), backup.NewFromConfig(cfg), iam.NewFromConfig(cfg), kms.NewFromConfig(cfg)}
}

// stage is one empty AWS for one check.
type stage struct {
	*theatre
	*rapid.T
	ctx      context.Context
	story    []string // what was done, for the report of a counterexample
	restored int
}

// begin clears the simulated AWS. Its random moments depend on the check's draw.
func (h *theatre) begin(t *rapid.T) *stage {
	if err := h.sim.Reset(); err != nil {
		t.Fatalf("reset: %v", err)
	}
	skip := rapid.IntRange(0, 50).Draw(t, "luck")
	w := h.sim.Assembly().World
	w.Do(func() {
		for range skip {
			w.Hex(1)
		}
	})
	return &stage{theatre: h, T: t, ctx: context.Background()}
}

// tell notes a step of the story.
func (s *stage) tell(format string, args ...any) {
	s.story = append(s.story, s.sim.Now().Format("2006-01-02 15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// disagree fails the check with the story so far.
func (s *stage) disagree(format string, args ...any) {
	s.Helper()
	text := "\n"
	for _, line := range s.story {
		text += "  " + line + "\n"
	}
	s.Fatalf("%s\ndisagreement: %s", text, fmt.Sprintf(format, args...))
}

// ok is the answer of a call that sets the scene.
func ok[O any](s *stage) func(*O, error) *O {
	s.Helper()
	return func(out *O, err error) *O {
		s.Helper()
		if err != nil {
			s.disagree("set the scene: %v", err)
		}
		return out
	}
}

func (s *stage) wait(d time.Duration) {
	if d > 0 {
		s.sim.Advance(d)
	}
}

// until moves the clock to a moment to come.
func (s *stage) until(t time.Time) { s.wait(t.Sub(s.sim.Now())) }

// table makes a table and waits until it can be backed up. An empty key is the one that AWS owns. The items are in it before any backup can be made.
func (s *stage) table(name, key string, tags map[string]string, items ...string) string {
	s.Helper()
	in := &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}
	for _, k := range sorted(tags) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String(tags[k])})
	}
	if key != "" {
		in.SSESpecification = &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: &key}
	}
	arn := *ok[dynamodb.CreateTableOutput](s)(s.tables.CreateTable(s.ctx, in)).TableDescription.TableArn
	s.tell("create table %s tags %q key %q", name, tags, key)
	s.wait(5 * time.Second)
	for _, id := range items {
		s.put(name, id)
	}
	s.wait(15 * time.Second)
	return arn
}

func (s *stage) role(name string) string {
	s.Helper()
	arn := ok[iam.CreateRoleOutput](s)(s.roles.CreateRole(s.ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trust)})).Role.Arn
	for _, p := range []string{backupPolicy, restorePolicy} {
		ok[iam.AttachRolePolicyOutput](s)(s.roles.AttachRolePolicy(s.ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: aws.String(p)}))
	}
	return *arn
}

// usesKeys gives a role what it needs on every customer-managed key.
func (s *stage) usesKeys(role string) {
	s.Helper()
	ok[iam.PutRolePolicyOutput](s)(s.roles.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{RoleName: &role, PolicyName: aws.String("keys"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`)}))
}

func (s *stage) key() string {
	s.Helper()
	return *ok[kms.CreateKeyOutput](s)(s.keys.CreateKey(s.ctx, &kms.CreateKeyInput{})).KeyMetadata.Arn
}

func (s *stage) vault(name, key string) {
	s.Helper()
	in := &backup.CreateBackupVaultInput{BackupVaultName: &name}
	if key != "" {
		in.EncryptionKeyArn = &key
	}
	ok[backup.CreateBackupVaultOutput](s)(s.backups.CreateBackupVault(s.ctx, in))
	s.tell("create vault %s key %q", name, key)
}

func (s *stage) plan(name string, rules ...backuptypes.BackupRuleInput) string {
	s.Helper()
	id := *ok[backup.CreateBackupPlanOutput](s)(s.backups.CreateBackupPlan(s.ctx, &backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{BackupPlanName: &name, Rules: rules}})).BackupPlanId
	s.tell("create plan %s", name)
	for i := range rules {
		s.tell("  rule %s", ruleText(&rules[i]))
	}
	return id
}

func ruleText(r *backuptypes.BackupRuleInput) string {
	days := "for ever"
	if r.Lifecycle != nil && r.Lifecycle.DeleteAfterDays != nil {
		days = fmt.Sprint(*r.Lifecycle.DeleteAfterDays, " days")
	}
	return fmt.Sprintf("%s: %s %s, windows %s and %s minutes, kept %s, vault %s", *r.RuleName, aws.ToString(r.ScheduleExpression), aws.ToString(r.ScheduleExpressionTimezone),
		number(r.StartWindowMinutes), number(r.CompletionWindowMinutes), days, *r.TargetBackupVaultName)
}

func number(p *int64) string {
	if p == nil {
		return "default"
	}
	return fmt.Sprint(*p)
}

func (s *stage) selection(plan string, sel backuptypes.BackupSelection) {
	s.Helper()
	ok[backup.CreateBackupSelectionOutput](s)(s.backups.CreateBackupSelection(s.ctx, &backup.CreateBackupSelectionInput{BackupPlanId: &plan, BackupSelection: &sel}))
	s.tell("select %s", selectionText(&sel))
}

func (s *stage) settings(optIn, advanced bool) {
	s.Helper()
	ok[backup.UpdateRegionSettingsOutput](s)(s.backups.UpdateRegionSettings(s.ctx, &backup.UpdateRegionSettingsInput{
		ResourceTypeOptInPreference: map[string]bool{"DynamoDB": optIn}, ResourceTypeManagementPreference: map[string]bool{"DynamoDB": advanced}}))
	s.tell("opt-in %v, advanced %v", optIn, advanced)
}

// pitr turns point-in-time recovery on for a number of days, or off for 0.
func (s *stage) pitr(table string, days int) {
	s.Helper()
	spec := &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(days > 0)}
	if days > 0 {
		spec.RecoveryPeriodInDays = aws.Int32(int32(days))
	}
	ok[dynamodb.UpdateContinuousBackupsOutput](s)(s.tables.UpdateContinuousBackups(s.ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: &table, PointInTimeRecoverySpecification: spec}))
	s.tell("point-in-time recovery of %s for %d days", table, days)
}

func (s *stage) put(table, id string) {
	s.Helper()
	ok[dynamodb.PutItemOutput](s)(s.tables.PutItem(s.ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}}))
}

func (s *stage) deleteTable(name string) {
	s.Helper()
	ok[dynamodb.DeleteTableOutput](s)(s.tables.DeleteTable(s.ctx, &dynamodb.DeleteTableInput{TableName: &name}))
	s.tell("delete table %s", name)
}

// view is an estate as collected over the wire, with the coverage of each table by name.
type view struct {
	unit  *estate.Unit
	cover map[string]*protection.Coverage
}

// look collects everything and covers every table.
func (s *stage) look() view {
	s.Helper()
	session, err := awsapi.Open(s.ctx, awsapi.Options{EndpointURL: s.sim.URL, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, MaxAttempts: 1})
	if err != nil {
		s.Fatalf("open session: %v", err)
	}
	defer session.Close()
	e, err := collect.Collect(s.ctx, session, collect.Options{})
	if err != nil {
		s.Fatalf("collect: %v", err)
	}
	index := protection.NewIndexes(e)
	v := view{e.Units[0], map[string]*protection.Coverage{}}
	for i := range v.unit.Tables.Items {
		t := &v.unit.Tables.Items[i]
		v.cover[t.Name.Or("?")] = protection.Cover(v.unit, t, index[v.unit])
	}
	return v
}

// decided is a yes or no; a full collection leaves nothing unknown.
func (s *stage) decided(what string, a protection.Answer[bool]) bool {
	s.Helper()
	v, known := a.Get()
	if !known && !a.IsAbsent() {
		s.disagree("%s is unknown after a full collection: %s (%+v)", what, a.Why, a.Basis)
	}
	return v
}
