package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Quotas of "Quotas in Amazon DynamoDB".
const (
	maxGlobalIndexes   = 20
	maxLocalIndexes    = 5
	maxProjected       = 100
	maxTableUnits      = 40000
	maxTablesPerRegion = 2500
	maxBusyTables      = 500
	maxRestores        = 50
	maxTags            = 50
)

func wrong(format string, args ...any) error {
	return invalid("One or more parameter values were invalid: "+format, args...)
}

// validateDefinition checks keys, attributes, indexes and capacity together, as CreateTable does.
func validateDefinition(d definition) error {
	if err := validateAttributes(d.attrs); err != nil {
		return err
	}
	if err := validateKeys(d.keys, d); err != nil {
		return err
	}
	if err := validateIndexes(d); err != nil {
		return err
	}
	if err := validateUse(d); err != nil {
		return err
	}
	return validateCapacity(d)
}

func validateAttributes(attrs []types.AttributeDefinition) error {
	seen := map[string]bool{}
	for _, a := range attrs {
		if seen[*a.AttributeName] {
			return invalid("Cannot have two attributes with the same name")
		}
		seen[*a.AttributeName] = true
	}
	return nil
}

func validateKeys(keys []types.KeySchemaElement, d definition) error {
	if len(keys) == 0 || len(keys) > 2 {
		return invalid("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2")
	}
	if keys[0].KeyType != types.KeyTypeHash {
		return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	}
	if len(keys) == 2 {
		if keys[1].KeyType != types.KeyTypeRange {
			return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
		}
		if *keys[0].AttributeName == *keys[1].AttributeName {
			return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
		}
	}
	for _, k := range keys {
		if d.typeOf(*k.AttributeName) == "" {
			return wrong("Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: %s", *k.AttributeName, attributeNames(d.attrs))
		}
	}
	return nil
}

func attributeNames(attrs []types.AttributeDefinition) string {
	var out []string
	for _, a := range attrs {
		out = append(out, *a.AttributeName)
	}
	slices.Sort(out)
	return "[" + strings.Join(out, ", ") + "]"
}

func validateIndexes(d definition) error {
	seen := map[string]bool{}
	global, local, projected := 0, 0, 0
	for _, x := range d.indexes {
		if seen[x.name] {
			return wrong("Duplicate index name: %s", x.name)
		}
		seen[x.name] = true
		if err := validateIndex(x, d); err != nil {
			return err
		}
		projected += len(x.projection.NonKeyAttributes)
		if x.global {
			global++
		} else {
			local++
		}
	}
	switch {
	case global > maxGlobalIndexes:
		return wrong("GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	case local > maxLocalIndexes:
		return wrong("Number of LocalSecondaryIndexes exceeds per-table limit of %d", maxLocalIndexes)
	case projected > maxProjected:
		return wrong("The total number of projected attributes exceeds the limit of %d", maxProjected)
	}
	return nil
}

func validateIndex(x indexDef, d definition) error {
	if err := validName(x.name); err != nil {
		return err
	}
	if err := validateKeys(x.keys, d); err != nil {
		return err
	}
	if err := validateProjection(x); err != nil {
		return err
	}
	if x.global {
		return nil
	}
	return validateLocalIndex(x, d)
}

func validateLocalIndex(x indexDef, d definition) error {
	hash, sort := keyNames(d.keys)
	if sort == "" {
		return wrong("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	}
	h, r := keyNames(x.keys)
	if h != hash {
		return wrong("Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s", x.name, h, hash)
	}
	if r == "" {
		return wrong("Index KeySchema does not have a range key for index: %s", x.name)
	}
	return nil
}

func validateProjection(x indexDef) error {
	n := len(x.projection.NonKeyAttributes)
	switch {
	case x.projection.ProjectionType == "":
		return wrong("Unknown ProjectionType: null")
	case x.projection.ProjectionType == types.ProjectionTypeInclude && n == 0:
		return wrong("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case x.projection.ProjectionType != types.ProjectionTypeInclude && n > 0:
		return wrong("ProjectionType is %s, but NonKeyAttributes is specified", x.projection.ProjectionType)
	}
	return nil
}

// validateUse refuses attribute definitions that no key uses.
func validateUse(d definition) error {
	used := map[string]bool{}
	for _, k := range d.keys {
		used[*k.AttributeName] = true
	}
	for _, x := range d.indexes {
		for _, k := range x.keys {
			used[*k.AttributeName] = true
		}
	}
	if len(used) == len(d.attrs) {
		return nil
	}
	if len(d.indexes) == 0 {
		return wrong("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	return wrong("Some AttributeDefinitions are not used. AttributeDefinitions: %s, keys used: %d", attributeNames(d.attrs), len(used))
}

func validateCapacity(d definition) error {
	if d.billing == types.BillingModePayPerRequest {
		if d.throughput.ReadCapacityUnits != nil || d.throughput.WriteCapacityUnits != nil {
			return wrong("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
		}
		for _, x := range d.indexes {
			if x.throughput.ReadCapacityUnits != nil {
				return wrong("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", x.name)
			}
		}
		return validateOnDemand(d)
	}
	if err := validateUnits(d.throughput, "table"); err != nil {
		return err
	}
	for _, x := range d.indexes {
		if x.global {
			if err := validateUnits(x.throughput, "index: "+x.name); err != nil {
				return err
			}
		}
	}
	if d.onDemand != nil {
		return wrong("OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST")
	}
	return nil
}

func validateOnDemand(d definition) error {
	if d.onDemand == nil {
		return nil
	}
	for _, u := range []*int64{d.onDemand.MaxReadRequestUnits, d.onDemand.MaxWriteRequestUnits} {
		if u != nil && *u != -1 && *u < 1 {
			return wrong("On-demand throughput must be -1 or at least 1")
		}
	}
	return nil
}

func validateUnits(p types.ProvisionedThroughput, of string) error {
	r, w := aws.ToInt64(p.ReadCapacityUnits), aws.ToInt64(p.WriteCapacityUnits)
	if p.ReadCapacityUnits == nil || p.WriteCapacityUnits == nil {
		if of == "table" {
			return wrong("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
		}
		return wrong("ProvisionedThroughput is not specified for %s", of)
	}
	if r < 1 || w < 1 {
		return invalid("1 validation error detected: provisioned throughput of %s must be at least 1", of)
	}
	if r > maxTableUnits || w > maxTableUnits {
		return fail("LimitExceededException", "Subscriber limit exceeded: Provisioned throughput of %s exceeds %d units", of, maxTableUnits)
	}
	return nil
}

func validateStream(spec *types.StreamSpecification) error {
	if spec == nil {
		return nil
	}
	on := aws.ToBool(spec.StreamEnabled)
	if on && spec.StreamViewType == "" {
		return wrong("StreamViewType must be specified when StreamEnabled is true")
	}
	if !on && spec.StreamViewType != "" {
		return wrong("StreamViewType should not be specified when StreamEnabled is false")
	}
	return nil
}
