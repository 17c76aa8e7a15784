package iampolicy

// Trusts answers whether a role's trust policy lets a service such as "backup.amazonaws.com" assume the role.
// Conditions on keys that a service fills in, aws:SourceAccount for one, make the answer Maybe.
func Trusts(doc *Document, servicePrincipal string) Answer {
	return TrustsWith(doc, servicePrincipal, Request{}).Answer
}

// TrustsWith is Trusts for a service that is known to send the condition keys of r.Context.
func TrustsWith(doc *Document, servicePrincipal string, r Request) Decision {
	r.Action = "sts:AssumeRole"
	r.Principal = Principal{Service: servicePrincipal}
	return Evaluate(r, Policies{Resource: &Named{Name: "trust policy", Document: doc}, ResourceDecides: true})
}
