package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// awkward is YAML in which it is easy to lose count.
const awkward = "# ${a}: é\r\nA: !Sub |\r\n  text: with a colon\r\n   !Ref x\r\nB: >-\r\n  folded\r\n\r\n  text\r\nC: {d: !Ref x, e: !GetAtt y.z, f: [!Ref AWS::Region, !Sub 'q', {g: h}], i: j}\r\n" +
	"? K\r\n: {l: !If [a, !Ref b, !Ref c], m: \"two\r\n  lines\", n: o}\r\n\"P q\": 'it''s' # !Ref\r\nR:\r\n- !Ref s\r\n- t: !Ref u\r\n  v: !Join ['', [w, !Ref x]]\r\n- - y: z\r\n  - !Ref aa\r\nBB: &cc {dd: !Ref ee, ff: gg}\r\nHH: *cc\r\n" +
	"II: !Sub\r\n  - '${jj}'\r\n  - jj: kk\r\nLL: é !x\r\nMM: {nn: 'é', oo: !Ref 'é', pp: \"\\u00e9\", qq: rr}\r\n"

// wrong are the entries whose key does not stand at the place that they name.
func wrong(n *node, lines []string) []string {
	var out []string
	for _, e := range n.entries {
		if e.pos.Line < 1 || e.pos.Line > len(lines) || e.pos.Column < 1 || e.pos.Column > len([]rune(lines[e.pos.Line-1])) {
			out = append(out, e.key+" at "+e.pos.String())
			continue
		}
		rest := string([]rune(lines[e.pos.Line-1])[e.pos.Column-1:])
		short := "!" + strings.TrimPrefix(e.key, "Fn::")
		if !strings.HasPrefix(strings.TrimLeft(rest, `"'`), e.key) && !strings.HasPrefix(rest, short) {
			out = append(out, e.key+" at "+e.pos.String()+": "+rest)
		}
		out = append(out, wrong(e.value, lines)...)
	}
	for _, item := range n.items {
		out = append(out, wrong(item, lines)...)
	}
	return out
}

func TestEveryKeyStandsWhereItIsSaidTo(t *testing.T) {
	texts := map[string]string{"awkward": awkward, "functions": functions, "with line ends of Unix": strings.ReplaceAll(awkward, "\r\n", "\n")}
	for _, pattern := range []string{"testdata/*.yaml", "testdata/*/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	for name, text := range texts {
		n, err := parse(name, []byte(text))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for _, key := range wrong(n, strings.Split(text, "\n")) {
			t.Errorf("%s", key)
		}
	}
}
