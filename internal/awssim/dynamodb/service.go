// Package dynamodb simulates Amazon DynamoDB: tables and their intermediate states, items, streams, backups and point-in-time recovery.
package dynamodb

// Service is the state of DynamoDB over all accounts and Regions.
type Service struct{}
