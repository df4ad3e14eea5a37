"""The trainer of the floor: answers each line with one as long as the client's, and does nothing else."""

import os
import socket
import time

model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)
seconds = float(os.environ["SECONDS"])
connection = socket.socket(fileno=0)

while line := connection.recv(65536):
    identity = line.split(b'"id":"', 1)[1].split(b'"', 1)[0]
    folder = line.rsplit(b'"save_to":"', 1)[1].split(b'"', 1)[0]
    if seconds:
        time.sleep(seconds)
    file = os.open(folder + b"/model", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    left = memoryview(model)
    while left:
        left = left[os.write(file, left) :]
    os.close(file)
    answer = b'"metrics":{"score":3},"in_force":{"x":0.123456789012},"read":["x"]}'
    connection.sendall(b'{"type":"done","interval":"' + identity + b'",' + answer + b"\n")
