"""AWS CLI for scripts that call it often: aws_server.py SOCKET. Ends with standard input.

Python and AWS CLI are loaded once, and the models of the services that backups take; each call is a fork of that, with the streams,
the folder and the environment of its caller, in which AWS CLI's own main runs. The program named aws beside this file is the caller."""

import array
import json
import os
import signal
import socket
import sys
import threading

import awscli.clidriver
import botocore.session

SERVICES = ("backup", "dynamodb", "iam", "sts", "resourcegroupstaggingapi")


def warm():
    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    for service in SERVICES:
        loader.load_service_model(service, "service-2")
        for kind in ("paginators-1", "waiters-2"):
            try:
                loader.load_service_model(service, kind)
            except botocore.exceptions.DataNotFoundError:
                pass
    loader.load_data("endpoints")
    return loader


def call(connection, loader):
    """In the child: becomes the caller and runs its command line."""
    with connection:
        fds = array.array("i")
        message, ancillary, _, _ = connection.recvmsg(1 << 22, socket.CMSG_SPACE(3 * fds.itemsize))
        for _, _, data in ancillary:
            fds.frombytes(data)
        while not message.endswith(b"\0"):
            message += connection.recv(1 << 22)
        order = json.loads(message[:-1])
        for target, fd in enumerate(fds):
            os.dup2(fd, target)
            os.close(fd)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["aws", *order["words"]]
        status = 255
        try:
            driver = awscli.clidriver.create_clidriver()
            driver.session.register_component("data_loader", loader)
            status = driver.main(order["words"])
        except SystemExit as leaving:
            status = leaving.code or 0
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            connection.sendall(str(status).encode())
    os._exit(0)


def main():
    loader = warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are nobody's zombies
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(sys.argv[1])
        server.listen(16)
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                call(connection, loader)
            connection.close()


if __name__ == "__main__":
    main()
