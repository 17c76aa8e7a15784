"""Runs a program until it ends or until standard input does: supervise.py PROGRAM ARGUMENT... In WORKDIR, if set."""

import os
import signal
import subprocess
import sys
import threading


def main():
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, cwd=os.environ.get("WORKDIR") or None, start_new_session=True)

    def stop(*_):
        try:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait(timeout=5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def watch():
        sys.stdin.buffer.read()
        stop()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(stop()))
    threading.Thread(target=watch, daemon=True).start()
    sys.exit(child.wait())


if __name__ == "__main__":
    main()
