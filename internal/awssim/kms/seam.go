// Package kms simulates as much of AWS KMS as encryption of tables, vaults and recovery points needs.
package kms

import "github.com/restorable/restorable/internal/awssim/world"

// Service is the state of KMS over all accounts and Regions.
type Service struct{}

// Resolve turns a key id, key ARN, alias name or alias ARN into a key ARN; ok is false when there is no such key.
// The AWS-managed aliases (alias/aws/dynamodb, alias/aws/backup) always resolve: their key is made on first use.
func (s *Service) Resolve(sc world.Scope, ref string) (keyARN string, ok bool) { panic("not written") }

// State is the key's KeyState ("Enabled", "Disabled", "PendingDeletion", …); ok is false when there is no such key.
func (s *Service) State(keyARN string) (state string, ok bool) { panic("not written") }
