// Package access works out from an estate who could destroy, shorten or read the backups of an account, and by which statement of which policy.
// It is pure and three-valued: what hangs on a condition that is not known, or on a policy that was not read, is Maybe.
package access
