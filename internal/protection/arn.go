package protection

import "strings"

// The fields of an ARN, from 0.
const (
	arnPartition = 1
	arnService   = 2
	arnRegion    = 3
	arnAccount   = 4
	arnResource  = 5
)

// arnField returns one field of an ARN, empty where there is none. The last field keeps its colons; those within symbols part no fields.
func arnField(arn string, n int) string {
	for range n {
		at := colon(arn)
		if at < 0 {
			return ""
		}
		arn = arn[at+1:]
	}
	if n == arnResource {
		return arn
	}
	if at := colon(arn); at >= 0 {
		return arn[:at]
	}
	return arn
}

// colon is where the first colon stands that is not within a symbol, ${AWS::Region}; -1 where there is none.
func colon(arn string) int {
	at := strings.IndexByte(arn, ':')
	if at <= 0 || strings.IndexByte(arn[:at], '$') < 0 {
		return at
	}
	inside := false
	for i := range len(arn) {
		switch {
		case strings.HasPrefix(arn[i:], "${"):
			inside = true
		case arn[i] == '}':
			inside = false
		case arn[i] == ':' && !inside:
			return i
		}
	}
	return -1
}

// scope says how much a pattern of Resources names, which decides whether the Region's opt-in is needed
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html).
type scope uint8

const (
	everything scope = iota // "*", or any service: needs the opt-in
	service                 // arn:aws:dynamodb:*: needs the opt-in
	tables                  // a concrete table or a pattern of tables: overrides the opt-in
	otherType               // another service
)

func scopeOf(pattern string) scope {
	s, resource := arnField(pattern, arnService), arnField(pattern, arnResource)
	switch {
	case s == "dynamodb" && strings.HasPrefix(resource, "table/"):
		return tables
	case s == "dynamodb":
		return service
	case s == "" || strings.Contains(s, "*"):
		return everything
	}
	return otherType
}

// wholeType reports whether a pattern names the type itself: every table that its account and Region admit.
func wholeType(pattern string) bool {
	return scopeOf(pattern) == tables && arnField(pattern, arnResource) == "table/*"
}

// tableName is the name in a table's ARN, empty where it is none.
func tableName(arn string) string {
	name, found := strings.CutPrefix(arnField(arn, arnResource), "table/")
	if !found {
		return ""
	}
	return name
}
