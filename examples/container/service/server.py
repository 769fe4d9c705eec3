import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUCKET = json.loads(os.environ["SST_RESOURCE_Uploads"])["name"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Longer than the balancer keeps connections.
    timeout = 65

    def do_GET(self):
        body = f"{os.environ['GREETING']}. Uploads go to {BUCKET}.\n".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# It comes when the drain is over: no request is under way.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Handler).serve_forever()
