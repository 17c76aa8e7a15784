package collect

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// slot is a table under collection. Each per-table call fills facts that no other call fills, so that they need no lock.
type slot struct {
	table estate.Table
	arn   string // as derived from the name; empty when the account is not known
	gone  bool   // DescribeTable says that it does not exist any more
}

// perTable is a call that is made once per table.
type perTable struct {
	call  awsapi.CallID
	group awsapi.Group
	fill  func(context.Context, question, *slot)
	none  func(*estate.Table, estate.Source) // sets its facts unknown
}

// tableArea lists the tables and asks about each while the listing still goes on.
type tableArea struct {
	u     *unitRun
	slots []*slot
	whole estate.Fact[bool]
}

func newTableArea(u *unitRun) *tableArea { return &tableArea{u: u} }

// perTableCalls in the order of their worth: the slowest, PITR, is fed as early as DescribeTable.
func perTableCalls() []perTable {
	return []perTable{
		{awsapi.DescribeTable, awsapi.GroupTables, describeTable, forgetDescription},
		{awsapi.DescribeContinuousBackups, awsapi.GroupPITR, describePITR, forgetPITR},
		{awsapi.DescribeTimeToLive, awsapi.GroupTTL, describeTTL, forgetTTL},
		{awsapi.GetResourcePolicy, awsapi.GroupResourcePolicy, getResourcePolicy, forgetResourcePolicy},
		{awsapi.DescribeKinesisStreamingDestination, awsapi.GroupKinesis, describeKinesis, forgetKinesis},
		{awsapi.DescribeContributorInsights, awsapi.GroupInsights, describeInsights, forgetInsights},
	}
}

func (a *tableArea) collect(ctx context.Context) {
	var mu sync.Mutex
	asked := map[awsapi.CallID]*pool[*slot]{}
	calls := perTableCalls()
	for _, c := range calls {
		if a.u.needs(c.group) {
			asked[c.call] = newPool(a.u.opts.Concurrency, func(s *slot) {
				c.fill(ctx, question{u: a.u, call: c.call, resource: s.table.Name.Or(""), counted: true}, s)
			})
		}
	}
	start := func(name string, src estate.Source) {
		s := a.newSlot(name, src)
		mu.Lock()
		a.slots = append(a.slots, s)
		mu.Unlock()
		for _, c := range calls {
			if p := asked[c.call]; p != nil {
				a.u.tally.begin(c.call)
				p.add(s)
			} else {
				c.none(&s.table, a.u.notCollected(c.call))
			}
		}
	}
	a.whole = a.list(ctx, start)
	for _, p := range asked {
		p.wait()
	}
}

// list reads the names. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
func (a *tableArea) list(ctx context.Context, start func(string, estate.Source)) estate.Fact[bool] {
	left := false
	listed := pages[dynamodb.ListTablesOutput]{
		fetch: func(ctx context.Context, q question, token *string) (*dynamodb.ListTablesOutput, estate.Source, error) {
			return ask(ctx, q, a.u.scope.DynamoDB.ListTables, &dynamodb.ListTablesInput{ExclusiveStartTableName: token, Limit: aws.Int32(100)})
		},
		add: func(page *dynamodb.ListTablesOutput, src estate.Source) {
			for _, name := range some(a.u, page.TableNames) {
				if a.u.opts.Tables != nil && !a.u.opts.Tables(name) {
					left = true
					continue
				}
				start(name, src)
			}
		},
		lacks: func(page *dynamodb.ListTablesOutput) bool { return page.TableNames == nil },
		next:  func(page *dynamodb.ListTablesOutput) *string { return page.LastEvaluatedTableName },
	}.read(ctx, question{u: a.u, call: awsapi.ListTables})
	if left && listed.IsKnown() { // known to be less than all, as the user asked
		return estate.KnownFact(false, listed.Source())
	}
	return listed
}

// newSlot writes down what the listing alone tells: the name, and with it the ARN, whose form AWS fixes.
func (a *tableArea) newSlot(name string, src estate.Source) *slot {
	s := &slot{}
	s.table.ID = a.u.scope.Region + "/" + name
	s.table.Name = estate.KnownFact(name, src)
	if a.u.who.Account != "" && a.u.who.err == nil {
		s.arn = "arn:" + a.u.who.Partition + ":dynamodb:" + a.u.scope.Region + ":" + a.u.who.Account + ":table/" + name
		s.table.ID, s.table.ARN = s.arn, estate.KnownFact(s.arn, src)
	}
	return s
}

// finish joins what was read in bulk to the tables and drops those that are gone.
func (a *tableArea) finish() {
	list := &a.u.unit.Tables
	list.Whole = a.whole
	list.Items = make([]estate.Table, 0, len(a.slots))
	for _, s := range a.slots {
		if s.gone {
			continue
		}
		a.u.extras.join(a.u, &s.table)
		list.Items = append(list.Items, s.table)
	}
}

// describeTable reads the table's own description. ResourceNotFoundException from this call, and from no other, means that the table is gone.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
func describeTable(ctx context.Context, q question, s *slot) {
	out, src, err := ask(ctx, q, q.u.scope.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: aws.String(q.resource)})
	if err == nil && (out.Table == nil || out.Table.TableName == nil || *out.Table.TableName != q.resource) {
		src, err = q.u.missing(src, "description of the table"), errMissing
	}
	if err != nil {
		var call *awsapi.CallError
		s.gone = errors.As(err, &call) && call.Code == "ResourceNotFoundException"
		forgetDescription(&s.table, src)
		return
	}
	fillDescription(&s.table, out.Table, src)
}

var errMissing = errors.New("the answer lacks what it must have")
