package item

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// Size is what an item weighs by the rules of "DynamoDB item sizes and formats", in bytes.
func Size(m Item) int {
	total := 0
	for name, v := range m {
		total += len(name) + ValueSize(v)
	}
	return total
}

// ValueSize is the weight of one value without its name.
func ValueSize(v Value) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return number(v.Value).size()
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberBOOL, *types.AttributeValueMemberNULL:
		return 1
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + Size(v.Value)
	case *types.AttributeValueMemberL:
		total := 3 + len(v.Value)
		for _, e := range v.Value {
			total += ValueSize(e)
		}
		return total
	}
	return setSize(v)
}

func setSize(v Value) int {
	total := 0
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		for _, e := range v.Value {
			total += len(e)
		}
	case *types.AttributeValueMemberNS:
		for _, e := range v.Value {
			total += number(e).size()
		}
	case *types.AttributeValueMemberBS:
		for _, e := range v.Value {
			total += len(e)
		}
	}
	return total
}
