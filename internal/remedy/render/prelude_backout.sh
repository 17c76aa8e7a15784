
# moved: it is no longer as the plan made it, so it is not this script's to undo.
moved() {
  say "    left alone: it was changed since, or was never made by the plan"
  left=$((left + 1))
}

# needs ID: what lies in something that is gone is gone.
needs() {
  [ -n "$1" ] || { state=skip; say "    gone already"; }
}
