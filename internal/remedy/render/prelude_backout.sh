
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
