#!/bin/sh
# Scans for a pipeline: shows the table in the log, writes all reports into a folder, and never fails itself. What came of it goes to
# GITHUB_OUTPUT, the report for people to GITHUB_STEP_SUMMARY, where there are such files.
#
#   SCAN_PATHS      what to scan, one a line (default .)
#   SCAN_ARGUMENTS  further arguments of restorable scan, one a line
#   SCAN_FOLDER     where reports go, and where bin/restorable may be (default .)
#   SCAN_BINARY     the restorable to call (default the folder's, or else the one on PATH)
#   SCAN_ANNOTATE   true: show failures beside the lines of a pull request
set -eu

folder=${SCAN_FOLDER:-.}
binary=${SCAN_BINARY:-}
if [ -z "$binary" ]; then
  binary=restorable
  [ ! -x "$folder/bin/restorable" ] || binary=$folder/bin/restorable
fi
mkdir -p "$folder"
rm -f "$folder/restorable.json" "$folder/restorable.sarif" "$folder/restorable.md" "$folder/upload.sarif"

# One argument a line, whatever is in it.
set --
set -f
IFS='
'
for argument in ${SCAN_ARGUMENTS:-}; do set -- "$@" "$argument"; done
set -- "$@" -o table -o "json=$folder/restorable.json" -o "sarif=$folder/restorable.sarif" -o "markdown=$folder/restorable.md" --
for path in ${SCAN_PATHS:-.}; do set -- "$@" "$path"; done
unset IFS
set +f

code=0
"$binary" scan "$@" || code=$?

tell() {
  [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

tell exit-code "$code"
[ -f "$folder/restorable.json" ] || exit 0
tell json "$folder/restorable.json"
tell sarif "$folder/restorable.sarif"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$folder/restorable.md" >>"$GITHUB_STEP_SUMMARY"
fi

# Code scanning makes open alerts of what is suppressed, too: it is given the rest.
upload=$folder/restorable.sarif
if command -v jq >/dev/null 2>&1; then
  upload=$folder/upload.sarif
  jq -c '.runs[].results |= map(select((.suppressions // []) == []))' "$folder/restorable.sarif" >"$upload"
  tell failed "$(jq -r .summary.verdicts.FAIL "$folder/restorable.json")"
  tell unknown "$(jq -r .summary.verdicts.UNKNOWN "$folder/restorable.json")"
  if [ "${SCAN_ANNOTATE:-}" = true ]; then
    # GitHub shows ten of each kind in a step: the worst come first.
    jq -r '
      def data: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
      def plain: gsub("\\\\(?<sign>[\\\\\\[\\]])"; .sign);
      # A reference of SARIF as the name of a file: its escapes are bytes of UTF-8.
      def bytes: [match("%(..)"; "g").captures[0].string | ascii_downcase | explode | map(if . > 57 then . - 87 else . - 48 end) | .[0] * 16 + .[1]];
      def letters: reduce .[] as $b ([];
        if $b < 128 then . + [$b] elif $b < 192 then .[:-1] + [.[-1] * 64 + $b - 128] elif $b < 224 then . + [$b - 192] elif $b < 240 then . + [$b - 224] else . + [$b - 240] end)
        | implode;
      def name: . as $uri | try ([match("(%[0-9A-Fa-f]{2})+|[^%]+"; "g").string | if startswith("%") then bytes | letters else . end] | add) catch $uri;
      def property: data | gsub(":"; "%3A") | gsub(","; "%2C");
      [.runs[].results[] | select(.kind == "fail")] | sort_by({critical: 0, high: 1, medium: 2, low: 3}[.properties.severity] // 4) | .[]
      | .locations[0].physicalLocation as $at
      | "::\(if .level == "note" then "notice" else .level end) file=\($at.artifactLocation.uri | name | property),line=\($at.region.startLine),title=\(.ruleId | property)::\(.message.text | plain | data)"
    ' "$upload"
  fi
fi
tell upload "$upload"
