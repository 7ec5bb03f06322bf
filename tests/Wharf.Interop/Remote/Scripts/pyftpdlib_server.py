"""pyftpdlib's FTP server. Arguments: port root user password [key-and-certificate]. Ends when it is killed."""
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

port, root, user, password, *certificate = sys.argv[1:]
logging.basicConfig(level=logging.ERROR)
authorizer = DummyAuthorizer()
authorizer.add_user(user, password, root, perm="elradfmwMT")
handler = FTPHandler
if certificate:
    handler = TLS_FTPHandler
    handler.certfile = certificate[0]
    handler.tls_control_required = True
    handler.tls_data_required = True
handler.authorizer = authorizer
handler.auth_failed_timeout = 0
server = FTPServer(("127.0.0.1", int(port)), handler)
server.max_cons = 0
server.max_cons_per_ip = 0
server.serve_forever()
