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
