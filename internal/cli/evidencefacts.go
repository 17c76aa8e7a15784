package cli

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/pflag"
)

// evidenceSource is evidence of drills that was made elsewhere, and the public keys that its signatures must be by.
type evidenceSource struct {
	paths []string
	keys  []string
}

func (o *evidenceSource) register(f *pflag.FlagSet) {
	f.StringArrayVar(&o.paths, "evidence", nil, "signed evidence of drills, a `file` or a folder of them, to be counted too; repeatable")
	f.StringArrayVar(&o.keys, "evidence-key", nil, "public key `file` (PEM) that --evidence must be signed by; repeatable")
}

// provenDrill is a drill of an evidence file that was verified.
type provenDrill struct {
	file  string
	keyID string
	drill *evidence.Drill
}

// provenDrills verifies the evidence that the user names. What cannot be verified is told of, and counts for nothing.
func (a *app) provenDrills(o evidenceSource) ([]provenDrill, error) {
	if len(o.paths) == 0 {
		if len(o.keys) > 0 {
			return nil, misuse("--evidence FILE|FOLDER", "--evidence-key is for --evidence, and there is none")
		}
		return nil, nil
	}
	if len(o.keys) == 0 {
		return nil, misuse("--evidence-key FILE.pub", "--evidence counts only where a key that you trust signed it, and none was given")
	}
	var trusted []evidence.PublicKey
	for _, file := range o.keys {
		k, err := readPublicKey(file)
		if err != nil {
			return nil, err
		}
		trusted = append(trusted, k)
	}
	var out []provenDrill
	for _, path := range o.paths {
		files, err := evidenceFiles(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			proven, err := a.provenDrill(file, trusted)
			if err != nil {
				return nil, err
			}
			if proven.drill != nil {
				out = append(out, proven)
			}
		}
	}
	return out, nil
}

// evidenceFiles are the files that a path stands for: itself, or the JSON files in the folder.
func evidenceFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, &complaint{code: exitNothing, summary: "--evidence " + path + ": no such file or folder", hint: "restorable drill TABLE --key KEY --evidence FILE makes one", err: err}
	case err != nil:
		return nil, misuse("check the name and who may read it", "%s cannot be read: %s", path, plainCause(err))
	case !info.IsDir():
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, misuse("check who may read it", "%s cannot be read: %s", path, plainCause(err))
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			out = append(out, filepath.Join(path, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, &complaint{code: exitNothing, summary: "--evidence " + path + ": holds no .json file", hint: "name the folder that drills wrote their evidence to"}
	}
	return out, nil
}

func (a *app) provenDrill(file string, trusted []evidence.PublicKey) (provenDrill, error) {
	raw, err := readEvidence(file)
	if err != nil {
		return provenDrill{}, err
	}
	d, report, err := evidence.Verify(raw, trusted, evidence.Options{Now: a.now()})
	if err != nil {
		return provenDrill{}, err
	}
	if d == nil || report.Status != evidence.StatusValid || len(report.SignedBy) == 0 {
		a.note("%s does not count: %s", terminal.Clean(file), terminal.Clean(report.Reason))
		return provenDrill{}, nil
	}
	return provenDrill{file, report.SignedBy[0].KeyID, d}, nil
}

// addProven gives each drill to the unit of its table. One that was done elsewhere than where the estate comes from proves nothing here.
func (a *app) addProven(es *estate.Estate, proven []provenDrill, endpoint string) {
	for _, p := range proven {
		if p.drill.Endpoint != endpoint {
			a.note("%s does not count: its drill was done at %s, and this is %s", terminal.Clean(p.file), terminal.Clean(cmp.Or(p.drill.Endpoint, "AWS")), cmp.Or(endpoint, "AWS"))
			continue
		}
		i := slices.IndexFunc(es.Units, func(u *estate.Unit) bool {
			return u.Account.Or("") == p.drill.Source.Account && u.Region.Or("") == p.drill.Source.Region && p.drill.Source.Account != ""
		})
		if i < 0 {
			a.note("%s does not count: account %s in %s is not looked at", terminal.Clean(p.file), terminal.Clean(p.drill.Source.Account), terminal.Clean(p.drill.Source.Region))
			continue
		}
		p.addTo(es.Units[i])
	}
}

// addTo adds the drill, or vouches for the one that the store already told of.
func (p provenDrill) addTo(u *estate.Unit) {
	src := u.Record(estate.Provenance{Operation: "restorable:evidence", Resource: p.drill.ID, File: p.file, ObservedAt: p.drill.Times.Finished})
	fact := p.fact(src)
	if i := slices.IndexFunc(u.Drills.Items, func(d estate.Drill) bool { return d.ID == p.drill.ID }); i >= 0 {
		u.Drills.Items[i] = fact
		return
	}
	u.Drills.Items = append(u.Drills.Items, fact)
}

func (p provenDrill) fact(src estate.Source) estate.Drill {
	d := p.drill
	out := estate.Drill{
		ID: d.ID, TableARN: orAbsent(d.Source.ARN, src), TableID: orAbsent(d.Source.TableID, src), FinishedAt: estate.KnownFact(d.Times.Finished, src),
		Outcome: estate.KnownFact(estate.DrillInconclusive, src), Restored: estate.KnownFact(d.Times.Active != 0, src), Compared: estate.KnownFact(false, src),
		ActiveSeconds: reached(d.Times.Active, d.Times.ActiveSeconds, src), CompleteSeconds: reached(d.Times.Completed, d.Times.CompleteSeconds, src),
		Method: estate.AbsentFact[string](src), Way: orAbsent(string(d.Point.Kind), src), Evidence: estate.KnownFact(p.file, src), SignedBy: estate.KnownFact(p.keyID, src),
	}
	switch d.Verdict {
	case evidence.Passed:
		out.Outcome = estate.KnownFact(estate.DrillPassed, src)
	case evidence.Failed:
		out.Outcome = estate.KnownFact(estate.DrillFailed, src)
	}
	if d.Items != nil {
		out.Compared, out.Method = estate.KnownFact(d.Items.Method != evidence.Nothing, src), orAbsent(string(d.Items.Method), src)
	}
	return out
}

func reached(at estate.Instant, seconds float64, src estate.Source) estate.Fact[int64] {
	if at == 0 {
		return estate.AbsentFact[int64](src)
	}
	return estate.KnownFact(int64(seconds), src)
}
