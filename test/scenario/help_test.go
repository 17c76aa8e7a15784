package scenario

import (
	"regexp"
	"strings"
	"testing"
)

// subcommand is a line of "Available Commands".
var subcommand = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`)

var (
	usage        = regexp.MustCompile(`(?s)\nUsage:\n.*?\n\n`)
	exampleLine  = regexp.MustCompile(`(?m)^ {2,}restorable `)
	undocumented = regexp.MustCompile(`^ +(-\w, )?--[a-z-]+( \w+)?$`)
)

// TestEveryCommandExplainsItself: a short text, an example that begins with the program's name, every flag with a
// description, and the exit codes.
func TestEveryCommandExplainsItself(t *testing.T) {
	sequential(t)
	seen := 0
	var walk func(path []string)
	walk = func(path []string) {
		seen++
		out, err := program(t, "http://127.0.0.1:1", append(path, "--help")...).Output()
		name, text := strings.Join(append([]string{"restorable"}, path...), " "), string(out)
		if err != nil || !strings.Contains(text, "Exit codes:") {
			t.Errorf("%s --help: %v: %s", name, err, text)
		}
		if !exampleLine.MatchString(usage.ReplaceAllString(text, "")) {
			t.Errorf("%s --help shows no example", name)
		}
		for _, line := range strings.Split(text, "\n") {
			if undocumented.MatchString(line) {
				t.Errorf("%s --help does not say what %s is for", name, strings.TrimSpace(line))
			}
		}
		_, list, _ := strings.Cut(text, "Available Commands:")
		list, _, _ = strings.Cut(list, "\n\n")
		for _, m := range subcommand.FindAllStringSubmatch(list, -1) {
			if m[1] != "completion" && m[1] != "help" { // made, with their texts, by the library
				walk(append(path[:len(path):len(path)], m[1]))
			}
		}
	}
	walk(nil)
	if seen < 15 {
		t.Errorf("only %d commands found", seen)
	}
}

func TestCompletionForEveryShell(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out, err := program(t, "http://127.0.0.1:1", "completion", shell).Output(); err != nil || !strings.Contains(string(out), "restorable") {
			t.Errorf("%s: %v", shell, err)
		}
	}
}
