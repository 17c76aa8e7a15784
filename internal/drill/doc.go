// Package drill proves that a table can be got back: it restores it under a name of its own, compares the copy with the source, measures
// how long that took and takes the copy away again. Every step is on the disk before it is done, so that a drill that was killed goes on,
// or is cleaned up, from where it was. Nothing is ever written to the source.
package drill
