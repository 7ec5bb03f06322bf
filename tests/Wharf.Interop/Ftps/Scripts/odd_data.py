"""Data connections as no honest client makes them. Prints one line for what the test wants to know; surprises are exceptions.

Arguments: port other-port user password certificate Explicit|Implicit TLSv1.2|TLSv1.3 what remote-folder.
"other-port" is the implicit listener's, for a session from elsewhere.
"""
import ftplib
import io
import socket
import ssl
import struct
import sys

port, other_port, user, password, certificate, start, version, what, remote = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(certificate)
context.minimum_version = context.maximum_version = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}[version]
PATIENCE = 60


class Session(ftplib.FTP_TLS):
    # Whose session is on the next data connection; None for nobody's.
    lender = "self"

    def begin(self):
        self.host = "127.0.0.1"
        raw = socket.create_connection((self.host, int(port)), PATIENCE)
        self.af = raw.family
        if start == "Implicit":
            raw = self.context.wrap_socket(raw, server_hostname=self.host)
        self.sock = raw
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        if start == "Explicit":
            self.auth()
        self.login(user, password)
        self.prot_p()
        self.cwd(remote)
        self.voidcmd("TYPE I")
        return self

    def protect(self, raw):
        lent = self.sock.session if self.lender == "self" else self.lender
        return self.context.wrap_socket(raw, server_hostname=self.host, session=lent, suppress_ragged_eofs=False)

    def ntransfercmd(self, cmd, rest=None):
        raw, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        return self.protect(raw), size


def session():
    return Session(context=context, timeout=PATIENCE).begin()


def final(ftp):
    """The first reply that is not preliminary."""
    while True:
        reply = ftp.getmultiline()
        if not reply.startswith("1"):
            return reply


def steal(ftp, command, lender):
    """A data connection with somebody else's session: what came over it, and the reply."""
    host, passive = ftp.makepasv()
    raw = socket.create_connection((host, passive), PATIENCE)
    ftp.putcmd(command)
    got = b""
    try:
        ftp.lender = lender
        conn = ftp.protect(raw)
        assert not conn.session_reused, "A session of somebody else was resumed."
        if command.startswith("STOR"):
            conn.sendall(b"stolen")
            conn.unwrap()
        else:
            while block := conn.recv(1 << 16):
                got += block
    except (ssl.SSLError, OSError):
        pass  # refused while it was shaking hands, or behind it
    finally:
        ftp.lender = "self"
    return got, final(ftp)


def lenders():
    """Sessions that are not this login's, each with what it is."""
    yield "none", None
    other = session()
    yield "another login's", other.sock.session
    into = io.BytesIO()
    other.retrbinary("RETR own", into.write)
    yield "another login's, renewed", other.sock.session
    raw = context.wrap_socket(socket.create_connection(("127.0.0.1", int(other_port)), PATIENCE), server_hostname="127.0.0.1")
    raw.recv(1 << 10)
    yield "another listener's, not logged in", raw.session
    other.quit()


def serves(ftp, name, expected):
    into = io.BytesIO()
    ftp.retrbinary("RETR " + name, into.write)
    assert into.getvalue() == expected, "The real client got other bytes."


own = open("own", "rb").read()
if what == "theft":
    ftp = session()
    for name, lender in lenders():
        got, reply = steal(ftp, "RETR own", lender)
        assert got == b"", "The thief got bytes of the file."
        print("RETR", name, reply)
        serves(ftp, "own", own)
        got, reply = steal(ftp, "STOR stolen", lender)
        print("STOR", name, reply)
        serves(ftp, "own", own)
    ftp.quit()
elif what == "stranger":
    # With session-reuse=optional: nobody's session is resumed, the handshake is done in full, and the transfer goes on.
    ftp = session()
    for name, lender in lenders():
        ftp.lender = lender
        serves(ftp, "own", own)
        conn = ftp.transfercmd("STOR stranger")
        assert not conn.session_reused, name
        conn.sendall(own)
        conn.unwrap()
        conn.close()
        print(name, ftp.voidresp())
    ftp.quit()
elif what in ("cut", "reset"):
    ftp = session()
    for name in ("fresh", "old"):
        conn = ftp.transfercmd("STOR " + name)
        conn.sendall(own)
        raw = socket.socket(fileno=conn.detach())
        raw.settimeout(PATIENCE)
        if what == "cut":
            raw.shutdown(socket.SHUT_WR)
            try:
                while raw.recv(1 << 10):
                    pass
            except ConnectionResetError:
                pass  # it may leave us at once
        else:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        print(name, final(ftp))
    serves(ftp, "own", own)
    ftp.quit()
elif what == "ends":
    # Every data connection ends with the server's close_notify; without it, recv (or unwrap) is an SSLEOFError.
    ftp = session()
    for command in ("RETR own", "RETR empty", "LIST", "NLST", "MLSD"):
        conn = ftp.transfercmd(command)
        count = 0
        while block := conn.recv(1 << 16):
            count += len(block)
        conn.unwrap()
        conn.close()
        print(command, count, ftp.voidresp())
    for name, data in (("up", own), ("nothing", b"")):
        conn = ftp.transfercmd("STOR " + name)
        conn.sendall(data)
        conn.unwrap()
        conn.close()
        print("STOR", name, ftp.voidresp())
    ftp.quit()
else:
    raise ValueError(what)
