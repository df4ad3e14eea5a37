"""A server of S3 for tests, which checks signatures. It prints its port and keys, and ends when its input ends."""

import sys
import threading

from moto import settings
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ACCOUNT, PARTITION = "123456789012", "aws"
EVERYTHING = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'

lock = threading.Lock()
moto = DomainDispatcherApplication(create_backend_app)


class Handler(WSGIRequestHandler):
    def log(self, *_):
        pass


def answer(environ, start_response):
    # It looks whether there is an object, and then creates it: of two requests at once, both might.
    with lock:
        if environ["REQUEST_METHOD"] == "PUT" and environ["PATH_INFO"].startswith("/careless/"):
            careless.keys.clear()
        return list(moto(environ, start_response))


users = iam_backends[ACCOUNT][PARTITION]
users.create_user("us-east-1", "tester")
users.put_user_policy("tester", "everything", EVERYTHING)
key = users.create_access_key("tester")
s3_backends[ACCOUNT][PARTITION].create_bucket("runs", "us-east-1")
# One of a server that does not look whether there is an object.
careless = s3_backends[ACCOUNT][PARTITION].create_bucket("careless", "us-east-1")
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, key.access_key_id, key.secret_access_key, flush=True)
sys.stdin.read()
