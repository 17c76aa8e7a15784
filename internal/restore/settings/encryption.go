package settings

// strength orders keys by who may use and withdraw them.
type strength int

const (
	unknownKey  strength = iota
	ownedKey             // the AWS-owned key
	managedKey           // AWS manages it in the account
	customerKey          // a customer's own
)

func (s strength) String() string {
	switch s {
	case ownedKey:
		return "the AWS-owned key"
	case managedKey:
		return "the key that AWS manages"
	case customerKey:
		return "a key of the account"
	}
	return "a key of which is not known who manages it"
}

// strength: a table without a KMS key is encrypted with the AWS-owned one. Who manages a KMS key is only known from KMS; not known counts
// as a customer's, so that nothing weaker is taken for as strong.
func (r reader) strength() strength {
	if r.t.SSEType.IsUnknown() {
		return unknownKey
	}
	if r.t.SSEType.Or("") != "KMS" {
		return ownedKey
	}
	if r.f.KeyManager == "AWS" {
		return managedKey
	}
	return customerKey
}

func (r reader) encryption() Value {
	if r.t.SSEType.IsUnknown() {
		return Value{Why: r.why(r.t.SSEType.Source())}
	}
	s := r.strength()
	if s == ownedKey {
		return known(s.String())
	}
	key, ok := r.t.KeyARN.Get()
	if !ok {
		return Value{Why: r.why(r.t.KeyARN.Source())}
	}
	v := known(s.String() + ", " + key)
	v.same = key
	return v
}

// Weaker reports whether a key would protect a restored table less than its source; known is false when the source's is not known.
func (s Settings) Weaker(level string) (weaker, known bool) {
	to := map[string]strength{"aws-owned": ownedKey, "aws-managed": managedKey}[level]
	if to == unknownKey {
		to = customerKey
	}
	return to < s.strength, s.strength != unknownKey
}

// Key is the level of the table's encryption, aws-owned, aws-managed or customer, and the key's ARN; an empty level is not known.
func (s Settings) Key() (level, arn string) {
	switch s.strength {
	case ownedKey:
		return "aws-owned", ""
	case managedKey:
		return "aws-managed", s.key
	case customerKey:
		return "customer", s.key
	}
	return "", ""
}
