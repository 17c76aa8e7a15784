package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/terminal"
)

// wayView prints the ways back for people.
type wayView struct {
	printer
	found   *waysBack
	aws     awsOptions
	verbose bool
}

func (v wayView) show() {
	w := v.found
	head := "Every way back to " + w.name
	switch {
	case !w.asOf.IsZero():
		head += ", for an incident at " + moment(w.asOf)
	case !w.now.IsZero():
		head += ", at " + moment(w.now)
	}
	v.title(head)
	several := severalTables(w.ways)
	for rest := w.ways; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Table == rest[0].Table {
			n++
		}
		v.incarnation(rest[:n], several)
		rest = rest[n:]
	}
	v.basis()
	if len(w.unknown) == 0 {
		return
	}
	v.section("Could not be looked at, and may hold more")
	for _, u := range w.unknown {
		v.toned("  - ", terminal.Doubtful, unknownText(u))
	}
}

// incarnation shows the ways to one table.
func (v wayView) incarnation(list []ways.Way, several bool) {
	v.section(incarnationText(list[0].Table))
	shown, rest, order := v.fold(list)
	for _, w := range shown {
		v.way(w, several)
	}
	for _, at := range order {
		v.folded(rest[at], several)
	}
}

// basis says once what the estimates rest on; -v says it of each way.
func (v wayView) basis() {
	if v.verbose {
		return
	}
	assumed := false
	for i := range v.found.ways {
		assumed = assumed || v.found.ways[i].Estimate.Assumed
	}
	v.put("")
	if assumed {
		v.toned("", terminal.Faint, "Times are assumed: it is what nearly empty tables took, and AWS promises none. A drill measures it: restorable drill.")
	}
	p := v.found.prices
	source := "list prices of " + p.Region + " of " + p.Date
	if p.Source != price.BuiltIn {
		source = "those of " + p.Source
	}
	v.toned("", terminal.Faint, "Prices are "+source+", for the restore alone; -v shows what they rest on.")
}

func severalTables(list []ways.Way) bool {
	for i := range list {
		if list[i].Table.TableID != list[0].Table.TableID || list[i].Table.ARN != list[0].Table.ARN {
			return true
		}
	}
	return false
}

// incarnationText names the table that ways lead to.
func incarnationText(t ways.Table) string {
	if t.ARN == "" {
		return "Of which table it is, is not known"
	}
	parts := []string{t.ARN}
	if t.TableID != "" {
		parts = append(parts, "id "+t.TableID)
	} else {
		parts = append(parts, "which incarnation is not known")
	}
	if !t.Created.IsZero() {
		parts = append(parts, "created "+moment(t.Created))
	}
	if t.Live {
		return strings.Join(append(parts, "there now"), ", ")
	}
	return strings.Join(append(parts, "not there any more"), ", ")
}

func (v wayView) way(w *ways.Way, several bool) {
	v.toned("  ", terminal.Strong, v.heading(w))
	switch w.Usable {
	case ways.No:
		v.toned("    ", terminal.Bad, "not usable: "+w.Reason)
		return
	case ways.Maybe:
		v.toned("    ", terminal.Doubtful, "not known whether usable: "+w.Reason)
	}
	v.text("    ", strings.Join(append(v.facts(w), "takes "+durationsText(w.Estimate), onceText(w)), " · "))
	if v.verbose {
		v.toned("    ", terminal.Faint, w.Estimate.Basis+". "+w.Estimate.Price.Basis)
	}
	if w.ARN != "" {
		v.lines("    ", shellLine(v.found.command(w, v.aws, several)))
	}
}

func kindText(w *ways.Way) string {
	switch w.Kind {
	case ways.PITR:
		return "point-in-time recovery"
	case ways.Backup:
		return "backup " + w.Name
	case ways.SystemBackup:
		return "system backup, made when the table was deleted"
	case ways.Copy:
		return "copy in vault " + w.Vault + " of " + w.Region + ", account " + w.Account
	}
	return "recovery point in vault " + w.Vault + " of " + w.Region
}

// heading is the span or the moment, how old it is, and what holds it.
func (v wayView) heading(w *ways.Way) string {
	switch {
	case w.Kind == ways.PITR && (w.From.IsZero() || w.To.IsZero()):
		return "Point-in-time recovery"
	case w.Kind == ways.PITR:
		return "Any second from " + toTheSecond(w.From) + " to " + toTheSecond(w.To) + ", " + kindText(w)
	case w.At.IsZero():
		return "Of a moment that is not known, " + kindText(w)
	}
	text := moment(w.At)
	if age := v.found.now.Sub(w.At); !v.found.now.IsZero() && age >= 0 {
		text += " (" + roughly(age) + " old)"
	}
	return text + ", " + kindText(w)
}

func (v wayView) facts(w *ways.Way) []string {
	out := []string{v.lossText(w), v.keyText(w)}
	if w.Status != "" {
		out = append(out, w.Status)
	}
	switch w.Cold {
	case ways.Yes:
		out = append(out, "in cold storage")
	case ways.Maybe:
		out = append(out, "cold storage not known")
	}
	if bytes, ok := w.Bytes.Get(); ok {
		out = append(out, bytesText(bytes))
	} else {
		out = append(out, "size not known")
	}
	if w.Kind != ways.PITR {
		out = append(out, expiresText(w.Expires))
	}
	return out
}

// lossText is what would be lost of what was written until now, or until the incident.
func (v wayView) lossText(w *ways.Way) string {
	wanted, until := v.found.now, "now"
	if !v.found.asOf.IsZero() {
		wanted, until = v.found.asOf, "the incident"
		switch w.Good(wanted) {
		case ways.No:
			return "holds nothing from before the incident"
		case ways.Maybe:
			return "may hold the damage: it is within a minute of the incident, or its time is not known"
		}
	}
	loss, ok := w.Loss(wanted)
	switch {
	case wanted.IsZero() || !ok:
		return "what it loses is not known"
	case loss == 0:
		return "loses nothing but the last second"
	}
	return "loses " + roughly(loss) + " until " + until
}

func (v wayView) keyText(w *ways.Way) string {
	text := "key " + w.KeyState
	switch {
	case w.KeyState == ways.KeyUnknown:
		text = "state of the key unknown"
	case w.Key == "":
		return "AWS's own key"
	case w.KeyManager == "AWS":
		text += " (managed by AWS)"
	}
	if v.verbose && w.Key != "" {
		text += ", " + w.Key
	}
	return text
}

func expiresText(at estate.Fact[estate.Instant]) string {
	switch t, ok := at.Get(); {
	case ok:
		return "expires " + moment(t.Time())
	case at.IsAbsent():
		return "never expires"
	}
	return "expiry not known"
}

func durationsText(e ways.Estimate) string {
	text := roughly(e.Least) + " to " + roughly(e.Most)
	if e.Least == e.Most {
		text = roughly(e.Least)
	}
	if e.Open {
		text += " or longer"
	}
	if e.Assumed {
		text += " (assumed)"
	}
	return text
}

func onceText(w *ways.Way) string {
	p := w.Estimate.Price
	if !p.Known && p.Once == 0 {
		return "price not known"
	}
	text := remedy.USD(p.Once)
	if !p.Known {
		text += " and what is not known"
	}
	return text
}

// bytesText is a number of bytes for people.
func bytesText(bytes int64) string {
	value, unit := float64(bytes), "B"
	for _, next := range []string{"KB", "MB", "GB", "TB"} {
		if value < 1024 {
			break
		}
		value, unit = value/1024, next
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

// toTheSecond is a moment for people where its second counts.
func toTheSecond(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// stampOf is a moment as commands and JSON take it.
func stampOf(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// roughly is a duration in its two greatest units: what is finer says nothing.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		d = d.Truncate(time.Hour)
	case d >= time.Hour:
		d = d.Truncate(time.Minute)
	default:
		d = d.Truncate(time.Second)
	}
	return objective.Span(d)
}

// command is the command that goes a way: by PITR to the second before the incident, when one is given.
func (w *waysBack) command(one *ways.Way, aws awsOptions, several bool) []string {
	args := one.Args("")
	if len(w.name) > 4 && strings.HasPrefix(w.name, "arn:") {
		args[2] = w.name
	}
	if one.Kind == ways.PITR && !w.asOf.IsZero() && one.Good(w.asOf) == ways.Yes {
		args = append(args[:len(args)-1], "--as-of", stampOf(w.asOf))
	}
	if one.Kind == ways.PITR && several && one.Table.TableID != "" {
		args = append(args, "--table-id", one.Table.TableID)
	}
	for _, f := range []struct{ name, value string }{{"--profile", aws.profile}, {"--role-arn", aws.roleARN}, {"--external-id", aws.externalID}, {"--endpoint-url", aws.endpoint}} {
		if f.value != "" {
			args = append(args, f.name, f.value)
		}
	}
	if len(aws.accounts) > 0 && one.Account != "" {
		args = append(args, "--accounts", one.Account)
	}
	return args
}
