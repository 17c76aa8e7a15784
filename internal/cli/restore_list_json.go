package cli

import (
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/ways"
)

// wayDocument is docs/schemas/ways-v1.schema.json.
type wayDocument struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          toolNamed    `json:"tool"`
	Table         string       `json:"table"` // as asked for
	Now           *string      `json:"now"`
	AsOf          *string      `json:"as_of"`
	Complete      bool         `json:"complete"`
	Ways          []wayJSON    `json:"ways"`
	Unknown       []unseenJSON `json:"unknown"`
}

type toolNamed struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type wayJSON struct {
	Kind        string       `json:"kind"`
	Table       wayTableJSON `json:"table"`
	ARN         string       `json:"arn"`
	Name        *string      `json:"name"`
	Account     string       `json:"account"`
	Region      string       `json:"region"`
	From        *string      `json:"from"`
	To          *string      `json:"to"`
	At          *string      `json:"at"`
	CompletedAt *string      `json:"completed_at"`
	Slack       int64        `json:"consistency_seconds"`
	Age         *int64       `json:"age_seconds"`
	Loss        *int64       `json:"loss_seconds"` // of what was written until now, or until the incident
	Good        *string      `json:"before_incident"`
	Bytes       *int64       `json:"size_bytes"`
	Items       *int64       `json:"items"`
	Vault       *string      `json:"vault"`
	VaultARN    *string      `json:"vault_arn"`
	Key         *string      `json:"key_arn"`
	KeyState    string       `json:"key_state"`
	Cold        string       `json:"cold"`
	Status      *string      `json:"status"`
	Expires     *string      `json:"expires_at"`
	NeverEnds   *bool        `json:"never_expires"`
	Usable      string       `json:"usable"`
	Reason      *string      `json:"reason"`
	Estimate    estimateJSON `json:"estimate"`
	Command     []string     `json:"command"`
}

type wayTableJSON struct {
	Name    string  `json:"name"`
	ARN     string  `json:"arn"`
	TableID *string `json:"table_id"`
	Live    bool    `json:"live"`
	Created *string `json:"created_at"`
}

type estimateJSON struct {
	Least      int64   `json:"least_seconds"`
	Most       int64   `json:"most_seconds"`
	MayBeMore  bool    `json:"may_take_longer"`
	Assumed    bool    `json:"assumed"`
	Basis      string  `json:"basis"`
	USD        float64 `json:"usd"`
	USDKnown   bool    `json:"usd_known"`
	PriceBasis string  `json:"usd_basis"`
}

type unseenJSON struct {
	What      string `json:"what"`
	Account   string `json:"account"`
	Region    string `json:"region"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	Message   string `json:"message"`
}

func waysDocument(w *waysBack, aws awsOptions) wayDocument {
	d := wayDocument{
		SchemaVersion: "1", Tool: toolNamed{"restorable", Version}, Table: w.name, Now: instantOrNull(w.now), AsOf: instantOrNull(w.asOf),
		Complete: len(w.unknown) == 0, Ways: []wayJSON{}, Unknown: []unseenJSON{},
	}
	several := severalTables(w.ways)
	for i := range w.ways {
		one := w.wayJSON(&w.ways[i])
		one.Command = []string{}
		if w.ways[i].ARN != "" && w.ways[i].Usable != ways.No {
			one.Command = w.command(&w.ways[i], aws, several)
		}
		d.Ways = append(d.Ways, one)
	}
	for _, u := range w.unknown {
		d.Unknown = append(d.Unknown, unseenJSON{u.What, u.Account, u.Region, u.Operation, u.Code, u.Message})
	}
	return d
}

func (w *waysBack) wayJSON(one *ways.Way) wayJSON {
	j := wayJSON{
		Kind: string(one.Kind), ARN: one.ARN, Name: textOrNull(one.Name), Account: one.Account, Region: one.Region,
		Table: wayTableJSON{one.Table.Name, one.Table.ARN, textOrNull(one.Table.TableID), one.Table.Live, instantOrNull(one.Table.Created)},
		From:  instantOrNull(one.From), To: instantOrNull(one.To), At: instantOrNull(one.At), CompletedAt: instantOrNull(one.Completed), Slack: wholeSeconds(one.Slack),
		Bytes: numberOrNull(one.Bytes), Items: numberOrNull(one.Items), Vault: textOrNull(one.Vault), VaultARN: textOrNull(one.VaultARN), Key: textOrNull(one.Key), KeyState: one.KeyState,
		Cold: string(one.Cold), Status: textOrNull(one.Status), Usable: string(one.Usable), Reason: textOrNull(one.Reason),
	}
	if t, ok := one.Expires.Get(); ok {
		j.Expires = instantOrNull(t.Time())
	}
	if !one.Expires.IsUnknown() {
		never := one.Expires.IsAbsent()
		j.NeverEnds = &never
	}
	wanted := w.now
	if !w.asOf.IsZero() {
		wanted = w.asOf
		good := string(one.Good(wanted))
		j.Good = &good
	}
	if loss, ok := one.Loss(wanted); ok && !wanted.IsZero() {
		n := wholeSeconds(loss)
		j.Loss = &n
	}
	if !one.At.IsZero() && !w.now.IsZero() {
		n := wholeSeconds(w.now.Sub(one.At))
		j.Age = &n
	}
	e := one.Estimate
	j.Estimate = estimateJSON{wholeSeconds(e.Least), wholeSeconds(e.Most), e.Open, e.Assumed, e.Basis, e.Price.Once, e.Price.Known, e.Price.Basis}
	return j
}

func wholeSeconds(d time.Duration) int64 { return int64(d / time.Second) }

func numberOrNull(f estate.Fact[int64]) *int64 {
	if v, ok := f.Get(); ok {
		return &v
	}
	return nil
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func instantOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return textOrNull(stampOf(t))
}
