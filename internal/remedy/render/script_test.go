package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

// invertible gives the actions of a plan the inverses that planning gives them.
func invertible(t testing.TB, p *remedy.Plan) *remedy.Plan {
	t.Helper()
	for i := range p.Actions {
		a := &p.Actions[i]
		a.Summary = a.Remedy + " " + a.ID
		a.Inverse = inverseOf(a)
	}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	return p
}

func inverseOf(a *remedy.Action) remedy.Inverse {
	c := a.Change
	undo := func(c remedy.Change) remedy.Inverse { return remedy.Inverse{Change: &c} }
	switch {
	case c.PITR != nil:
		return remedy.Inverse{Change: &remedy.Change{PITR: &remedy.PITR{Table: c.PITR.Table}}, Drop: remedy.DropPITR, Loses: "the history"}
	case c.RegionSettings != nil:
		return remedy.Inverse{Change: &remedy.Change{RegionSettings: &remedy.RegionSettings{OptIn: map[string]bool{"DynamoDB": false}}}, Drop: remedy.DropOptIn, Loses: "other plans' tables"}
	case c.Role != nil:
		gone := *c.Role
		gone.Step = remedy.Delete
		return remedy.Inverse{Change: &remedy.Change{Role: &gone}, Drop: remedy.DropRole, Loses: "what works through it"}
	case c.RolePolicy != nil:
		gone := *c.RolePolicy
		gone.Attached = false
		return remedy.Inverse{Change: &remedy.Change{RolePolicy: &gone}, Drop: remedy.DropRole, Loses: "what works through it"}
	case c.Vault != nil:
		gone := *c.Vault
		gone.Step = remedy.Delete
		return undo(remedy.Change{Vault: &gone})
	case c.VaultPolicy != nil:
		return undo(remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: c.VaultPolicy.Vault}})
	case c.VaultLock != nil:
		return undo(remedy.Change{VaultLock: &remedy.VaultLock{Vault: c.VaultLock.Vault}})
	case c.VaultNotifications != nil:
		return undo(remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: c.VaultNotifications.Vault}})
	case c.Plan != nil:
		return undo(remedy.Change{Plan: &remedy.BackupPlan{Step: remedy.Delete, ID: remedy.From(a.ID), Name: c.Plan.Name}})
	case c.PlanRules != nil:
		return undo(remedy.Change{PlanRules: &remedy.PlanRules{Plan: c.PlanRules.Plan, Name: c.PlanRules.Name, Remove: []string{c.PlanRules.Set[0].Name}}})
	case c.Selection != nil:
		gone := *c.Selection
		gone.Step, gone.ID = remedy.Delete, remedy.From(a.ID)
		return undo(remedy.Change{Selection: &gone})
	case c.TableTags != nil:
		var keys []string
		for _, t := range tagList(c.TableTags.Set) {
			keys = append(keys, t["Key"].(string))
		}
		return undo(remedy.Change{TableTags: &remedy.TableTags{Table: c.TableTags.Table, ARN: c.TableTags.ARN, Remove: keys}})
	case c.DeletionProtection != nil:
		return undo(remedy.Change{DeletionProtection: &remedy.DeletionProtection{Table: c.DeletionProtection.Table}})
	case c.TableKey != nil:
		return undo(remedy.Change{TableKey: &remedy.TableKey{Table: c.TableKey.Table, Level: ownedByAWS}})
	case c.TestingPlan != nil:
		gone := *c.TestingPlan
		gone.Step = remedy.Delete
		return undo(remedy.Change{TestingPlan: &gone})
	case c.TestingSelection != nil:
		gone := *c.TestingSelection
		gone.Step = remedy.Delete
		return undo(remedy.Change{TestingSelection: &gone})
	}
	return remedy.Inverse{Loses: "recovery points are never deleted"}
}

func rendered(t testing.TB, p *remedy.Plan, as Route) Rendering {
	t.Helper()
	made, err := Render(p, as, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// inFolder writes the files of a rendering.
func inFolder(t testing.TB, made Rendering) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range made.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func bash(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash on this machine")
	}
	return path
}

func TestScriptsAreGoodBash(t *testing.T) {
	for name, p := range map[string]*remedy.Plan{"small": smallPlan(t), "large": largePlan(t)} {
		t.Run(name, func(t *testing.T) {
			dir := inFolder(t, rendered(t, invertible(t, p), CLI))
			for _, script := range []string{"restorable.sh", "restorable-backout.sh"} {
				if out, err := exec.CommandContext(t.Context(), bash(t), "-n", filepath.Join(dir, script)).CombinedOutput(); err != nil {
					t.Errorf("bash -n %s: %v\n%s", script, err, out)
				}
				lint(t, filepath.Join(dir, script))
			}
		})
	}
}

// lint asks shellcheck where there is one.
func lint(t testing.TB, script string) {
	t.Helper()
	path, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Log("no shellcheck on this machine: not asked")
		return
	}
	if out, err := exec.CommandContext(t.Context(), path, script).CombinedOutput(); err != nil {
		t.Errorf("shellcheck %s: %v\n%s", filepath.Base(script), err, out)
	}
}

// golden compares with a file of testdata; RESTORABLE_GOLDEN=write writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("RESTORABLE_GOLDEN") == "write" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs from what is rendered: look at the difference, then RESTORABLE_GOLDEN=write\n%s", file, firstDifference(string(want), string(got)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want: " + w[i] + "\ngot:  " + g[i]
		}
	}
	return "one is longer"
}
