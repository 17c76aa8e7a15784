
# moved: the name is taken, unless it is known whose table it is.
moved() { die "there is a table $target already, and nothing says that this script made it: choose another name, or set RESTORABLE_CONTINUE=$target when you know that it did"; }

# ours TAGS-INPUT: whether the table that is there was begun by this script, as its tag or the one who runs it says.
ours() {
  [ "$state" = moved ] || return 0
  if [ "${RESTORABLE_CONTINUE:-}" = "$target" ]; then
    state=fits
    return 0
  fi
  ask ResourceNotFoundException dynamodb list-tags-of-resource "$1" "length((Tags || \`[]\`)[?Key == \`\"restorable:run\"\` && Value == \`\"$run\"\`])"
  [ "$answer" != 1 ] || state=fits
}

# begun SERVICE OPERATION INPUT QUERY [OPTION...]: asks for something that goes on after the call; what QUERY finds is in $answer.
begun() {
  local service=$1 operation=$2 input=$3 query=$4 tries=0
  shift 4
  until answer=$(aws "$service" "$operation" --region "$region" --output json --cli-input-json "$input" --query "$query" "$@" 2>"$errors"); do
    tries=$((tries + 1))
    if [ "$tries" -ge "$attempts" ] || ! grep -qE "$not_yet" "$errors"; then
      cat "$errors" >&2
      die "$service $operation failed"
    fi
    sleep "$pause"
  done
  answer=${answer//\"/}
}

# await SERVICE OPERATION INPUT QUERY [OPTION...]: waits, as long as it takes, until QUERY answers done. Any answer but done and waiting
# is why it failed.
await() {
  local nothing=0
  while :; do
    ask ResourceNotFoundException "$@"
    case $answer in
      '"done"') return 0 ;;
      '"waiting"') nothing=0 ;;
      null)
        nothing=$((nothing + 1))
        [ "$nothing" -lt "$attempts" ] || die "$1 $2 shows nothing: AWS gave it up"
        ;;
      *) die "AWS could not do it: $answer" ;;
    esac
    sleep "$pause"
  done
}
