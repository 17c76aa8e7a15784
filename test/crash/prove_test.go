package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/remedy"
)

// proofSpeed lets a backup job, which starts within five minutes and takes two, end within half a second.
const proofSpeed = 900

// newProver is a worker whose plan can be proved by one table, orders.
func newProver(t testing.TB) *worker {
	t.Helper()
	w := &worker{server: newServerAt(t, proofSpeed)}
	w.knife = newKnife(t, w.server)
	p, err := remedy.Load(bytes.NewReader(planUnderTest(t, w.server, w.knife.web.URL)))
	if err != nil {
		t.Fatal(err)
	}
	p.Proofs = []remedy.Proof{{Table: "orders", ARN: arnOf("orders"), Region: region, Plan: "restorable-daily", Vault: newVault, RoleARN: roleNamed("service-role/" + newRole), Actions: []string{"a9"}}}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	w.plan = b.Bytes()
	return w
}

// ordersJobs counts the backup jobs of the table that is proved.
func (s *scene) ordersJobs() int {
	as := s.server.Assembly()
	n := 0
	as.World.Do(func() {
		arn := arnOf("orders")
		c := &camera{t: s.t, hand: inside.New(as)}
		n = len(asked[backup.ListBackupJobsOutput](c, "backup", &backup.ListBackupJobsInput{ByResourceArn: &arn}).BackupJobs)
	})
	return n
}

// TestAKilledProofGoesOnWithItsJob kills apply --prove at each of its first requests after the actions, and demands one job in the end. Without the whole
// series only the request that starts the job is tried.
func TestAKilledProofGoesOnWithItsJob(t *testing.T) {
	w := newProver(t)
	s := w.scene(t)
	if e := s.apply(calm()); e.code != 0 {
		t.Fatalf("apply: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
	}
	const requests, starts = 6, 3 // who we are, jobs under way, start, what became of it at least twice, the recovery point
	struck := 0
	for n := 1; n <= requests; n++ {
		for _, when := range []moment{before, after} {
			if !everything() && n != starts {
				continue
			}
			struck++
			t.Run(fmt.Sprintf("request %d, %s", n, when), func(t *testing.T) { killedProof(t, w, n, when) })
		}
	}
	fmt.Printf("crash: %d kill points of proofs\n", struck)
}

func killedProof(t *testing.T, w *worker, n int, when moment) {
	s := w.scene(t)
	if e := s.apply(calm()); e.code != 0 {
		t.Fatalf("apply: exit code %d\n%s%s", e.code, e.stdout, e.stderr)
	}
	run := s.run()
	b := blow{at: w.goingOn(s, run) + n, when: when, how: syscall.SIGKILL, concurrency: 1}
	b.struck(t, s, s.act(b, "apply", "--resume", run, "--prove"))
	result := s.folder + "/result.json"
	e := s.act(calm(), "apply", "--resume", run, "--prove", "-o", "json="+result)
	if e.code != 0 {
		t.Errorf("prove again: exit code %d\n%s%s\njournal:\n%s", e.code, e.stdout, e.stderr, strings.Join(s.lines(), ""))
	}
	if jobs := s.ordersJobs(); jobs != 1 {
		t.Errorf("%d jobs, want one\njournal:\n%s", jobs, strings.Join(s.lines(), ""))
	}
	var said struct {
		Proofs struct {
			Tables []struct{ Table, Outcome string }
		}
	}
	raw, err := os.ReadFile(result)
	if err == nil {
		err = json.Unmarshal(raw, &said)
	}
	if err != nil || len(said.Proofs.Tables) != 1 || said.Proofs.Tables[0].Outcome != "proven" {
		t.Errorf("result %+v, %v", said, err)
	}
	s.wantState("done")
}

// goingOn is how many requests it takes to go on with a run in which everything is done.
func (w *worker) goingOn(s *scene, run string) int {
	if e := s.act(calm(), "apply", "--resume", run); e.code != 0 {
		s.t.Fatalf("resume: exit code %d\n%s", e.code, e.stderr)
	}
	return w.knife.calls()
}
