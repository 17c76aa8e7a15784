package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// declareOther reads resources beside tables, plans, selections and vaults; it tells whether it knows the type.
func (a *assembly) declareOther(d *declaration) bool {
	u := d.b.Unit
	switch d.Type {
	case "aws_backup_region_settings":
		u.Settings.OptIn = d.flags("resource_type_opt_in_preference")
		if management := d.flags("resource_type_management_preference"); !management.IsAbsent() {
			u.Settings.Management = management
		}
	case "aws_backup_global_settings":
		a.later = append(a.later, d)
	case "aws_backup_restore_testing_plan":
		if sure(d, &u.RestoreTestingPlans.Whole) {
			a.tests[nameIn{d.b, d.Text("name")}] = len(u.RestoreTestingPlans.Items)
			u.RestoreTestingPlans.Items = append(u.RestoreTestingPlans.Items, d.testingPlan())
		}
	case "aws_backup_report_plan":
		if sure(d, &u.ReportPlans.Whole) {
			u.ReportPlans.Items = append(u.ReportPlans.Items, d.reportPlan())
		}
	case "aws_iam_role":
		a.roles = append(a.roles, d)
	case "aws_cloudtrail":
		a.trails = append(a.trails, d)
	default:
		return a.declareAround(d) || a.declareLater(d)
	}
	return true
}

// declareAround reads what surrounds tables: keys, networks, readers of streams, scaling.
func (a *assembly) declareAround(d *declaration) bool {
	u := d.b.Unit
	switch d.Type {
	case "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key":
		if sure(d, &u.Keys.Whole) {
			u.Keys.Items = append(u.Keys.Items, d.key())
		}
	case "aws_vpc", "aws_default_vpc":
		if sure(d, &u.VPCs.Whole) {
			u.VPCs.Items = append(u.VPCs.Items, d.vpc())
		}
	case "aws_vpc_endpoint":
		a.addEndpoint(d)
	case "aws_lambda_event_source_mapping":
		d.addReader()
	case "aws_appautoscaling_target":
		a.addTarget(d)
	default:
		return false
	}
	return true
}

// declareLater notes what says more of other resources, which must all be there first.
func (a *assembly) declareLater(d *declaration) bool {
	switch d.Type {
	case "aws_backup_vault_lock_configuration", "aws_backup_vault_policy", "aws_backup_vault_notifications",
		"aws_backup_restore_testing_selection",
		"aws_dynamodb_tag", "aws_dynamodb_resource_policy", "aws_dynamodb_contributor_insights", "aws_dynamodb_kinesis_streaming_destination",
		"aws_dynamodb_global_secondary_index", "aws_dynamodb_table_replica", "aws_dynamodb_global_table",
		"aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_policy",
		"aws_vpc_endpoint_policy", "aws_appautoscaling_policy":
		a.later = append(a.later, d)
		return true
	}
	return false
}

// resolve finds what resources speak of, once all that they may speak of is there.
func (a *assembly) resolve() {
	for _, d := range a.later {
		switch d.Type {
		case "aws_backup_vault_lock_configuration":
			a.toVault(d, (*declaration).lockOf)
		case "aws_backup_vault_policy":
			a.toVault(d, (*declaration).policyOf)
		case "aws_backup_vault_notifications":
			a.toVault(d, (*declaration).notificationsOf)
		case "aws_backup_restore_testing_selection":
			a.addTesting(d)
		case "aws_backup_global_settings":
			a.globalSettings(d)
		case "aws_vpc_endpoint_policy":
			a.endpointPolicy(d)
		case "aws_appautoscaling_policy":
			a.addScalingPolicy(d)
		default:
			a.resolveOfTable(d)
		}
	}
}

func (a *assembly) resolveOfTable(d *declaration) {
	switch d.Type {
	case "aws_dynamodb_tag":
		a.toTable(d, "resource_arn", (*declaration).tagOf)
	case "aws_dynamodb_resource_policy":
		a.toTable(d, "resource_arn", (*declaration).resourcePolicyOf)
	case "aws_dynamodb_contributor_insights":
		a.toTable(d, "table_name", (*declaration).insightsOf)
	case "aws_dynamodb_kinesis_streaming_destination":
		a.toTable(d, "table_name", (*declaration).kinesisOf)
	case "aws_dynamodb_global_secondary_index":
		a.toTable(d, "table_name", (*declaration).indexOf)
	case "aws_dynamodb_table_replica":
		a.addReplica(d)
	case "aws_dynamodb_global_table":
		a.joinTables(d)
	case "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_policy":
		a.policies = append(a.policies, d)
	}
}

// sure is whether a resource is known to exist. One that may exist keeps the list that it would be in from being whole.
func sure(d *declaration, whole *estate.Fact[bool]) bool {
	if d.Maybe == "" {
		return true
	}
	*whole = unknownFact[bool](d.b, d.At, d.Maybe)
	return false
}

// globalSettings reads aws_backup_global_settings, which are of the whole account
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_global_settings).
func (a *assembly) globalSettings(d *declaration) {
	for _, b := range a.everywhere(d) {
		k := d.in(b)
		settings := k.texts("global_settings")
		given, ok := settings.Get()
		switch on := given["isCrossAccountBackupEnabled"]; {
		case !ok:
			b.Unit.Settings.CrossAccount = estate.UnknownFact[bool](settings.Source())
		case on == "true" || on == "false":
			b.Unit.Settings.CrossAccount = estate.KnownFact(on == "true", settings.Source())
		case on != "":
			b.Unit.Settings.CrossAccount = unknownFact[bool](b, d.At, deployed)
		}
	}
}

// reportPlan reads aws_backup_report_plan
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_report_plan).
func (d *declaration) reportPlan() estate.ReportPlan {
	at := build.Undeployed[estate.Instant](d.b, d.At)
	return estate.ReportPlan{ID: d.ID(), Name: d.name("name"), Template: d.inner("report_setting").word("report_template"),
		Bucket: d.inner("report_delivery_channel").name("s3_bucket_name"), LastAttempt: at, LastSuccess: at}
}
