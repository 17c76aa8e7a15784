package backup

import (
	"iter"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

// data is a picture of a table that several recovery points may share: copies hold the items of their source.
type data struct {
	snapshot *dynamodb.Snapshot // nil when the point came with a loaded estate that had no items
	refs     int
}

// point is a recovery point.
type point struct {
	arn         string
	seq         uint64
	vault       *vault
	resourceARN string
	name        string // of the table
	created     time.Time
	initiated   time.Time
	completed   time.Time
	status      types.RecoveryPointStatus
	message     string
	size        int64
	role        string
	keyARN      string
	keyType     types.EncryptionKeyType
	lifecycle   *types.Lifecycle
	cold        time.Time // when it goes to cold storage; zero: never
	expiry      time.Time // when its retention ends; zero: never
	isCold      bool
	creator     *types.RecoveryPointCreator
	sourceVault string // ARN of the vault that it was copied from
	restored    time.Time
	tags        map[string]string
	advanced    bool
	loaded      bool
	data        *data
	reading     int // restores and copies that read it at this moment
	generation  int // lifecycle events of earlier generations do nothing
	gone        bool
}

func (p *point) rank() rank { return rank{At: p.created.UnixNano(), Seq: p.seq} }

// usable tells whether the point can be restored: complete, or past its retention with its deletion failed (semantics 2.6).
func (p *point) usable() bool {
	return p.status == types.RecoveryPointStatusCompleted || p.status == types.RecoveryPointStatusAvailable || p.status == types.RecoveryPointStatusExpired
}

// pointList keeps points by creation. Points of which the data is gone stay until there are many of them.
type pointList struct {
	items []*point
	dead  int
}

func (l *pointList) count() int { return len(l.items) - l.dead }

func (l *pointList) add(p *point) {
	l.items = append(l.items, p)
	for i := len(l.items) - 1; i > 0 && p.rank().before(l.items[i-1].rank()); i-- {
		l.items[i], l.items[i-1] = l.items[i-1], l.items[i]
	}
}

// removed notes that one of the points is gone.
func (l *pointList) removed() {
	if l.dead++; l.dead < 32 || l.dead*2 < len(l.items) {
		return
	}
	var kept []*point
	for p := range l.oldest() {
		kept = append(kept, p)
	}
	l.items, l.dead = kept, 0
}

func (l *pointList) oldest() iter.Seq[*point] {
	return func(yield func(*point) bool) {
		for _, p := range l.items {
			if !p.gone && !yield(p) {
				return
			}
		}
	}
}

func (l *pointList) newest() iter.Seq[*point] {
	return func(yield func(*point) bool) {
		for i := len(l.items) - 1; i >= 0; i-- {
			if p := l.items[i]; !p.gone && !yield(p) {
				return
			}
		}
	}
}

// last is the newest point, nil when there is none.
func (l *pointList) last() *point {
	for p := range l.newest() {
		return p
	}
	return nil
}

// resource is a table of which recovery points are, or were, kept in this account and Region.
type resource struct {
	arn, name string
	points    pointList
	restored  *restored
}

// restored is what DescribeProtectedResource remembers of the latest restore.
type restored struct {
	jobCreated, pointCreated time.Time
	minutes                  int64
}

func (a *area) resource(arn, name string) *resource {
	r, ok := a.resources[arn]
	if !ok {
		r = &resource{arn: arn, name: name}
		a.resources[arn] = r
	}
	return r
}

// file puts a point into its vault's account and Region.
func (s *Service) file(p *point) {
	a := p.vault.area
	p.seq = s.next()
	a.points[p.arn] = p
	p.vault.points.add(p)
	a.resource(p.resourceARN, p.name).points.add(p)
}

// discard deletes a point and lets its items go.
func (s *Service) discard(p *point) {
	if p.gone {
		return
	}
	p.gone = true
	a := p.vault.area
	delete(a.points, p.arn)
	p.vault.points.removed()
	a.resources[p.resourceARN].points.removed()
	if !p.advanced {
		s.o.Tables.RemoveAWSBackup(p.arn)
	}
	if p.data != nil {
		p.data.refs--
		if p.data.refs == 0 && p.data.snapshot != nil {
			s.release(p.data.snapshot)
		}
	}
}

// newPoint files a point that a job has begun to make.
func (s *Service) newPoint(v *vault, view *dynamodb.TableView, d *data) *point {
	return &point{
		vault: v, resourceARN: view.ARN, name: view.Name, size: view.SizeBytes, status: types.RecoveryPointStatusCreating,
		created: s.w.Now(), initiated: s.w.Now(), data: d, tags: map[string]string{},
	}
}

// seal gives an advanced point its ARN, its vault's key, and the table's tags with those of the rule (semantics 1.7).
func (p *point) seal(arn string, tags ...map[string]string) {
	p.arn, p.advanced = arn, true
	p.keyARN, p.keyType = p.vault.keyARN, p.vault.keyType
	for _, m := range tags {
		maps.Copy(p.tags, m)
	}
}
