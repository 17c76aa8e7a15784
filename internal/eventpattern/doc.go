// Package eventpattern matches EventBridge's event patterns against events of which not every value is known: a rule catches them always,
// sometimes or never. It is pure.
//
// The grammar is https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
package eventpattern
