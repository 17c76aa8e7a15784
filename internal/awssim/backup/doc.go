// Package backup simulates AWS Backup for DynamoDB: vaults, plans, selections, jobs that really run on the virtual clock, recovery points that hold the
// real items, copies, restores, restore testing, and everything that makes a job fail.
//
// Nothing here is computed ahead: what a plan protects is found out by running it. A rule's next run is an event; the run looks which tables the plan's
// selections match at that moment and makes a job for each; the job starts at a random moment of its window, takes the table's picture, runs for as long
// as the table is large, and ends well or badly for AWS's reasons and with AWS's messages; the recovery point ages by events of its own.
//
// # Readings
//
// Where AWS's behaviour is not documented, one reading was chosen. Each is repeated where the code rests on it.
//
//   - NotResources also removes tables matched by tag; negated conditions keep tables without the tag; keys in ListOfTags may carry aws:ResourceTag/, a
//     bare key in Conditions names no tag; a wildcard may stand anywhere in an ARN; a tag match beside another type's Resources needs the opt-in.
//   - A table that several selections of one plan match gets one job per rule, under the role of the first.
//   - Of rules of one plan with equal retention the first runs where their start windows overlap; a run that is itself overruled overrules no other.
//     Of several plans each makes its own recovery points.
//   - Tables that are being deleted get no job. A selection that needs tags and whose role may not call tag:GetResources finds nothing.
//   - CreateBackupSelection refuses a role that AWS Backup cannot assume at that moment, as clients report; a role that breaks later makes jobs fail.
//   - A recovery point's CreationDate is the moment its job started, from which its age counts.
//   - Jobs take one to two minutes and then 100 MiB a second; restores two to four minutes and the same, four hours more from cold storage.
//     On-demand jobs start within five minutes. Copies of one resource wait for each other without limit, for a backup job for two hours.
//   - A rule's completion window counts from the job's start, that of StartBackupJob from the job's creation. A job that exceeds it is EXPIRED.
//   - A job that names a logically air-gapped vault for a table without advanced features makes its point in the ordinary vault and says so.
//   - Keeping for ever is longer than any MaxRetentionDays. Deleting an advanced point takes a role that can be assumed, no action of its own.
//   - StartBackupJob on a missing table or vault answers ResourceNotFoundException. Opting out does not stop on-demand backups.
//   - Two selections with the same document are refused as already existing. A plan's name cannot be changed.
//   - A management account that never used AWS Backup in a Region has opted in to nothing there, for its organisation's plans too.
//   - A vault under the AWS-managed key aws/backup shows the EncryptionKeyType AWS_OWNED_KMS_KEY: the enumeration has no third value.
//   - ListRecoveryPointsByResource never shows DynamoDB's own user backups.
//   - PutRestoreValidationResult is for jobs of restore testing plans alone. Conditions of restore testing name bare tag keys.
//     Without a result by the end of the validation window the status is TIMED_OUT.
//   - Vault policies are enforced for denials on the operations that name a vault, whoever asks, and for copies from other accounts.
//     A condition that cannot be judged never holds for Allow and always for Deny.
//   - Pages have up to 1,000 entries when MaxResults is not given. Jobs and recovery points are listed newest first, the rest in order of creation.
//   - Message categories besides SUCCESS, AccessDenied and InvalidParameters are MISCELLANEOUS.
//
// Not simulated: legal holds, frameworks, report jobs, plan templates of AWS's, restore access vaults, approval teams, indexing, scanning, tiering.
package backup
