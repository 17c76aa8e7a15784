package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lay writes the files that a document shows: blocks whose first line is the comment "# file: NAME". Whoever follows the document has them.
func (r *reader) lay(t *testing.T, text string) {
	t.Helper()
	for name, content := range filesIn(text) {
		path := filepath.Join(r.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func filesIn(text string) map[string]string {
	files := map[string]string{}
	name, fenced := "", false
	for _, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(line, "```")
		switch file, is := strings.CutPrefix(line, "# file: "); {
		case fence:
			name, fenced = "", !fenced
		case fenced && is:
			name = file
			files[name] = line + "\n"
		case name != "":
			files[name] += line + "\n"
		}
	}
	return files
}

func TestDocumentsShowFiles(t *testing.T) {
	got := filesIn("text\n# file: none\n```yaml\n# file: a/b.yaml\nx: 1\n```\n```sh\necho\n```\n# file: no\n")
	if len(got) != 1 || got["a/b.yaml"] != "# file: a/b.yaml\nx: 1\n" {
		t.Errorf("got %q", got)
	}
}
