package drill_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill"
)

// cell is one kind of trouble, for every source in every place.
type cell struct {
	name    string
	at      drill.State // strikes when the drill enters it; empty: from the beginning
	fault   func(b *bench) awssim.Fault
	do      func(b *bench)
	over    func(b *bench) // what ends the trouble, besides that nothing fails any more
	kill    bool           // the process ends there
	verdict drill.Verdict  // empty: the drill stops, or is killed, and ends as it should when the trouble is over
	cleanup string
}

// bench is a source in a place, on which one trouble comes after the other.
type bench struct {
	*shop

	e     *drill.Engine
	d     *drill.Drill
	from  string
	place place
	asked drill.Asked
	key   string // of the place: copies are encrypted with it
	moved bool
	taken time.Time // when the point was asked for
}

func openBench(t *testing.T, from string, at place) *bench {
	b := &bench{shop: openShop(t, true), from: from, place: at, asked: drill.Asked{From: from, Role: role}}
	if from != drill.FromPITR {
		b.asked.From = drill.Newest
	}
	if from == drill.FromPoint {
		b.vaults(at.account, at.region)
	}
	if at.region != simtest.Region {
		b.asked.Region = at.region
	}
	if at.account != simtest.Account {
		b.asked.Role = theirs
	}
	made, err := b.keys().CreateKey(t.Context(), &kms.CreateKeyInput{})
	b.must(made, err)
	b.key = *made.KeyMetadata.Arn
	b.asked.Key = drill.Key{Level: "customer", ARN: b.key}
	b.e = b.engine()
	return b
}

func (b *bench) keys() *kms.Client {
	return kms.NewFromConfig(b.sim.ConfigFor(b.place.account, b.place.region))
}

func (b *bench) there() *dynamodb.Client {
	return dynamodb.NewFromConfig(b.sim.ConfigFor(b.place.account, b.place.region))
}

// begin takes a point of the table as it is, so that nothing has moved since.
func (b *bench) begin() {
	b.must(nil, b.sim.SetFaults(nil))
	b.taken = b.sim.Now()
	switch b.from {
	case drill.FromBackup:
		b.native()
	case drill.FromPoint:
		b.takePoint(b.place.account, b.place.region)
	}
	b.moved = false
}

// asks is the call that makes the table.
func (b *bench) asks(how string) awssim.Fault {
	action := map[string]string{drill.FromPITR: "dynamodb:RestoreTableToPointInTime", drill.FromBackup: "dynamodb:RestoreTableFromBackup", drill.FromPoint: "backup:StartRestoreJob"}[b.from]
	return awssim.Fault{Action: action, Error: how}
}

func call(action, how string) func(*bench) awssim.Fault {
	return func(*bench) awssim.Fault { return awssim.Fault{Action: action, Error: how} }
}

func asking(how string) func(*bench) awssim.Fault {
	return func(b *bench) awssim.Fault { return b.asks(how) }
}

func cells() []cell {
	all := []cell{
		{name: "the restore is throttled", fault: asking("throttle"), cleanup: drill.Removed},
		{name: "the restore is denied", fault: asking("AccessDeniedException"), verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "the restore fails", do: (*bench).failRestore, verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "the name is taken", do: (*bench).takeTheName, over: (*bench).freeTheName, verdict: drill.Unknown, cleanup: drill.NoTable},
		{name: "the key is disabled", do: (*bench).disableKey, over: (*bench).enableKey, verdict: drill.Refuted, cleanup: drill.NoTable},
		{name: "tagging is denied", at: drill.Completing, fault: call("dynamodb:TagResource", "AccessDeniedException"), cleanup: drill.Removed},
		{name: "a setting is denied", at: drill.Completing, fault: call("dynamodb:DescribeTimeToLive", "AccessDeniedException"), verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "reading items is denied", at: drill.Comparing, fault: call("dynamodb:Scan", "AccessDeniedException"), verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "reading items breaks off", at: drill.Comparing, fault: call("dynamodb:Scan", "truncate"), cleanup: drill.Removed},
		{name: "the copy is deleted by somebody", at: drill.Comparing, do: (*bench).deleteTheCopy, verdict: drill.Unknown, cleanup: drill.Removed},
		{name: "cleaning up is denied", at: drill.Cleaning, fault: call("dynamodb:DeleteTable", "AccessDeniedException"), cleanup: drill.Removed},
		{name: "cleaning up is throttled", at: drill.Cleaning, fault: call("dynamodb:DeleteTable", "throttle"), cleanup: drill.Removed},
	}
	for _, at := range []drill.State{drill.Restoring, drill.Completing, drill.Comparing, drill.Cleaning} {
		all = append(all, cell{name: "killed before " + string(at), at: at, kill: true, cleanup: drill.Removed})
	}
	return all
}

// compared: the items are compared to the end, sooner or later.
func (x cell) compared() bool { return x.verdict == "" || x.name == "a setting is denied" }

// failRestore: DynamoDB refuses, and a job of AWS Backup ends badly, for want of a role that it may take on.
func (b *bench) failRestore() {
	if b.from == drill.FromPoint {
		b.asked.Role += "-that-is-not-there"
		b.lay()
		b.asked.Role = map[bool]string{true: role, false: theirs}[b.place.account == simtest.Account]
		return
	}
	b.strike(b.asks("ValidationException"))
}

func (b *bench) takeTheName() {
	b.must(b.there().CreateTable(b.t.Context(), &dynamodb.CreateTableInput{TableName: &b.d.Target.Name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}))
	b.advance(time.Minute)
}

// freeTheName also shows that the table, which is not the drill's, was left alone.
func (b *bench) freeTheName() {
	b.must(b.there().DeleteTable(b.t.Context(), &dynamodb.DeleteTableInput{TableName: &b.d.Target.Name}))
	b.advance(10 * time.Minute)
}

func (b *bench) disableKey() {
	b.must(b.keys().DisableKey(b.t.Context(), &kms.DisableKeyInput{KeyId: &b.key}))
}

func (b *bench) enableKey() {
	b.must(b.keys().EnableKey(b.t.Context(), &kms.EnableKeyInput{KeyId: &b.key}))
}

func (b *bench) deleteTheCopy() {
	b.must(b.there().DeleteTable(b.t.Context(), &dynamodb.DeleteTableInput{TableName: &b.d.Target.Name}))
	b.advance(10 * time.Minute)
}

func (b *bench) lay() {
	account := ""
	if b.from == drill.FromPoint {
		account = b.place.account
	}
	b.d = b.shop.lay(b.e, b.asked, account)
}

// TestEveryTroubleOfEverySourceInEveryPlace is the matrix: each source, here, in another Region and in another account, with a table that
// rests, moves on with a stream and moves on without, meets each trouble at its step. A drill never passes that should not, removes what it
// made and nothing else, and ends as it should when the trouble is over. Each trouble meets each way of moving in some of the places.
func TestEveryTroubleOfEverySourceInEveryPlace(t *testing.T) {
	places := []place{{"here", simtest.Account, simtest.Region}, {"other Region", simtest.Account, far}, {"other account", partner, simtest.Region}}
	n := 0
	for _, from := range []string{drill.FromPITR, drill.FromBackup, drill.FromPoint} {
		for _, at := range places {
			if at.account != simtest.Account && from != drill.FromPoint {
				continue // DynamoDB restores into its own account alone
			}
			turn := 5 * n
			n++
			t.Run(from+", "+at.name, func(t *testing.T) {
				t.Parallel()
				b := openBench(t, from, at)
				all := cells()
				before := ""
				for i := range all {
					moves := []string{"rests", "moves with a stream", "moves without a stream"}[3*i/len(all)]
					if moves != before || b.sim.Now().Sub(b.taken) > 8*time.Hour { // a stream tells of 24 hours, and reads that break off are tried for 12
						before = moves
						b.begin()
					}
					b.meet(t, all[(i+turn)%len(all)], moves)
				}
				b.sourceGone(t)
			})
		}
	}
}

// meet drills once, with one trouble.
func (b *bench) meet(t *testing.T, x cell, moves string) {
	t.Helper()
	b.asked.Wish.UseStream = moves == "moves with a stream"
	b.guard()
	b.lay()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	strike := func() {
		switch {
		case x.kill:
			stop()
		case x.do != nil:
			x.do(b)
		default:
			b.strike(x.fault(b))
		}
	}
	if x.at == "" {
		strike()
	}
	b.e.Before = func(_ *drill.Drill, to drill.State) {
		if to == drill.Comparing && moves != "rests" {
			b.move()
		}
		if to == x.at {
			strike()
		}
	}
	err := b.e.Run(ctx, b.d)
	b.guard()
	if x.over != nil {
		x.over(b)
	}
	want := x.verdict
	if want == "" {
		var stopped *drill.StoppedError
		goesOn := x.name == "tagging is denied"
		if !goesOn && (!errors.As(err, &stopped) || b.d.State.Ended()) {
			t.Fatalf("%s, %s: the drill did not stop: %s, %s: %v", x.name, moves, b.d.State, b.d.Verdict, err)
		}
		b.e.Before = nil
		if !goesOn {
			err = b.e.Run(t.Context(), b.d)
		}
		want = drill.Passed
	}
	if x.compared() && b.moved && moves == "moves without a stream" {
		want = drill.Refuted // what differs outweighs what is not known
	}
	b.must(nil, err)
	if b.d.Verdict != want || b.d.Cleanup.State != x.cleanup || len(b.left()) > 0 {
		t.Errorf("%s, %s: %s, %+v, want %s, %s; tables left %v: %+v", x.name, moves, b.d.Verdict, b.d.Cleanup, want, x.cleanup, b.left(), b.d.Reasons)
	}
	if b.from == drill.FromPITR {
		b.moved = false // the next drill takes a later second
	}
}

// move changes an item and adds one, after the restored moment.
func (b *bench) move() {
	b.advance(10 * time.Minute)
	changed := order(3)
	b.runs++
	changed["total"] = &types.AttributeValueMemberN{Value: strconv.Itoa(b.runs)}
	b.put(b.db, "orders", changed)
	b.put(b.db, "orders", order(items+b.runs))
	b.moved = true
}

// sourceGone deletes the source while a copy of it is compared: nothing can be compared any more, and the copy goes all the same.
func (b *bench) sourceGone(t *testing.T) {
	t.Helper()
	b.must(nil, b.sim.SetFaults(nil))
	b.lay()
	b.e.Before = func(_ *drill.Drill, to drill.State) {
		if to == drill.Comparing {
			deleteSource(b.shop, b.d)
		}
	}
	b.must(nil, b.e.Run(t.Context(), b.d))
	if b.d.Verdict != drill.Unknown || b.d.Cleanup.State != drill.Removed || len(b.left()) > 0 {
		t.Errorf("the source is deleted: %s, %+v, tables left %v: %+v", b.d.Verdict, b.d.Cleanup, b.left(), b.d.Reasons)
	}
}
