"""Uploads and downloads by ftplib on one login; any surprise is an exception and so an exit code.

Arguments: port user password certificate Explicit|Implicit Passive|Active TLSv1.2|TLSv1.3 session|unaided remote-folder.
Steps come on standard input: "put NAME" and "get NAME", from up/ and to down/ below the working folder.
"""
import ftplib
import socket
import ssl
import sys

port, user, password, certificate, start, data, version, aid, remote = sys.argv[1:]


class Session(ftplib.FTP_TLS):
    def connect_implicit(self, host, port):
        """What ftplib lacks: TLS from the first byte."""
        self.host = host
        raw = socket.create_connection((host, port), self.timeout)
        self.af = raw.family
        self.sock = self.context.wrap_socket(raw, server_hostname=host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()

    def ntransfercmd(self, cmd, rest=None):
        if aid == "unaided":
            return super().ntransfercmd(cmd, rest)
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        assert conn.session_reused, "The session of the control connection was not resumed."
        return conn, size

    def putline(self, line):
        if line.startswith("PASS "):
            print("PASS ")
        super().putline(line)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(certificate)
context.minimum_version = context.maximum_version = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}[version]
ftp = Session(context=context, timeout=60)
if start == "Implicit":
    ftp.connect_implicit("127.0.0.1", int(port))
else:
    ftp.connect("127.0.0.1", int(port))
    ftp.auth()
assert ftp.sock.version() == version, ftp.sock.version()
ftp.login(user, password)
ftp.prot_p()
ftp.set_pasv(data == "Passive")
ftp.cwd(remote)
for line in sys.stdin:
    verb, name = line.split()
    if verb == "put":
        with open("up/" + name, "rb") as source:
            print(ftp.storbinary("STOR " + name, source))
    else:
        with open("down/" + name, "wb") as sink:
            print(ftp.retrbinary("RETR " + name, sink.write))
ftp.quit()
