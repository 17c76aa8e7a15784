package inline

import (
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/iac/cfn"
	"github.com/restorable/restorable/internal/iac/remark"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/suggest"
	"github.com/restorable/restorable/internal/yamlfile"
)

// everyControl stands for all controls of the resource.
const everyControl = "*"

const sample = `restorable:ignore pitr-window reason="rebuilt nightly" owner=jane@example.com expires=2026-12-31`

// The members of an exception beside its controls.
const (
	keyControl = "control"
	keyReason  = "reason"
	keyOwner   = "owner"
	keyExpires = "expires"
)

// word is a text and where it stands.
type word struct {
	text string
	at   yamlfile.Place
}

// said is an exception as it is written.
type said struct {
	controls []word
	members  map[string]word
}

// reader reads one remark and notes what is wrong with it.
type reader struct {
	file  *yamlfile.File
	at    yamlfile.Place
	wrong bool
}

func (r *reader) mistake(at yamlfile.Place, hint, format string, args ...any) {
	r.wrong = true
	r.file.Add(at, hint, format, args...)
}

// comment reads a comment; it is false for one that does not speak to this program. What stands behind the sign without a space does, and
// so does what is said to be ignored after one.
func (r *reader) comment(text string, s *said) bool {
	body := strings.TrimLeft(text, "#/* \t\r\n")
	verb, _, begins := strings.Cut(body, remark.Sign)
	if !begins {
		return false
	}
	rest := body[len(verb)+len(remark.Sign):]
	spaced := strings.TrimLeft(rest, " \t")
	command, arguments := head(spaced)
	switch {
	case verb != "" && command == verbIgnore:
		r.mistake(r.at, sample, "%s%s must begin its comment", remark.Sign, verbIgnore)
		return true
	case verb != "" || command != verbIgnore && (spaced != rest || !meant(command)):
		return false
	case command != verbIgnore:
		r.mistake(r.at, sample, "unknown command %s%s", remark.Sign, command)
		return true
	}
	arguments = strings.TrimLeft(arguments, " \t\r\n")
	begin := len(text) - len(arguments)
	w := &words{text: strings.TrimSuffix(strings.TrimRight(arguments, " \t\r\n"), "*/"), line: r.at.Line, column: r.at.Column + len([]rune(text[:begin]))}
	if strings.Contains(text[:begin], "\n") { // a comment over several lines is shown at its beginning
		w.column = r.at.Column
	}
	*s = r.arguments(w)
	return true
}

const verbIgnore = "ignore"

// meant reports whether a command is likely to be one that is misspelt, or another program's word for it.
func meant(command string) bool {
	return suggest.Nearest(command, []string{verbIgnore}) != "" || slices.Contains([]string{"skip", "mute", "suppress", "disable", "ignored", "ignores"}, command)
}

// head cuts a command's letters off.
func head(s string) (command, rest string) {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] == '-' || s[n] == '_') {
		n++
	}
	return s[:n], s[n:]
}

// arguments are controls, then members.
func (r *reader) arguments(w *words) said {
	s := said{members: map[string]word{}}
	for {
		key, value, ok := w.next()
		switch {
		case !ok:
			return s
		case w.open:
			r.mistake(key.at, sample, "the quote of %s is not closed", key.text)
			return s
		case value == nil && len(s.members) > 0:
			r.mistake(key.at, `put a text of several words into quotes, as in reason="rebuilt nightly"`, "%s stands alone", key.text)
		case value == nil:
			s.controls = append(s.controls, key)
		default:
			r.member(&s, key, *value)
		}
	}
}

func (r *reader) member(s *said, key, value word) {
	known := []string{keyReason, keyOwner, keyExpires}
	if _, twice := s.members[key.text]; twice {
		r.mistake(key.at, "", "%s is given twice", key.text)
	} else if !slices.Contains(known, key.text) {
		hint := yamlfile.DidYouMean(key.text, known)
		if hint == "" {
			hint = "known members: " + yamlfile.OneOf(known)
		}
		r.mistake(key.at, hint, "unknown member %s", key.text)
	}
	s.members[key.text] = value
}

// entry reads an entry of Metadata.
func (r *reader) entry(e *cfn.Entry) said {
	s := said{members: map[string]word{}}
	if e.Wrong != "" {
		r.mistake(r.at, "{control: pitr-window, reason: rebuilt nightly, owner: jane@example.com, expires: 2026-12-31}", "%s", e.Wrong)
		return s
	}
	for _, m := range e.Members {
		key := word{m.Key, place(m.At)}
		if m.Key == keyControl {
			for _, v := range m.Values {
				s.controls = append(s.controls, word{v.Text, place(v.At)})
			}
			continue
		}
		if len(m.Values) != 1 {
			r.mistake(key.at, "", "%s is one text", m.Key)
			continue
		}
		r.member(&s, key, word{m.Values[0].Text, place(m.Values[0].At)})
	}
	return s
}

// exception is what is said, when all that must be there is.
func (r *reader) exception(s said) (overlay.Exception, bool) {
	e := overlay.Exception{Kind: overlay.Mute, File: r.file.Name, Line: r.at.Line, Col: r.at.Column}
	if len(s.controls) == 0 {
		r.mistake(r.at, "restorable controls list shows the ids", "an exception must name a control")
	}
	for _, c := range s.controls {
		e.Controls = append(e.Controls, c.text)
	}
	if len(s.controls) > 1 && slices.Contains(e.Controls, everyControl) {
		r.mistake(r.at, "", "* is every control, and stands alone")
	}
	e.Reason = r.required(s, keyReason, "say why the finding may be looked away from")
	e.Owner = r.required(s, keyOwner, "name who answers for it")
	const hint = "write the last day on which it holds, as 2026-12-31"
	if text := r.required(s, keyExpires, hint); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			r.mistake(s.members[keyExpires].at, hint, "%s: %s is no day", keyExpires, text)
		}
		e.Until = day
	}
	return e, !r.wrong
}

func (r *reader) required(s said, key, hint string) string {
	w, ok := s.members[key]
	text := strings.TrimSpace(w.text)
	switch {
	case !ok:
		r.mistake(r.at, hint, "an exception must have the member %s", key)
	case text == "":
		r.mistake(w.at, hint, "%s is empty", key)
	}
	return text
}
