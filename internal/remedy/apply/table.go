package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// tagsKind sets tags of a table or removes them.
type tagsKind struct{}

func (tagsKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.TableTags
	id, err := j.tableID(ctx, c.Table)
	if err != nil {
		return seen{}, err
	}
	tags := map[string]string{}
	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: &c.ARN}
	for {
		out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.ListTagsOfResource, c.ARN), j.scope.DynamoDB.ListTagsOfResource, in)
		if err != nil {
			return seen{}, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		if aws.ToString(out.NextToken) == "" {
			keys := append(slices.Sorted(maps.Keys(c.Set)), c.Remove...)
			return seen{state: remedy.TableTagsState(id, tags, keys)}, nil
		}
		in.NextToken = out.NextToken
	}
}

// call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
func (tagsKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.TableTags
	if len(c.Remove) > 0 {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UntagTable, c.ARN), j.scope.DynamoDB.UntagResource, &dynamodb.UntagResourceInput{ResourceArn: &c.ARN, TagKeys: c.Remove})
		return made{answer: answer}, err
	}
	in := &dynamodb.TagResourceInput{ResourceArn: &c.ARN}
	for _, k := range slices.Sorted(maps.Keys(c.Set)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String(c.Set[k])})
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.TagTable, c.ARN), j.scope.DynamoDB.TagResource, in)
	return made{answer: answer}, err
}

// protectionKind switches a table's deletion protection.
type protectionKind struct{}

func (protectionKind) observe(ctx context.Context, j *job) (seen, error) {
	t, err := j.table(ctx, j.change.DeletionProtection.Table)
	if err != nil {
		return seen{}, err
	}
	return seen{state: remedy.ProtectionState(aws.ToString(t.TableId), aws.ToBool(t.DeletionProtectionEnabled))}, nil
}

// call: the change must be alone in its request. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
func (protectionKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.DeletionProtection
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UpdateTable, c.Table), j.scope.DynamoDB.UpdateTable, &dynamodb.UpdateTableInput{TableName: &c.Table, DeletionProtectionEnabled: &c.On})
	return made{answer: answer}, err
}

// keyKind changes the key that a table is encrypted with. AWS needs minutes for it, and shows the new key from the beginning.
type keyKind struct{}

func (keyKind) observe(ctx context.Context, j *job) (seen, error) {
	t, err := j.table(ctx, j.change.TableKey.Table)
	if err != nil {
		return seen{}, err
	}
	d := t.SSEDescription
	if d != nil && d.Status == types.SSEStatusUpdating {
		return seen{}, &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.DescribeTable, Resource: aws.ToString(t.TableName)}, Code: "ResourceInUseException",
			Kind: awsapi.KindBusy, Message: "the table is being encrypted anew"}
	}
	key := ""
	if d != nil && d.SSEType == types.SSETypeKms && d.Status != types.SSEStatusDisabled && d.Status != types.SSEStatusDisabling {
		key = aws.ToString(d.KMSMasterKeyArn)
	}
	return seen{state: remedy.TableKeyState(aws.ToString(t.TableId), key)}, nil
}

// done: which key AWS manages for the account is not known before it is in use, so that the plan names none.
func (keyKind) done(s seen, j *job) bool {
	if len(j.after.Moved(s.state)) > 0 {
		return false
	}
	_, named := j.after["key"]
	return named || s.state["key"] != j.before["key"]
}

// call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
func (keyKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.TableKey
	spec := &types.SSESpecification{Enabled: aws.Bool(c.Level != "aws-owned")}
	if *spec.Enabled {
		spec.SSEType, spec.KMSMasterKeyId = types.SSETypeKms, text(c.KeyARN)
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UpdateTable, c.Table), j.scope.DynamoDB.UpdateTable, &dynamodb.UpdateTableInput{TableName: &c.Table, SSESpecification: spec})
	return made{answer: answer}, err
}
