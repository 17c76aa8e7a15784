package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/terminal"
)

// csvWriter writes one finding a line, for spreadsheets.
type csvWriter struct {
	w   *bufio.Writer
	err error
}

// NewCSV writes one finding a line under a line of column names, every cell quoted (RFC 4180, with line feeds). A cell that a
// spreadsheet would take for a formula begins with an apostrophe.
func NewCSV(w io.Writer) Writer { return &csvWriter{w: bufio.NewWriter(w)} }

func csvColumns() []string {
	return []string{"verdict", "severity", "control", "title", "resource_type", "resource", "account", "region", "arn", "reason", "remedy",
		"muted", "attested", "exception", "baseline", "objective", "frameworks", "file", "line", "address", "fingerprint"}
}

func (c *csvWriter) Begin(Head) error {
	c.line(csvColumns())
	return c.err
}

func (c *csvWriter) Finding(e Entry) error {
	file, line := "", ""
	if e.Location != nil {
		file, line = e.Location.File, strconv.Itoa(e.Location.Line)
	}
	r := e.Resource
	c.line([]string{string(e.Verdict), string(e.Severity), e.Control, e.Title, string(r.Type), r.Name, r.Account, r.Region, r.ARN, e.Reason, e.Remedy,
		strconv.FormatBool(e.Muted), strconv.FormatBool(e.Attestation != nil), e.covered(), string(e.Baseline), wanted(e), strings.Join(requirements(e), "; "), file, line, e.Address, e.Fingerprint})
	return c.err
}

func (c *csvWriter) End(Tail) error {
	if c.err != nil {
		return c.err
	}
	return c.w.Flush()
}

func (c *csvWriter) line(cells []string) {
	for i, cell := range cells {
		if i > 0 {
			c.text(",")
		}
		c.text(`"` + strings.ReplaceAll(csvCell(cell), `"`, `""`) + `"`)
	}
	c.text("\n")
}

func (c *csvWriter) text(s string) {
	if c.err == nil {
		_, c.err = c.w.WriteString(s)
	}
}

// csvCell keeps other people's text from being a formula (https://owasp.org/www-community/attacks/CSV_Injection).
func csvCell(s string) string {
	s = terminal.Clean(s)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " ")); strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + s
	}
	return s
}
