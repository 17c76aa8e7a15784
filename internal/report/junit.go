package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// junitWriter writes a test suite for each resource and a test case for each control. A suite's counts stand at its beginning,
// so that the findings of one resource are held until the next one comes.
type junitWriter struct {
	w     *bufio.Writer
	key   string
	suite []Entry
	err   error
}

// NewJUnit writes JUnit XML as Jenkins and others read it (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd).
// FAIL is a failure and UNKNOWN an error, unless muted or of an info control; what is muted or not applicable is skipped.
func NewJUnit(w io.Writer) Writer { return &junitWriter{w: bufio.NewWriter(w)} }

func (j *junitWriter) Begin(Head) error {
	j.text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"restorable\">\n")
	return j.err
}

func (j *junitWriter) Finding(e Entry) error {
	if key := resourceKey(e); key != j.key {
		j.flush()
		j.key = key
	}
	j.suite = append(j.suite, e)
	return j.err
}

func (j *junitWriter) End(t Tail) error {
	j.flush()
	j.problems(t.Problems)
	j.text("</testsuites>\n")
	if j.err != nil {
		return j.err
	}
	return j.w.Flush()
}

// junitOutcome is what a finding is to a test runner.
type junitOutcome string

const (
	junitPassed  junitOutcome = ""
	junitFailure junitOutcome = "failure"
	junitError   junitOutcome = "error"
	junitSkipped junitOutcome = "skipped"
)

func junitOf(e Entry) junitOutcome {
	switch {
	case e.Verdict == control.NotApplicable, (e.Muted || e.setAside()) && e.Verdict != control.Pass:
		return junitSkipped
	case e.Verdict == control.Pass, !e.Counts():
		return junitPassed
	case e.Verdict == control.Fail:
		return junitFailure
	}
	return junitError
}

func (j *junitWriter) flush() {
	if len(j.suite) == 0 {
		return
	}
	counts := map[junitOutcome]int{}
	for _, e := range j.suite {
		counts[junitOf(e)]++
	}
	first := j.suite[0]
	name := strings.Join(strings.Fields(label(first.Resource)+" "+place(first)), " ")
	j.text(fmt.Sprintf(" <testsuite name=%s tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n",
		xmlAttribute(name), len(j.suite), counts[junitFailure], counts[junitError], counts[junitSkipped]))
	for _, e := range j.suite {
		j.testcase(e)
	}
	j.text(" </testsuite>\n")
	j.suite = j.suite[:0]
}

func (j *junitWriter) testcase(e Entry) {
	r := e.Resource
	parts := []string{"restorable"}
	where := []string{r.Account, r.Region, string(r.Type), r.Name}
	if e.Block != nil { // other templates may declare one of the same name
		where = []string{e.Block.File, r.Region, string(r.Type), e.Address}
	}
	for _, part := range where {
		if part != "" {
			parts = append(parts, part)
		}
	}
	j.text("  <testcase name=" + xmlAttribute(e.Control) + " classname=" + xmlAttribute(strings.Join(parts, ".")))
	outcome := junitOf(e)
	switch {
	case outcome == junitPassed && e.Verdict == control.Pass:
		j.text("/>\n")
	case outcome == junitPassed:
		j.text("><system-out>" + xmlText(verdictWord(e.Verdict)+", for information: "+e.Reason) + "</system-out></testcase>\n")
	case outcome == junitSkipped:
		j.text("><skipped message=" + xmlAttribute(junitWhy(e)) + "/></testcase>\n")
	default:
		j.text(fmt.Sprintf("><%s type=%s message=%s/></testcase>\n", outcome, xmlAttribute(string(e.Severity)), xmlAttribute(e.Reason+e.at())))
	}
}

func junitWhy(e Entry) string {
	if e.Verdict == control.NotApplicable {
		return "not applicable: " + e.Reason
	}
	how := e.covered()
	switch {
	case how != "":
	case e.Muted:
		how = "muted"
	default:
		how = "known from the baseline"
	}
	return how + "; " + verdictWord(e.Verdict) + ": " + e.Reason + e.at()
}

// problems are errors of their own, so that a run that could not read everything does not look whole.
func (j *junitWriter) problems(problems []Problem) {
	if len(problems) == 0 {
		return
	}
	j.text(fmt.Sprintf(" <testsuite name=\"could not be read\" tests=\"%d\" failures=\"0\" errors=\"%[1]d\" skipped=\"0\">\n", len(problems)))
	for _, p := range problems {
		where := strings.Trim(strings.Join([]string{"restorable", p.Account, p.Region}, "."), ".")
		j.text(fmt.Sprintf("  <testcase name=%s classname=%s><error type=%s message=%s/></testcase>\n",
			xmlAttribute(p.Operation), xmlAttribute(where), xmlAttribute(p.Code), xmlAttribute(fmt.Sprintf("%s (%s unknown)", p.Message, terminal.Count(p.Affects, "fact")))))
	}
	j.text(" </testsuite>\n")
}

func (j *junitWriter) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}
