// Package compare tells whether two DynamoDB tables hold the same items, and if not, which differ and whether that is explained.
//
// Both tables are read by parallel scans whose answers are never decoded: fingerprints of every item are added up in buckets chosen by
// the hash of the primary key (package fingerprint). Where all buckets agree, all items do. Otherwise the tables are read again, and only
// the items in differing buckets are held against each other, by their hashes; what is held at a time is bounded, and buckets for which
// there is no room wait for another reading. Memory does not grow with the tables.
//
// A live source moves on after the moment that was restored. Three answers are given, the strongest that can be had:
//
//   - Exact: every difference is explained by a record of the source's stream, written after that moment. Where the stream holds old images,
//     the copy must hold what the item was before. An unexplained difference is damage.
//   - Bounded: an attribute that tells when an item was last changed says that differing items were changed after the moment. Deletions
//     leave nothing behind that could say so.
//   - Drift: the counts and shares are stated, and judged by a limit.
//
// An error anywhere makes the answer unknown, never equal and never exact.
package compare
