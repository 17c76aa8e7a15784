// Package collect reads live AWS into an estate. It never writes to AWS.
//
// One account in one Region is one unit, and units are independent. Within a unit every failure is data: the facts that a call
// would have fed are unknown, with the operation and the code; what was read before stays.
package collect
