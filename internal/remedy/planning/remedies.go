package planning

// The remedies: what --only and --skip name, and Action.Remedy holds.
const (
	OptIn              = "opt-in"
	AdvancedFeatures   = "advanced-features"
	CreateRole         = "create-role"
	CreateVault        = "create-vault"
	CreatePlan         = "create-plan"
	AssignToPlan       = "assign-to-plan"
	EnablePITR         = "enable-pitr"
	WidenPITR          = "widen-pitr-window"
	RaiseFrequency     = "raise-plan-frequency"
	RaiseRetention     = "raise-plan-retention"
	AddCopies          = "add-copies"
	DenyVaultDeletion  = "deny-vault-deletion"
	LockVault          = "lock-vault"
	NotifyVault        = "notify-vault"
	DeletionProtection = "enable-deletion-protection"
	EncryptWithKMS     = "encrypt-with-kms"
	CreateBackup       = "create-backup"
	TestRestores       = "test-restores"
	TagTables          = "tag-tables"

	// The composites are goals: they stand for those remedies of the list that reach them.
	MendPlan        = "mend-plan"
	MakeRecoverable = "make-recoverable"
)

// step is a remedy: it looks at a draft, adds the actions that its findings need, and refuses what must not be done.
// Whatever is not known is refused. An error is a defect.
type step struct {
	id  string
	run func(d *draft) error
}

// remedies lists the remedies in the order in which their actions can be carried out: what others rest on comes first, what guards what
// there is comes last.
func remedies() []step {
	return []step{
		{OptIn, planOptIn},
		{CreateRole, planRoles},
		{CreateVault, planVaults},
		{TagTables, planTableTags},
		{AdvancedFeatures, planAdvanced},
		{AssignToPlan, planSelections}, // makes roles, vaults and plans as it needs them, under their own ids
		{RaiseFrequency, planFrequency},
		{RaiseRetention, planRetention},
		{AddCopies, planCopies},
		{EnablePITR, planPITR},
		{WidenPITR, planPITRWindow},
		{EncryptWithKMS, planTableKeys},
		{CreateBackup, planBackups},
		{TestRestores, planTests},
		{DeletionProtection, planDeletionProtection},
		{NotifyVault, planNotices},
		{LockVault, planLocks},
		{DenyVaultDeletion, planDenials},
	}
}

// core are the remedies of a plan without any configuration.
func core() []string {
	return []string{OptIn, CreateRole, CreateVault, CreatePlan, AssignToPlan, EnablePITR}
}

// IDs lists what --only and --skip may name.
func IDs() []string {
	return []string{
		OptIn, AdvancedFeatures, CreateRole, CreateVault, CreatePlan, AssignToPlan, EnablePITR, WidenPITR, RaiseFrequency, RaiseRetention,
		AddCopies, DenyVaultDeletion, LockVault, NotifyVault, DeletionProtection, EncryptWithKMS, CreateBackup, TestRestores, TagTables,
		MendPlan, MakeRecoverable,
	}
}

// parts are the remedies that a composite stands for; any other id stands for itself.
func parts(id string) []string {
	switch id {
	case MendPlan:
		return []string{OptIn, CreateRole, CreateVault, CreatePlan, AssignToPlan}
	case MakeRecoverable:
		return core()
	}
	return []string{id}
}
