package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// reader turns the facts of one table into values.
type reader struct {
	t         *estate.Table
	f         Facts
	name, arn string
}

func (r reader) read(s Setting) Value {
	switch s {
	case Keys:
		return one(r, r.t.KeySchema, keyText)
	case Attributes:
		return one(r, r.t.Attributes, attributeText)
	case Global:
		return one(r, r.t.GSIs, indexesText)
	case Local:
		return one(r, r.t.LSIs, indexesText)
	case Encryption:
		return r.encryption()
	case Billing:
		return r.billing()
	case Tags:
		return one(r, r.t.Tags, tagText)
	case Policy:
		return r.policy()
	case Class:
		return one(r, r.t.TableClass, classText)
	}
	return r.readMore(s)
}

func (r reader) readMore(s Setting) Value {
	switch s {
	case Protection:
		return one(r, r.t.DeletionProtection, onText)
	case Stream:
		return r.stream()
	case PITR:
		return r.pitr()
	case Scaling:
		return r.own(one(r, r.t.Scaling, scalingText))
	case Kinesis:
		return one(r, r.t.KinesisStreams, kinesisText)
	case Insights:
		return one(r, r.t.ContributorInsights, insightsText)
	case Alarms:
		return r.alarms()
	case TTL:
		return r.ttl()
	case Replicas:
		return one(r, r.t.Replicas, replicaText)
	}
	return Value{}
}

// one makes a value of a single fact; an absent one is none.
func one[T any](r reader, f estate.Fact[T], text func(T) string) Value {
	if f.IsUnknown() {
		return Value{Why: r.why(f.Source())}
	}
	v, ok := f.Get()
	if !ok {
		return known("")
	}
	return known(text(v))
}

func known(text string) Value {
	if text == "" {
		return Value{Text: None, Known: true}
	}
	return Value{Text: text, Known: true, same: text}
}

func (r reader) why(src estate.Source) string {
	if why := r.f.Why(src); why != "" {
		return why
	}
	return "it could not be read"
}

// own takes the table's own name out of what is compared.
func (r reader) own(v Value) Value {
	if r.name != "" {
		v.same = strings.ReplaceAll(v.same, "table/"+r.name+"/", "table/*/")
		v.same = strings.ReplaceAll(v.same, "table/"+r.name+" ", "table/* ")
	}
	return v
}

func keyText(key []estate.KeyElement) string {
	var parts []string
	for _, k := range key {
		parts = append(parts, k.Attribute+" "+k.Type)
	}
	return strings.Join(parts, ", ")
}

func attributeText(all []estate.Attribute) string {
	var parts []string
	for _, a := range all {
		parts = append(parts, a.Name+" "+a.Type)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func indexesText(all []estate.Index) string {
	var parts []string
	for _, x := range all {
		text := x.Name + " (" + keyText(x.Key) + ") " + x.Projection
		if len(x.NonKey) > 0 {
			text += " " + strings.Join(slices.Sorted(slices.Values(x.NonKey)), ",")
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

func tagText(tags map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if Restorable(k) {
			parts = append(parts, k+"="+tags[k])
		}
	}
	return strings.Join(parts, ", ")
}

// Restorable reports whether a tag can be put on a restored table: AWS reserves keys that begin with aws:, and those that say what this
// program made say it of another table.
func Restorable(key string) bool {
	return !strings.HasPrefix(strings.ToLower(key), "aws:") && !strings.HasPrefix(key, "restorable:")
}

func classText(class string) string {
	if class == "STANDARD" {
		return ""
	}
	return class
}

func onText(on bool) string {
	if on {
		return "on"
	}
	return ""
}

func scalingText(all []estate.ScalingTarget) string {
	var parts []string
	for _, t := range all {
		text := fmt.Sprintf("%s %s %d to %d", t.Resource, strings.TrimPrefix(t.Dimension, "dynamodb:"), t.Min, t.Max)
		for _, p := range t.Policies {
			text += " by " + policyText(p)
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

func policyText(p estate.ScalingPolicy) string {
	text := p.Type + " " + p.Metric + " " + strconv.FormatFloat(p.Target, 'g', -1, 64)
	if p.ScaleInCooldown > 0 || p.ScaleOutCooldown > 0 {
		text += fmt.Sprintf(" cool-down %d/%d s", p.ScaleInCooldown, p.ScaleOutCooldown)
	}
	if p.DisableScaleIn {
		text += " out only"
	}
	return text
}

func kinesisText(all []estate.KinesisStream) string {
	var parts []string
	for _, s := range all {
		if s.Status == "DISABLED" || s.Status == "DISABLING" || s.Status == "ENABLE_FAILED" {
			continue
		}
		text := s.ARN
		if s.Precision != "" && s.Precision != "MILLISECOND" {
			text += " " + s.Precision
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func insightsText(status string) string {
	if status == "ENABLED" || status == "ENABLING" {
		return "on"
	}
	return ""
}

func replicaText(all []estate.Replica) string {
	var parts []string
	for _, r := range all {
		parts = append(parts, r.Region)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// billing: the mode, and what goes with it. Index capacities belong to it.
func (r reader) billing() Value {
	mode, ok := r.t.BillingMode.Get()
	if !ok {
		return Value{Why: r.why(r.t.BillingMode.Source())}
	}
	if mode != "PROVISIONED" {
		text := "on demand"
		for _, m := range []struct {
			fact estate.Fact[int64]
			name string
		}{{r.t.MaxReadRequests, " reads"}, {r.t.MaxWriteRequests, " writes"}} {
			if n, ok := m.fact.Get(); ok {
				text += fmt.Sprintf(", at most %d%s/s", n, m.name)
			}
		}
		return known(text)
	}
	read, ok1 := r.t.ReadCapacity.Get()
	write, ok2 := r.t.WriteCapacity.Get()
	if !ok1 || !ok2 {
		return Value{Why: r.why(r.t.ReadCapacity.Source())}
	}
	return known(fmt.Sprintf("provisioned %d/%d", read, write))
}

func (r reader) stream() Value {
	on, ok := r.t.StreamEnabled.Get()
	if !ok && r.t.StreamEnabled.IsUnknown() {
		return Value{Why: r.why(r.t.StreamEnabled.Source())}
	}
	if !on {
		return known("")
	}
	return known(r.t.StreamView.Or("on"))
}

func (r reader) pitr() Value {
	status, ok := r.t.PITRStatus.Get()
	if !ok {
		return Value{Why: r.why(r.t.PITRStatus.Source())}
	}
	if status != "ENABLED" {
		return known("")
	}
	days, ok := r.t.PITRPeriodDays.Get()
	if !ok {
		days = 35
	}
	return known(fmt.Sprintf("%d days", days))
}

func (r reader) ttl() Value {
	status, ok := r.t.TTLStatus.Get()
	if !ok {
		if r.t.TTLStatus.IsAbsent() {
			return known("")
		}
		return Value{Why: r.why(r.t.TTLStatus.Source())}
	}
	if status != "ENABLED" && status != "ENABLING" {
		return known("")
	}
	return known("by " + r.t.TTLAttribute.Or("?"))
}

// policy: a policy names its table; what is compared names none, and its JSON is written one way.
func (r reader) policy() Value {
	v := one(r, r.t.ResourcePolicy, func(s string) string { return s })
	if !v.Known || v.same == "" {
		return v
	}
	v.same = canonical(Renamed(v.same, r.arn, "arn:table"))
	v.Text = fmt.Sprintf("a policy of %d bytes", len(v.Text))
	return v
}

func canonical(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(raw)
}

// Renamed writes a text about one table for another: ARNs that name the table itself, its indexes or its streams, and no table whose name only
// begins alike.
func Renamed(text, from, to string) string {
	if from == "" {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, from)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := i + len(from)
		b.WriteString(text[:i])
		if end < len(text) && inName(text[end]) {
			b.WriteString(from)
		} else {
			b.WriteString(to)
		}
		text = text[end:]
	}
}

// inName reports whether a table's name could go on with this character.
func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

// SameJSON reports whether two texts are the same JSON, however written.
func SameJSON(a, b string) bool { return canonical(a) == canonical(b) }
