#!/usr/bin/env bash
# Changes in AWS, by AWS CLI.
# Made by restorable 1.2.3 from plan p-9053634f9635 for account 111122223333 (eu-west-1), as observed at
# 2026-11-20 08:00 UTC.
# Estimated cost: 12.50 USD a month and 0 USD once (prices of 2026-11-01).
# Everything that the plan does is in here.
#
# Credentials, profile and endpoint come from the environment: AWS_PROFILE, AWS_ENDPOINT_URL, …
# Running it twice is safe: each action looks first whether it is done, and refuses what was changed since.
# What can be undone without loss, restorable-backout.sh undoes.
# shellcheck disable=SC2016 # backticks in single quotes are JMESPath
# shellcheck disable=SC2034 # not every id is used again
set -euo pipefail
export AWS_PAGER='' AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}" AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-10}"

attempts=${RESTORABLE_ATTEMPTS:-24} # how often something that is not ready yet is tried
pause=${RESTORABLE_PAUSE:-5}        # seconds between two attempts
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
id='' region='' state='' answer='' found='' left=0
finder=() seen=()

say() { printf '%s\n' "$*" >&2; }

die() {
  say "stopped at $id: $*"
  say "What was done before stays done. Run the script again when the cause is mended: it goes on where it stopped."
  exit 1
}

# begin ID REGION SUMMARY: the next action.
begin() {
  id=$1 region=$2 state='' found=''
  finder=() seen=()
  say "$id  $3"
}

# ask CODE SERVICE OPERATION INPUT QUERY [OPTION...]: what a read answers, in $answer; null where AWS answers the error CODE.
# Any other failure ends the script: what could not be read is not taken for absent.
ask() {
  local code=$1 service=$2 operation=$3 input=$4 query=$5
  shift 5
  if answer=$(aws "$service" "$operation" --region "$region" --output json --cli-input-json "$input" --query "$query" "$@" 2>"$errors"); then
    answer=${answer:-null}
  elif [ -n "$code" ] && grep -qF "($code)" "$errors"; then
    answer=null
  else
    cat "$errors" >&2
    die "$service $operation could not be read"
  fi
}

# locate OPTION CODE SERVICE OPERATION INPUT QUERY [OPTION...]: how the id is found that look and act hand over by OPTION.
locate() { finder=("$@"); }

# look ABSENT CODE SERVICE OPERATION INPUT QUERY [OPTION...]: whether it is as wanted. The query answers fits, open when there is
# something to do, or moved when it is neither what is wanted nor what was there when the plan was made. ABSENT says what it means when there is nothing at all.
look() {
  [ "$state" != skip ] || return 0
  seen=("$@")
  see
}

see() {
  local absent=${seen[0]}
  found='' answer=''
  if [ "${#finder[@]}" -gt 0 ]; then
    ask "${finder[@]:1}"
    [ "$answer" = null ] || found=${answer//\"/}
  fi
  if [ "$answer" != null ]; then
    ask "${seen[@]:1}" ${found:+"${finder[0]}" "$found"}
  fi
  case $answer in
    '"fits"') state=fits ;;
    '"open"') state=open ;;
    null) state=$absent ;;
    *) state=moved ;;
  esac
}

# act SERVICE OPERATION INPUT [OPTION...]: the call, unless there is nothing to do; then waits until it can be seen. A role that was
# made a moment ago, or a table that is being changed, is waited for too.
act() {
  case $state in
    fits) say "    is so already" ;;
    moved) moved ;;
  esac
  [ "$state" = open ] || return 0
  local service=$1 operation=$2 input=$3 tries=0
  shift 3
  until aws "$service" "$operation" --region "$region" --output json --cli-input-json "$input" "$@" >/dev/null 2>"$errors"; do
    tries=$((tries + 1))
    if [ "$tries" -ge "$attempts" ] || ! grep -qE "$not_yet" "$errors"; then
      cat "$errors" >&2
      die "$service $operation failed"
    fi
    sleep "$pause"
  done
  tries=0
  until see && [ "$state" = fits ]; do
    tries=$((tries + 1))
    [ "$tries" -lt "$attempts" ] || die "$service $operation was accepted, but what it changes does not read so"
    sleep "$pause"
  done
  say "    done"
}
not_yet='InvalidParameterValueException.*[Rr]ole|ContinuousBackupsUnavailableException|ResourceInUseException|TableInUseException|LimitExceededException.*(concurrent|simultaneous)|ConcurrentModification'

# prepare CODE SERVICE OPERATION INPUT QUERY [OPTION...]: a document made of what AWS holds at this moment, in $document, when there
# is something to do. AWS answers rules with their ids and takes them without.
prepare() {
  document='{}'
  [ "$state" = open ] || return 0
  ask "$@"
  document=$(printf %s "$answer" | tr -d '\n' | sed -E 's/, *"RuleId": "[^"]*"//g')
}

# confirm_lock VAULT DAYS: nobody can undo a lock in compliance mode, AWS included, once the days have passed.
confirm_lock() {
  [ "$state" = open ] || return 0
  local typed=${RESTORABLE_CONFIRM_LOCK:-}
  if [ -z "$typed" ] && [ -t 0 ]; then
    say "    In $2 days nobody can undo this lock any more, neither you nor AWS. Type the name of the vault to go on:"
    read -r typed
  fi
  [ "$typed" = "$1" ] || die "the lock in compliance mode was not confirmed: run it in a terminal, or set RESTORABLE_CONFIRM_LOCK to the name of the vault"
}

# moved: somebody changed it since the plan was made. Nothing is overwritten that nobody has looked at.
moved() { die "this is neither as it was when the plan was made nor as planned: make the plan again"; }

account=111122223333 partition=aws
observed=2026-11-20T08:00:00Z # when the plan was made
id=credentials region=eu-west-1
ask '' sts get-caller-identity '{}' Account
[ "$answer" = "\"$account\"" ] || die "these are credentials of account $answer, and the plan is for $account: choose others with AWS_PROFILE"

# a1  create-role a1
#     undo: not by the backout script, only by restorable backout --drop role: what works through it
begin a1 eu-west-1 'create-role a1'
look open NoSuchEntity iam get-role '{"RoleName":"AWSBackupDefaultServiceRole"}' \
    '(Role.AssumeRolePolicyDocument == `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"}}],"Version":"2012-10-17"}`) && `"fits"` || (`false`) && `"open"` || `"moved"`'
act iam create-role \
    '{"AssumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"backup.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}","Path":"/service-role/","RoleName":"AWSBackupDefaultServiceRole","Tags":[{"Key":"Purpose","Value":"backup"},{"Key":"restorable:tool","Value":"restorable"}]}'

# a2  create-role a2
#     undo: not by the backout script, only by restorable backout --drop role: what works through it
begin a2 eu-west-1 'create-role a2'
look open '' iam list-attached-role-policies '{"RoleName":"AWSBackupDefaultServiceRole"}' \
    '(length(AttachedPolicies[?PolicyArn == `"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"`]) > `0`) && `"fits"` || (length(AttachedPolicies[?PolicyArn == `"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"`]) == `0`) && `"open"` || `"moved"`'
act iam attach-role-policy \
    '{"PolicyArn":"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup","RoleName":"AWSBackupDefaultServiceRole"}'

# a3  create-role a3
#     undo: not by the backout script, only by restorable backout --drop role: what works through it
begin a3 eu-west-1 'create-role a3'
look open '' iam list-attached-role-policies '{"RoleName":"AWSBackupDefaultServiceRole"}' \
    '(length(AttachedPolicies[?PolicyArn == `"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"`]) > `0`) && `"fits"` || (length(AttachedPolicies[?PolicyArn == `"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"`]) == `0`) && `"open"` || `"moved"`'
act iam attach-role-policy \
    '{"PolicyArn":"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores","RoleName":"AWSBackupDefaultServiceRole"}'

# a4  create-vault a4
#     undo: by the backout script
begin a4 eu-west-1 'create-vault a4'
look open '' backup list-backup-vaults '{}' \
    'BackupVaultList[?BackupVaultName == `"Default"`] | [0] | (@ && ((`true`) && `"fits"` || (`false`) && `"open"` || `"moved"`))'
act backup create-backup-vault '{"BackupVaultName":"Default","BackupVaultTags":{"Purpose":"backup","restorable:tool":"restorable"}}'

# a5  create-plan a5
#     undo: by the backout script
begin a5 eu-west-1 'create-plan a5'
locate --backup-plan-id '' backup list-backup-plans '{}' 'BackupPlansList[?BackupPlanName == `"restorable-daily"`].BackupPlanId | [0]'
look open ResourceNotFoundException backup get-backup-plan '{}' \
    '(length(BackupPlan.Rules) == `1` && length((BackupPlan.Rules)[?RuleName == `"daily"` && TargetBackupVaultName == `"Default"` && ScheduleExpression == `"cron(0 5 ? * * *)"` && (ScheduleExpressionTimezone || `"Etc/UTC"`) == `"Etc/UTC"` && (StartWindowMinutes || `480`) == `60` && (CompletionWindowMinutes || `10080`) == `180` && Lifecycle.DeleteAfterDays == `35` && Lifecycle.MoveToColdStorageAfterDays == `null` && (EnableContinuousBackup || `false`) == `false` && TargetLogicallyAirGappedBackupVaultArn == `null` && (RecoveryPointTags || `{}`) == `{}` && sort_by((CopyActions || `[]`), &DestinationBackupVaultArn)[].[DestinationBackupVaultArn, Lifecycle.DeleteAfterDays, Lifecycle.MoveToColdStorageAfterDays] == `[]`]) == `1`) && `"fits"` || (`false`) && `"open"` || `"moved"`'
act backup create-backup-plan \
    '{"BackupPlan":{"BackupPlanName":"restorable-daily","Rules":[{"CompletionWindowMinutes":180,"Lifecycle":{"DeleteAfterDays":35},"RuleName":"daily","ScheduleExpression":"cron(0 5 ? * * *)","StartWindowMinutes":60,"TargetBackupVaultName":"Default"}]},"BackupPlanTags":{"Purpose":"backup","restorable:tool":"restorable"}}'
plan_a5="$found"

# a6  assign-to-plan a6
#     undo: by the backout script
begin a6 eu-west-1 'assign-to-plan a6'
locate --selection-id '' backup list-backup-selections '{}' \
    'BackupSelectionsList[?SelectionName == `"restorable-tables"`].SelectionId | [0]' --backup-plan-id "$plan_a5"
look open ResourceNotFoundException backup get-backup-selection '{}' \
    '(BackupSelection.SelectionName == `"restorable-tables"` && BackupSelection.IamRoleArn == `"arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole"` && sort(BackupSelection.Resources || `[]`) == `["arn:aws:dynamodb:*:*:table/*"]` && sort(BackupSelection.NotResources || `[]`) == `[]` && sort((BackupSelection.ListOfTags || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringEquals || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringNotEquals || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringLike || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringNotLike || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]`) && `"fits"` || (`false`) && `"open"` || `"moved"`' \
    --backup-plan-id "$plan_a5"
act backup create-backup-selection \
    '{"BackupSelection":{"IamRoleArn":"arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole","Resources":["arn:aws:dynamodb:*:*:table/*"],"SelectionName":"restorable-tables"}}' \
    --backup-plan-id "$plan_a5"

# a7  enable-pitr a7
#     undo: not by the backout script, only by restorable backout --drop pitr: the history
begin a7 eu-west-1 'enable-pitr a7'
look open '' dynamodb describe-continuous-backups '{"TableName":"orders"}' \
    '(ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == `"ENABLED"` && ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays == `35`) && `"fits"` || (ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == `"DISABLED"`) && `"open"` || `"moved"`'
act dynamodb update-continuous-backups \
    '{"PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":35},"TableName":"orders"}'

# a8  enable-pitr a8
#     undo: not by the backout script, only by restorable backout --drop pitr: the history
begin a8 eu-west-1 'enable-pitr a8'
look open '' dynamodb describe-continuous-backups '{"TableName":"carts"}' \
    '(ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == `"ENABLED"` && ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays == `35`) && `"fits"` || (ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == `"DISABLED"`) && `"open"` || `"moved"`'
act dynamodb update-continuous-backups \
    '{"PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":35},"TableName":"carts"}'

id=end
say 'All is done. What it is worth: restorable scan'
