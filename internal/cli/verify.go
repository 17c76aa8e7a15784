package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy/render"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const verifyHelp = `Checks the evidence of a drill with nothing but the file and public keys: the signature, the form,
that nothing in it contradicts itself, and, with --max-age, how old it is. Calls nobody. Any byte
that was changed makes it invalid. Age is judged by this machine's clock: offline there is no other.

  restorable verify orders.drill.json --key drill.key.pub
  restorable verify orders.drill.json --key drill.key.pub --max-age 90d -o html=orders.html

Exit code 0: valid, and the drill passed. 1: it is invalid, unsigned or too old, or the drill did not
pass; the output says which. 7: there is no such file.`

type verifyOptions struct {
	file    string
	keys    []string
	maxAge  string
	outputs []string
}

func (a *app) verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use: "verify EVIDENCE", Short: "Check the evidence of a drill, offline", Long: verifyHelp, Args: exactArgs(1, "an evidence file"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.file = args[0]
			return a.verify(o)
		},
	}
	o.register(cmd.Flags())
	return cmd
}

func (o *verifyOptions) register(f *pflag.FlagSet) {
	f.StringArrayVar(&o.keys, "key", nil, "public key `file` (PEM) to trust; repeatable: every signature must be by one of them")
	f.StringVar(&o.maxAge, "max-age", "", "how old the drill may be, by this machine's clock, for example 90d")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "table, json, markdown or html, with =`FILE`; repeatable")
}

// verification is all that the views show.
type verification struct {
	file   string
	drill  *evidence.Drill // nil: nothing in the file can be relied on
	report evidence.Report
	now    time.Time
}

func (a *app) verify(o verifyOptions) error {
	specs, err := parseOutputsOf(o.outputs, []string{"table", "json", "markdown", "html"})
	if err != nil {
		return err
	}
	maxAge, err := spanFlag("--max-age", o.maxAge)
	if err != nil {
		return err
	}
	var trusted []evidence.PublicKey
	for _, file := range o.keys {
		k, err := readPublicKey(file)
		if err != nil {
			return err
		}
		trusted = append(trusted, k)
	}
	raw, err := readEvidence(o.file)
	if err != nil {
		return err
	}
	v := verification{file: o.file, now: a.now()}
	v.drill, v.report, err = evidence.Verify(raw, trusted, evidence.Options{MaxAge: maxAge, Now: v.now})
	if errors.Is(err, evidence.ErrNoKeys) {
		return &complaint{code: exitUsage, summary: o.file + " is signed, and no public key was given to check it with", err: err,
			detail: fmt.Sprintf("it says that key %s signed it", v.report.Claims[0]), hint: "restorable verify " + render.ShellWord(o.file) + " --key FILE.pub"}
	}
	for _, s := range specs {
		if err := a.writeVerification(s, v); err != nil {
			return err
		}
	}
	return ended(v.code())
}

// code is decided by what the file is worth and how the drill ended.
func (v verification) code() int {
	if v.report.Good(v.drill) {
		return exitClean
	}
	return exitFindings
}

// spanFlag reads a length of time such as 90d; empty is none.
func spanFlag(flag, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := objective.ParseSpan(text)
	if err != nil {
		return 0, misuse(flag+" 90d", "%s %q: %v", flag, text, err)
	}
	if d <= 0 {
		return 0, misuse(flag+" 90d", "%s %q: want more than nothing", flag, text)
	}
	return d, nil
}

// readEvidence reads the file, and no more of a larger one than tells. The error is a complaint.
func readEvidence(file string) ([]byte, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &complaint{code: exitNothing, summary: file + ": no such file", hint: "restorable drill TABLE --evidence FILE makes one", err: err}
	}
	if err != nil {
		return nil, misuse("check the name and who may read it", "%s cannot be read: %s", file, plainCause(err))
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, evidence.SizeLimit+1))
	if err != nil {
		return nil, misuse("check the name and who may read it", "%s cannot be read: %s", file, plainCause(err))
	}
	return raw, nil
}
