// Package estatebridge puts an estate into a simulated AWS and takes one out of it.
//
// An estate file knows what a scan can see, not everything that AWS holds. What it does not know gets AWS's defaults, and LoadNotes says so.
// What cannot come back: items (tables, backups and recovery points are empty), the permissions of roles of which the estate does not say them (they get AWS's two managed
// backup policies), versions of plans before the current one, and jobs under way: backup jobs begin again, the others have failed.
package estatebridge
