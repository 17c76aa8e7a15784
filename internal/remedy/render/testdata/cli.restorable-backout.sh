#!/usr/bin/env bash
# Undoes what restorable.sh did.
# Made by restorable 1.2.3 from plan p-9053634f9635 for account 111122223333 (eu-west-1), as observed at
# 2026-11-20 08:00 UTC.
# Estimated cost: 12.50 USD a month and 0 USD once (prices of 2026-11-01).
# Everything that the plan does is in here.
#
# Only what is still as the plan made it is undone, and never what recovery depends on.
# - stays: create-role a1 (not by the backout script, only by restorable backout --drop role: what works through it)
# - stays: create-role a2 (not by the backout script, only by restorable backout --drop role: what works through it)
# - stays: create-role a3 (not by the backout script, only by restorable backout --drop role: what works through it)
# - stays: enable-pitr a7 (not by the backout script, only by restorable backout --drop pitr: the history)
# - stays: enable-pitr a8 (not by the backout script, only by restorable backout --drop pitr: the history)
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

# moved: it is no longer as the plan made it, so it is not this script's to undo.
moved() {
  say "    left alone: it was changed since, or was never made by the plan"
  left=$((left + 1))
}

# needs ID: what lies in something that is gone is gone.
needs() {
  [ -n "$1" ] || { state=skip; say "    gone already"; }
}

# owned KIND TOOL: only what carries the mark of the tool is taken away again.
owned() {
  [ "$state" = open ] || return 0
  ask '' backup list-tags "{\"ResourceArn\":\"arn:$partition:backup:$region:$account:$1:$found\"}" 'Tags."restorable:tool" || `""`'
  [ "$answer" = "\"$2\"" ] || state=moved
}

account=111122223333 partition=aws
observed=2026-11-20T08:00:00Z # when the plan was made
id=credentials region=eu-west-1
ask '' sts get-caller-identity '{}' Account
[ "$answer" = "\"$account\"" ] || die "these are credentials of account $answer, and the plan is for $account: choose others with AWS_PROFILE"

id=a5 region=eu-west-1
ask '' backup list-backup-plans '{}' 'BackupPlansList[?BackupPlanName == `"restorable-daily"`].BackupPlanId | [0]'
plan_a5=''
[ "$answer" = null ] || plan_a5=${answer//\"/}

# a6  undo: assign-to-plan a6
begin a6 eu-west-1 'undo: assign-to-plan a6'
needs "$plan_a5"
locate --selection-id '' backup list-backup-selections '{}' \
    'BackupSelectionsList[?SelectionName == `"restorable-tables"`].SelectionId | [0]' --backup-plan-id "$plan_a5"
look fits ResourceNotFoundException backup get-backup-selection '{}' \
    '(`false`) && `"fits"` || (BackupSelection.SelectionName == `"restorable-tables"` && BackupSelection.IamRoleArn == `"arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole"` && sort(BackupSelection.Resources || `[]`) == `["arn:aws:dynamodb:*:*:table/*"]` && sort(BackupSelection.NotResources || `[]`) == `[]` && sort((BackupSelection.ListOfTags || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringEquals || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringNotEquals || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringLike || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]` && sort((BackupSelection.Conditions.StringNotLike || `[]`)[].join(`"="`, [ConditionKey, ConditionValue])) == `[]`) && `"open"` || `"moved"`' \
    --backup-plan-id "$plan_a5"
act backup delete-backup-selection '{}' --backup-plan-id "$plan_a5" --selection-id "$found"

# a5  undo: create-plan a5
begin a5 eu-west-1 'undo: create-plan a5'
locate --backup-plan-id '' backup list-backup-plans '{}' 'BackupPlansList[?BackupPlanName == `"restorable-daily"`].BackupPlanId | [0]'
look fits ResourceNotFoundException backup get-backup-plan '{}' \
    '(`false`) && `"fits"` || (length(BackupPlan.Rules) == `1` && length((BackupPlan.Rules)[?RuleName == `"daily"` && TargetBackupVaultName == `"Default"` && ScheduleExpression == `"cron(0 5 ? * * *)"` && (ScheduleExpressionTimezone || `"Etc/UTC"`) == `"Etc/UTC"` && (StartWindowMinutes || `480`) == `60` && (CompletionWindowMinutes || `10080`) == `180` && Lifecycle.DeleteAfterDays == `35` && Lifecycle.MoveToColdStorageAfterDays == `null` && (EnableContinuousBackup || `false`) == `false` && TargetLogicallyAirGappedBackupVaultArn == `null` && (RecoveryPointTags || `{}`) == `{}` && sort_by((CopyActions || `[]`), &DestinationBackupVaultArn)[].[DestinationBackupVaultArn, Lifecycle.DeleteAfterDays, Lifecycle.MoveToColdStorageAfterDays] == `[]`]) == `1`) && `"open"` || `"moved"`'
owned backup-plan 'restorable'
act backup delete-backup-plan '{}' --backup-plan-id "$found"

# a4  undo: create-vault a4
begin a4 eu-west-1 'undo: create-vault a4'
look fits '' backup list-backup-vaults '{}' \
    'BackupVaultList[?BackupVaultName == `"Default"`] | [0] | (@ && ((`false`) && `"fits"` || (`true`) && `"open"` || `"moved"`))'
act backup delete-backup-vault '{"BackupVaultName":"Default"}'

id=end
say 'stays: create-role a1'
say 'stays: create-role a2'
say 'stays: create-role a3'
say 'stays: enable-pitr a7'
say 'stays: enable-pitr a8'
[ "$left" -eq 0 ] || say "$left left alone: see above"
say 'Backed out.'
