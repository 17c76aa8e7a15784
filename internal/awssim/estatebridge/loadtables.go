package estatebridge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	aas "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// loadTables makes the tables, without items, and DynamoDB's own backups.
func (l *loader) loadTables(sc world.Scope, u *estate.Unit) error {
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		if t.Status.Or("") == "DELETING" {
			l.say("%s: table %s was being deleted; it does not exist here", place(sc), t.Name.Or(""))
			continue
		}
		if err := l.DynamoDB.Import(sc, l.table(sc, t)); err != nil {
			return fmt.Errorf("load table %s: %w", t.ID, err)
		}
	}
	for i := range u.Backups.Items {
		if err := l.nativeBackup(sc, &u.Backups.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// assumed notes which of the facts that matter are not known.
func (l *loader) assumed(sc world.Scope, t *estate.Table) {
	for _, f := range []struct {
		unknown bool
		what    string
	}{
		{!t.KeySchema.IsKnown() || !t.Attributes.IsKnown(), "keys or their types (assumed: a partition key id; strings)"},
		{t.Tags.IsUnknown(), "tags (assumed: none)"},
		{t.PITRStatus.IsUnknown(), "point-in-time recovery (assumed: off)"},
		{t.DeletionProtection.IsUnknown(), "deletion protection (assumed: off)"},
		{t.SSEType.IsUnknown(), "encryption (assumed: the AWS-owned key)"},
		{t.TableID.IsUnknown(), "TableId (assumed: a new one)"},
		{t.CreatedAt.IsUnknown(), "time of creation (assumed: now)"},
	} {
		if f.unknown {
			l.say("%s: table %s: not known: %s", place(sc), t.Name.Or(""), f.what)
		}
	}
}

func (l *loader) table(sc world.Scope, t *estate.Table) dynamodb.TableSettings {
	l.assumed(sc, t)
	out := dynamodb.TableSettings{
		Name: t.Name.Or(""), ID: t.TableID.Or(""), CreatedAt: moment(t.CreatedAt), BillingMode: types.BillingMode(t.BillingMode.Or("")),
		KeyARN: t.KeyARN.Or(""), StreamARN: t.StreamARN.Or(""), TableClass: types.TableClass(t.TableClass.Or("")), DeletionProtection: t.DeletionProtection.Or(false),
		Tags: t.Tags.Or(nil), Policy: t.ResourcePolicy.Or(""), SizeBytes: t.SizeBytes.Or(0), ItemCount: t.ItemCount.Or(0), TTLAttribute: ttlAttribute(t),
	}
	schema(&out, t)
	if on, _ := t.StreamEnabled.Get(); on {
		out.Stream = types.StreamViewType(t.StreamView.Or(string(types.StreamViewTypeNewAndOldImages)))
	}
	if t.ReadCapacity.IsKnown() && t.WriteCapacity.IsKnown() {
		out.Throughput = &types.ProvisionedThroughput{ReadCapacityUnits: ptr(t.ReadCapacity), WriteCapacityUnits: ptr(t.WriteCapacity)}
	}
	if t.MaxReadRequests.IsKnown() || t.MaxWriteRequests.IsKnown() {
		out.BillingMode = cmp.Or(out.BillingMode, types.BillingModePayPerRequest) // maxima are for that mode alone
		out.OnDemand = &types.OnDemandThroughput{MaxReadRequestUnits: ptr(t.MaxReadRequests), MaxWriteRequestUnits: ptr(t.MaxWriteRequests)}
	}
	if t.PITRStatus.Or("") == "ENABLED" {
		out.PITR = &dynamodb.PITRSettings{EnabledAt: orElse(moment(t.PITREarliest), l.now), PeriodInDays: int32(t.PITRPeriodDays.Or(0))}
	}
	if status := t.ContributorInsights.Or("DISABLED"); status != "DISABLED" {
		out.Insights = map[string]types.ContributorInsightsStatus{"": types.ContributorInsightsStatus(status)}
	}
	for _, k := range t.KinesisStreams.Or(nil) {
		out.Kinesis = append(out.Kinesis, types.KinesisDataStreamDestination{
			StreamArn: aws.String(k.ARN), DestinationStatus: types.DestinationStatus(k.Status), ApproximateCreationDateTimePrecision: types.ApproximateCreationDateTimePrecision(k.Precision),
		})
	}
	for _, r := range t.Replicas.Or(nil) {
		out.Replicas = append(out.Replicas, r.Region)
	}
	return out
}

func ttlAttribute(t *estate.Table) string {
	if s := t.TTLStatus.Or(""); s == "ENABLED" || s == "ENABLING" {
		return t.TTLAttribute.Or("")
	}
	return ""
}

// schema sets keys and indexes, and the attributes that they use. A key attribute of unknown type is a string.
// Without the table's own key a local index cannot be: it shares the partition key.
func schema(out *dynamodb.TableSettings, t *estate.Table) {
	keys, lsis := t.KeySchema.Or(nil), t.LSIs.Or(nil)
	if len(keys) == 0 {
		keys, lsis = []estate.KeyElement{{Attribute: "id", Type: "HASH"}}, nil
	}
	out.Keys = keySchema(keys)
	used := slices.Clone(keys)
	for _, x := range t.GSIs.Or(nil) {
		used = append(used, x.Key...)
		g := types.GlobalSecondaryIndex{IndexName: aws.String(x.Name), KeySchema: keySchema(x.Key), Projection: projection(x)}
		if x.ReadCapacity > 0 {
			g.ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(x.ReadCapacity), WriteCapacityUnits: aws.Int64(x.WriteCapacity)}
		}
		out.GlobalIndexes = append(out.GlobalIndexes, g)
	}
	for _, x := range lsis {
		used = append(used, x.Key...)
		out.LocalIndexes = append(out.LocalIndexes, types.LocalSecondaryIndex{IndexName: aws.String(x.Name), KeySchema: keySchema(x.Key), Projection: projection(x)})
	}
	out.Attributes = definitions(t.Attributes.Or(nil), used)
}

// definitions are those of the attributes in use, in the order in which the table defines them.
func definitions(attributes []estate.Attribute, used []estate.KeyElement) []types.AttributeDefinition {
	var out []types.AttributeDefinition
	add := func(name, kind string) {
		if !slices.ContainsFunc(out, func(d types.AttributeDefinition) bool { return *d.AttributeName == name }) {
			out = append(out, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeType(kind)})
		}
	}
	for _, a := range attributes {
		if slices.ContainsFunc(used, func(k estate.KeyElement) bool { return k.Attribute == a.Name }) {
			add(a.Name, a.Type)
		}
	}
	for _, k := range used {
		add(k.Attribute, "S")
	}
	return out
}

func keySchema(keys []estate.KeyElement) []types.KeySchemaElement {
	var out []types.KeySchemaElement
	for _, k := range keys {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(k.Attribute), KeyType: types.KeyType(k.Type)})
	}
	return out
}

func projection(x estate.Index) *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(x.Projection), NonKeyAttributes: slices.Clone(x.NonKey)}
}

func (l *loader) nativeBackup(sc world.Scope, b *estate.NativeBackup) error {
	if s := b.Status.Or("AVAILABLE"); s != "AVAILABLE" {
		l.say("%s: backup %s was %s; it does not exist here", place(sc), b.ID, s)
		return nil
	}
	err := l.DynamoDB.ImportBackup(sc, dynamodb.BackupSettings{
		ARN: b.ID, Name: b.Name.Or(""), Type: types.BackupType(b.Type.Or("")), CreatedAt: moment(b.CreatedAt), ExpiresAt: moment(b.ExpiresAt),
		SizeBytes: b.SizeBytes.Or(0), TableID: b.TableID.Or(""),
	})
	if err != nil {
		return fmt.Errorf("load backup %s: %w", b.ID, err)
	}
	return nil
}

// emptyItems is what a recovery point of the table restores here.
func (l *loader) emptyItems(tableARN string) *dynamodb.Snapshot {
	if sn, ok := l.empty[tableARN]; ok {
		return sn
	}
	sc, name, ok := tableOf(tableARN)
	if !ok {
		return nil
	}
	sn := l.DynamoDB.EmptySnapshot(sc, name)
	l.empty[tableARN] = sn
	return sn
}

func tableOf(arn string) (sc world.Scope, name string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "dynamodb" {
		return sc, "", false
	}
	name, ok = strings.CutPrefix(parts[5], "table/")
	return world.Scope{Partition: parts[1], Region: parts[3], Account: parts[4]}, name, ok
}

func tableName(arn estate.Fact[string]) *string {
	if _, name, ok := tableOf(arn.Or("")); ok {
		return &name
	}
	return nil
}

// loadReplicas says which replicas are not in the estate. Those that are were joined while they were made.
func (l *loader) loadReplicas(es *estate.Estate, at []world.Scope) {
	for i, u := range es.Units {
		for j := range u.Tables.Items {
			t := &u.Tables.Items[j]
			for _, r := range t.Replicas.Or(nil) {
				other := at[i]
				other.Region = r.Region
				if _, ok := l.DynamoDB.Lookup(other, t.Name.Or("")); !ok {
					l.say("%s: the replica of table %s in %s is not in the estate; it does not exist here", place(at[i]), t.Name.Or(""), r.Region)
				}
			}
		}
	}
}

// loadSettings registers scaling and alarms.
func (l *loader) loadSettings(sc world.Scope, u *estate.Unit) error {
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		for _, target := range t.Scaling.Or(nil) {
			if err := l.scalingTarget(sc, target); err != nil {
				return fmt.Errorf("load scaling of %s: %w", t.ID, err)
			}
		}
		for _, a := range t.Alarms.Or(nil) {
			in := &cloudwatch.PutMetricAlarmInput{}
			if err := json.Unmarshal([]byte(a.Definition), in); err != nil {
				return fmt.Errorf("load alarm %s of %s: %w", a.Name, t.ID, err)
			}
			if _, err := l.hand.Do(sc, "monitoring", in); err != nil {
				l.say("%s: alarm %s of table %s: %v", place(sc), a.Name, t.Name.Or(""), err)
			}
		}
	}
	return nil
}

func (l *loader) scalingTarget(sc world.Scope, t estate.ScalingTarget) error {
	dimension := scaling.ScalableDimension(t.Dimension)
	_, err := l.hand.Do(sc, "application-autoscaling", &aas.RegisterScalableTargetInput{
		ServiceNamespace: scaling.ServiceNamespaceDynamodb, ResourceId: aws.String(t.Resource), ScalableDimension: dimension,
		MinCapacity: aws.Int32(int32(t.Min)), MaxCapacity: aws.Int32(int32(t.Max)), RoleARN: orNil(t.RoleARN),
	})
	if err != nil {
		return err
	}
	for _, p := range t.Policies {
		_, err := l.hand.Do(sc, "application-autoscaling", &aas.PutScalingPolicyInput{
			ServiceNamespace: scaling.ServiceNamespaceDynamodb, ResourceId: aws.String(t.Resource), ScalableDimension: dimension,
			PolicyName: aws.String(p.Name), PolicyType: scaling.PolicyType(p.Type), TargetTrackingScalingPolicyConfiguration: tracking(p),
		})
		if err != nil {
			l.say("%s: scaling policy %s of %s: %v", place(sc), p.Name, t.Resource, err)
		}
	}
	return nil
}

func tracking(p estate.ScalingPolicy) *scaling.TargetTrackingScalingPolicyConfiguration {
	out := &scaling.TargetTrackingScalingPolicyConfiguration{TargetValue: aws.Float64(p.Target), DisableScaleIn: aws.Bool(p.DisableScaleIn)}
	if p.Metric != "" {
		out.PredefinedMetricSpecification = &scaling.PredefinedMetricSpecification{PredefinedMetricType: scaling.MetricType(p.Metric)}
	}
	if p.ScaleInCooldown > 0 {
		out.ScaleInCooldown = aws.Int32(int32(p.ScaleInCooldown))
	}
	if p.ScaleOutCooldown > 0 {
		out.ScaleOutCooldown = aws.Int32(int32(p.ScaleOutCooldown))
	}
	return out
}
