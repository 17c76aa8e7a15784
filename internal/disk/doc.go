// Package disk puts what must not be lost on the disk, and keeps two processes from working on the same thing.
package disk
