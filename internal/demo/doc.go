// Package demo plays the history of a small company inside a simulated AWS: forty-five days in which its people did what people do,
// so that each table shows one of the field's classic mistakes, or none.
//
// Nothing is put into place from outside: every table, item, backup, failed job and recovery point comes of an operation of the
// simulated services, or of their clock, just as it would have come about in AWS.
package demo
