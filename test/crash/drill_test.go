package crash

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
)

// drillSpeed lets a restore of some minutes pass in a few hundredths of a second.
const drillSpeed = 6000

// rehearsal is a simulated AWS in which carts is drilled.
type rehearsal struct {
	server *awssim.Server
	knife  *knife
}

func newRehearsal(t testing.TB) *rehearsal {
	r := &rehearsal{server: newServerAt(t, drillSpeed)}
	r.knife = newKnife(t, r.server)
	return r
}

// scene starts the story anew, with some items in carts.
func (r *rehearsal) scene(t testing.TB) *drillScene {
	t.Helper()
	if err := r.server.Reset(); err != nil {
		t.Fatal(err)
	}
	as := r.server.Assembly()
	h := inside.New(as)
	as.World.Do(func() {
		for i := range 5 {
			item := map[string]ddbtypes.AttributeValue{"id": &ddbtypes.AttributeValueMemberS{Value: fmt.Sprint("c-", i)}}
			if _, err := h.Do(scope(), "dynamodb", &dynamodb.PutItemInput{TableName: aws.String("carts"), Item: item}); err != nil {
				t.Fatal(err)
			}
		}
	})
	as.World.Advance(time.Hour)
	return &drillScene{rehearsal: r, t: t, folder: t.TempDir()}
}

type drillScene struct {
	*rehearsal
	t      testing.TB
	folder string
}

func (s *drillScene) act(b blow, args ...string) ended {
	s.t.Helper()
	s.knife.arm(b.at, b.when, b.how)
	return s.knife.run(s.t, s.folder, append(args, "--rates", "off", "--no-progress")...)
}

func (s *drillScene) drill(b blow) ended { return s.act(b, "drill", "carts", "--auto-approve") }

// drilled is a drill as drill list shows it.
type drilled struct{ ID, State, Verdict string }

func (s *drillScene) drills() []drilled {
	s.t.Helper()
	e := s.act(calm(), "drill", "list", "-o", "json")
	var out struct{ Drills []drilled }
	if err := json.Unmarshal([]byte(e.stdout), &out); err != nil || e.code != 0 {
		s.t.Fatalf("drill list: exit code %d, %v\n%s%s", e.code, err, e.stdout, e.stderr)
	}
	return out.Drills
}

// copies are the tables with a drill's name.
func (s *drillScene) copies() []string {
	s.t.Helper()
	as := s.server.Assembly()
	var out []string
	as.World.Do(func() {
		list, err := inside.Ask[dynamodb.ListTablesOutput](inside.New(as), scope(), "dynamodb", &dynamodb.ListTablesInput{})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, name := range list.TableNames {
			if strings.HasPrefix(name, "restorable-drill-") {
				out = append(out, name)
			}
		}
	})
	return out
}

func (s *drillScene) restores() int { return s.server.Calls()["dynamodb:RestoreTableToPointInTime"] }

// TestADrillKilledAnywhere kills a drill before each of its requests and after each of AWS's answers. Going on ends in a verdict, cleaning
// up ends it without one, and neither leaves a table.
func TestADrillKilledAnywhere(t *testing.T) {
	r := newRehearsal(t)
	s := r.scene(t)
	if e := s.drill(calm()); e.code != 0 || len(s.copies()) > 0 {
		t.Fatalf("an undisturbed drill: exit code %d, tables left %v\n%s%s", e.code, s.copies(), e.stdout, e.stderr)
	}
	requests := s.knife.calls()
	t.Logf("a drill makes about %d requests", requests)
	var trials []trial
	for n := 1; n <= requests; n++ {
		for _, when := range []moment{before, after} {
			b := blow{at: n, when: when, how: syscall.SIGKILL, concurrency: 1}
			trials = append(trials, trial{"drill, resume", b.drillOn(r)}, trial{"drill, clean up", b.drillAway(r)})
		}
	}
	for _, one := range spread(trials, 16) {
		t.Run(one.name, func(t *testing.T) { one.run(t, nil, calmly{}) })
	}
}

// TestAComparisonWithAPointKilledAnywhere: drill cleanup finds whatever it left, and nothing counts as a drill.
func TestAComparisonWithAPointKilledAnywhere(t *testing.T) {
	r := newRehearsal(t)
	s := r.scene(t)
	compare := []string{"compare", "carts", "carts@latest", "--auto-approve"}
	if e := s.act(calm(), compare...); e.code != 0 || len(s.copies()) > 0 {
		t.Fatalf("an undisturbed comparison: exit code %d, tables left %v\n%s%s", e.code, s.copies(), e.stdout, e.stderr)
	}
	requests := s.knife.calls()
	t.Logf("a comparison with a point makes about %d requests", requests)
	var trials []trial
	for n := 1; n <= requests; n++ {
		for _, when := range []moment{before, after} {
			b := blow{at: n, when: when, how: syscall.SIGKILL, concurrency: 1}
			trials = append(trials, trial{"compare, clean up", func(t *testing.T, _ *worker, _ calmly) {
				s := r.scene(t)
				s.act(b, compare...)
				t.Logf("%v: %s", b, s.knife.blow())
				s.cleanedUp(t)
			}})
		}
	}
	for _, one := range spread(trials, 10) {
		t.Run(one.name, func(t *testing.T) { one.run(t, nil, calmly{}) })
	}
}

// drillOn goes on with the drill that was killed, or begins one where nothing was written down.
func (b blow) drillOn(r *rehearsal) func(*testing.T, *worker, calmly) {
	return func(t *testing.T, _ *worker, _ calmly) {
		s := r.scene(t)
		s.drill(b)
		t.Logf("%v: %s", b, s.knife.blow())
		asked := s.restores()
		args := []string{"drill", "carts", "--auto-approve"}
		if all := s.drills(); len(all) > 0 {
			args = []string{"drill", "--resume", all[0].ID}
		}
		e := s.act(calm(), args...)
		all := s.drills()
		if e.code != 0 || len(all) != 1 || all[0].Verdict != "passed" || all[0].State != "done" {
			t.Errorf("exit code %d, %+v\n%s%s", e.code, all, e.stdout, e.stderr)
		}
		if left := s.copies(); len(left) > 0 {
			t.Errorf("tables left: %v", left)
		}
		if total := s.restores(); total > 1 && asked > 0 {
			t.Errorf("AWS was asked for the restore %d times", total)
		}
	}
}

// drillAway cleans up after the drill that was killed.
func (b blow) drillAway(r *rehearsal) func(*testing.T, *worker, calmly) {
	return func(t *testing.T, _ *worker, _ calmly) {
		s := r.scene(t)
		s.drill(b)
		t.Logf("%v: %s", b, s.knife.blow())
		s.cleanedUp(t)
	}
}

// cleanedUp cleans up, and holds that nothing is left.
func (s *drillScene) cleanedUp(t *testing.T) {
	t.Helper()
	e := s.act(calm(), "drill", "cleanup", "--auto-approve")
	if e.code == 3 && strings.Contains(e.stdout, "less than five minutes ago") { // AWS may show a table only later
		s.server.Assembly().World.Advance(10 * time.Minute)
		e = s.act(calm(), "drill", "cleanup", "--auto-approve")
	}
	if left := s.copies(); e.code != 0 || len(left) > 0 {
		t.Errorf("exit code %d, tables left: %v\n%s%s", e.code, left, e.stdout, e.stderr)
	}
	for _, d := range s.drills() {
		if d.State != "done" || d.Verdict == "" {
			t.Errorf("%+v", d)
		}
	}
}
