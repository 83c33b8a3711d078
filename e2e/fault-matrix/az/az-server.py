"""Runs commands of az in forks of one process: to load az takes most of a command's processor time.

Each command is /usr/bin/az itself, in a process of its own, with the words, folder, variables and
files of its caller (az-client.py). This process loads what a command has loaded, for those that
follow, and ends when its standard input does.
"""

import atexit
import importlib
import json
import os
import runpy
import select
import socket
import sys

AZ = "/usr/bin/az"
REQUEST_BYTES_MAX = 100_000


def run(caller: socket.socket) -> None:
    """In the fork: the command, to its exit code."""
    request, files, _, _ = socket.recv_fds(caller, REQUEST_BYTES_MAX, 3)
    told = json.loads(request)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["variables"])
    sys.argv = [AZ, *told["words"]]
    code = 0
    try:
        runpy.run_path(AZ)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    caller.send(b"%d" % code)


def load(names: list[str]) -> None:
    for name in names:
        if name in sys.modules or name.endswith("__main__"):
            continue
        try:
            importlib.import_module(name)
        except Exception:
            pass  # it is made by another module


def serve(listener: socket.socket) -> None:
    caller, _ = listener.accept()
    here, there = os.pipe()
    if os.fork() == 0:
        os.close(here)
        run(caller)
        os.write(there, json.dumps(list(sys.modules)).encode())
        os._exit(0)
    caller.close()
    os.close(there)
    with os.fdopen(here) as names:
        loaded = names.read()
    os.wait()
    load(json.loads(loaded or "[]"))


listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(sys.argv[1])
listener.listen()
print("ready", flush=True)
while listener in select.select([listener, sys.stdin], [], [])[0]:
    serve(listener)
