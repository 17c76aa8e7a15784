package estate

// ReportPlan is an AWS Backup Audit Manager report plan (ListReportPlans).
type ReportPlan struct {
	ID          string        `json:"id"` // the ARN
	Name        Fact[string]  `json:"name"`
	Template    Fact[string]  `json:"template"` // BACKUP_JOB_REPORT, …
	Bucket      Fact[string]  `json:"bucket"`
	LastAttempt Fact[Instant] `json:"last_attempt"`
	LastSuccess Fact[Instant] `json:"last_success"`
}
