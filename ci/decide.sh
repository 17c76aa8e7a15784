#!/bin/sh
# Ends a job as a scan ended: decide.sh with SCAN_CODE, the exit code of restorable scan, and SCAN_UNKNOWN, which is warn, fail or ignore:
# what becomes of a scan in which nothing fails and something is not known.
set -eu

case "${SCAN_UNKNOWN:-warn}" in
  warn | fail | ignore) ;;
  *)
    echo "::error title=restorable::unknown: $SCAN_UNKNOWN is none of warn, fail and ignore" | tr -d '\r'
    exit 2
    ;;
esac
case "${SCAN_CODE:?}" in
  3)
    [ "${SCAN_UNKNOWN:-warn}" != fail ] || exit 3
    [ "${SCAN_UNKNOWN:-warn}" = ignore ] || echo "::warning title=restorable::nothing fails, but something is not known: the report says what"
    ;;
  *) exit "$SCAN_CODE" ;;
esac
