// Package price estimates what backups cost: list prices as data, an override file, and plain arithmetic over the sizes of tables.
// An estimate says whether it is whole: what is not known is left out and named, never guessed.
package price

import "github.com/restorable/restorable/internal/remedy"

// BuiltIn names the source of the prices that come with the program.
const BuiltIn = "built in"

// builtInDate is the day up to which the sources of the built-in figures were read. AWS changes prices without notice.
const builtInDate = "2026-10-09"

// builtInRegion is the Region whose list prices are built in; others are up to about twice as dear.
const builtInRegion = "us-east-1"

// Price is one figure.
type Price struct {
	USD       float64
	Known     bool // false: no figure was found; estimates that need it are incomplete
	Confirmed bool // false: from a secondary source, or by inference
}

// List is a set of prices, in US dollars. The zero List knows none.
type List struct {
	Source string // BuiltIn, or the name of the override file
	Date   string // YYYY-MM-DD
	Region string

	PITR         Price // GB-month of table and local indexes, whatever the period
	NativeBackup Price // GB-month of DynamoDB's own on-demand backups
	Warm         Price // GB-month of recovery points of AWS Backup
	Cold         Price // GB-month of recovery points in cold storage
	Restore      Price // GB, from warm storage
	ColdRestore  Price // GB, from cold storage
	Transfer     Price // GB copied to another Region
	RestoreTest  Price // recovery point tested, the restore itself apart
	Key          Price // customer managed KMS key and month
}

// Default returns the built-in list prices of us-east-1.
//
// PITR, NativeBackup, Restore: https://aws.amazon.com/dynamodb/pricing/. Warm: AWS says that enabling advanced features changes
// nothing in the price of warm storage (https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html).
// Key: https://aws.amazon.com/kms/pricing/. UNCONFIRMED: Cold, ColdRestore and Transfer come from secondary sources; for
// RestoreTest no figure was found (https://aws.amazon.com/backup/pricing/).
func Default() List {
	return List{
		Source:       BuiltIn,
		Date:         builtInDate,
		Region:       builtInRegion,
		PITR:         confirmed(0.20),
		NativeBackup: confirmed(0.10),
		Warm:         confirmed(0.10),
		Cold:         unconfirmed(0.03),
		Restore:      confirmed(0.15),
		ColdRestore:  unconfirmed(0.20),
		Transfer:     unconfirmed(0.02),
		Key:          confirmed(1.00),
	}
}

func confirmed(usd float64) Price   { return Price{USD: usd, Known: true, Confirmed: true} }
func unconfirmed(usd float64) Price { return Price{USD: usd, Known: true} }

// Of is how a saved plan names the list.
func (l List) Of() remedy.PriceList {
	return remedy.PriceList{Source: l.Source, Date: l.Date, Region: l.Region}
}

// Item is a price under the name by which an override file sets it.
type Item struct {
	Key   string // "pitr_gb_month"
	What  string // for people
	Price Price
}

// Items lists the prices in the order in which they are shown.
func (l List) Items() []Item {
	entries := l.entries()
	out := make([]Item, len(entries))
	for i, e := range entries {
		out[i] = Item{Key: e.key, What: e.what, Price: *e.price}
	}
	return out
}

type entry struct {
	key, what string
	price     *Price
}

// entries is the one place that names the prices.
func (l *List) entries() []entry {
	return []entry{
		{"pitr_gb_month", "point-in-time recovery, GB-month of table and local indexes", &l.PITR},
		{"native_backup_gb_month", "DynamoDB's own backup, GB-month", &l.NativeBackup},
		{"warm_gb_month", "recovery point of AWS Backup, GB-month", &l.Warm},
		{"cold_gb_month", "recovery point in cold storage, GB-month", &l.Cold},
		{"restore_gb", "restore, GB", &l.Restore},
		{"cold_restore_gb", "restore from cold storage, GB", &l.ColdRestore},
		{"transfer_gb", "copy to another Region, GB", &l.Transfer},
		{"restore_test", "restore test, recovery point", &l.RestoreTest},
		{"kms_key_month", "customer managed key, month", &l.Key},
	}
}
