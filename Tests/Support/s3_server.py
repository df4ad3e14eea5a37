"""A server of S3 for tests, which checks signatures. It prints its port and keys, and ends when its input ends.

Some places have faults: in `careless` it does not look whether there is an object, in `silent` it does not answer, and in
`busy` it answers to every second part of a file that it has no time.
"""

import datetime
import itertools
import json
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
    place = environ["PATH_INFO"].split("/")[1]
    if place == "credentials":
        start_response("200 OK", [])
        return [short_lived_credentials()]
    if place == "silent":
        threading.Event().wait()
    is_part = "partNumber" in environ["QUERY_STRING"] or "HTTP_RANGE" in environ
    # It looks whether there is an object, and then creates it: of two requests at once, both might.
    with lock:
        if place == "careless" and environ["REQUEST_METHOD"] == "PUT":
            careless.keys.clear()
        if place == "busy" and is_part and next(parts) % 2 == 0:
            start_response("503 Slow Down", [])
            return [b"<Error><Code>SlowDown</Code></Error>"]
        return list(moto(environ, start_response))


def short_lived_credentials():
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
    return json.dumps(
        {
            "AccessKeyId": f"key {next(credentials)}",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    ).encode()


parts, credentials = itertools.count(), itertools.count()
users = iam_backends[ACCOUNT][PARTITION]
users.create_user("us-east-1", "tester")
users.put_user_policy("tester", "everything", EVERYTHING)
key = users.create_access_key("tester")
for bucket in ("runs", "busy"):
    s3_backends[ACCOUNT][PARTITION].create_bucket(bucket, "us-east-1")
careless = s3_backends[ACCOUNT][PARTITION].create_bucket("careless", "us-east-1")
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, key.access_key_id, key.secret_access_key, flush=True)
sys.stdin.read()
