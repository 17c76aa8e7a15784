package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

func (s *Service) createTable(c *api.Call, in *dynamodb.CreateTableInput) (*dynamodb.CreateTableOutput, error) {
	at, name := address(c.Scope, aws.ToString(in.TableName))
	if at != c.Scope {
		return nil, invalid("TableName must name a table of account %s in %s", c.Account, c.Region)
	}
	def, err := s.requested(c.Scope, name, in)
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if err := s.mayCreate(c.Scope, name); err != nil {
		return nil, err
	}
	t := s.newTable(c.Scope, name, def)
	t.tags, t.everTag = tags, len(tags) > 0
	t.protected = aws.ToBool(in.DeletionProtectionEnabled)
	if in.ResourcePolicy != nil {
		if err := s.setPolicy(t, *in.ResourcePolicy); err != nil {
			return nil, err
		}
	}
	s.enter(t)
	if in.StreamSpecification != nil && aws.ToBool(in.StreamSpecification.StreamEnabled) {
		s.startStream(t, in.StreamSpecification.StreamViewType)
	}
	s.after(t, createTime, func() { s.activate(t) })
	return &dynamodb.CreateTableOutput{TableDescription: s.describe(t)}, nil
}

// requested turns a request into a definition.
func (s *Service) requested(sc world.Scope, name string, in *dynamodb.CreateTableInput) (definition, error) {
	if err := validName(name); err != nil {
		return definition{}, err
	}
	if in.GlobalTableSourceArn != nil || len(in.VectorIndexes) > 0 {
		return definition{}, invalid("CreateTable: the simulator does not implement GlobalTableSourceArn and VectorIndexes")
	}
	if err := emptyIndexLists(in); err != nil {
		return definition{}, err
	}
	d := definition{
		attrs: in.AttributeDefinitions, keys: in.KeySchema, billing: in.BillingMode, onDemand: in.OnDemandThroughput, warm: in.WarmThroughput, class: in.TableClass,
	}
	if d.billing == "" {
		d.billing = types.BillingModeProvisioned
	}
	if in.ProvisionedThroughput != nil {
		d.throughput = *in.ProvisionedThroughput
	}
	for _, x := range in.LocalSecondaryIndexes {
		d.indexes = append(d.indexes, localIndex(x))
	}
	for _, x := range in.GlobalSecondaryIndexes {
		d.indexes = append(d.indexes, globalIndex(x))
	}
	if err := validateDefinition(d); err != nil {
		return d, err
	}
	if err := validateStream(in.StreamSpecification); err != nil {
		return d, err
	}
	var err error
	d.sse, err = s.encryption(sc, in.SSESpecification)
	return d.clone(), err
}

func emptyIndexLists(in *dynamodb.CreateTableInput) error {
	if in.GlobalSecondaryIndexes != nil && len(in.GlobalSecondaryIndexes) == 0 {
		return wrong("List of GlobalSecondaryIndexes is empty")
	}
	if in.LocalSecondaryIndexes != nil && len(in.LocalSecondaryIndexes) == 0 {
		return wrong("List of LocalSecondaryIndexes is empty")
	}
	return nil
}

func localIndex(x types.LocalSecondaryIndex) indexDef {
	d := indexDef{name: aws.ToString(x.IndexName), keys: x.KeySchema}
	if x.Projection != nil {
		d.projection = *x.Projection
	}
	return d
}

func globalIndex(x types.GlobalSecondaryIndex) indexDef {
	d := indexDef{name: aws.ToString(x.IndexName), global: true, keys: x.KeySchema, onDemand: x.OnDemandThroughput, warm: x.WarmThroughput}
	if x.Projection != nil {
		d.projection = *x.Projection
	}
	if x.ProvisionedThroughput != nil {
		d.throughput = *x.ProvisionedThroughput
	}
	return d
}

// encryption resolves an SSE specification: nil and Enabled=false mean the AWS-owned key.
func (s *Service) encryption(sc world.Scope, spec *types.SSESpecification) (sse, error) {
	if spec == nil || !aws.ToBool(spec.Enabled) {
		if spec != nil && spec.KMSMasterKeyId != nil {
			return sse{}, wrong("KMSMasterKeyId cannot be specified when SSE is not enabled")
		}
		return sse{}, nil
	}
	if spec.SSEType == types.SSETypeAes256 {
		return sse{}, wrong("SSEType AES256 is not supported")
	}
	ref := aws.ToString(spec.KMSMasterKeyId)
	if ref == "" {
		ref = "alias/aws/dynamodb"
	}
	key, ok := s.keys.Resolve(sc, ref)
	if !ok {
		return sse{}, wrong("KMS key not found: %s", ref)
	}
	if !s.keys.Encrypts(key) { // DynamoDB takes symmetric keys alone; the wording is assumed
		return sse{}, wrong("KMS key %s is not usable: only symmetric encryption keys are supported", key)
	}
	if state, ok := s.keys.State(key); ok && state != "Enabled" {
		return sse{}, wrong("KMS key %s is not usable: its state is %s", key, state)
	}
	return sse{key}, nil
}

// mayCreate checks that the name is free and the account's quotas leave room.
func (s *Service) mayCreate(sc world.Scope, name string) error {
	r := s.region(sc)
	if old := r.tables[name]; old != nil {
		if old.restoring != nil {
			return fail("ResourceInUseException", "Table is being used: %s", name)
		}
		return fail("ResourceInUseException", "Table already exists: %s", name)
	}
	if err := s.roomForOne(sc.Account); err != nil {
		return err
	}
	if len(r.tables) >= maxTablesPerRegion && !s.opt.LiftQuotas {
		return fail("LimitExceededException", "Subscriber limit exceeded: There is a limit of %d tables per subscriber", maxTablesPerRegion)
	}
	return nil
}

// roomForOne checks the limit of simultaneous control-plane operations.
func (s *Service) roomForOne(account string) error {
	if s.busy[account] >= maxBusyTables && !s.opt.LiftQuotas {
		return fail("LimitExceededException", "Subscriber limit exceeded: Only %d tables can be created, updated, or deleted simultaneously", maxBusyTables)
	}
	return nil
}
