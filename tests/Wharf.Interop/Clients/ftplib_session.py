"""What ftplib can do, step by step; any surprise is an exception and so an exit code.

Arguments: way host port user password remote-folder local-folder.
The caller compares the bytes of both folders afterwards.
"""
import ftplib
import io
import os
import socket
import sys

way, host, port, user, password, remote, local = sys.argv[1:]
said = []


class Session(ftplib.FTP):
    def putline(self, line):
        said.append(line.split(" ")[0])
        super().putline(line)

    def makepasv(self):
        # ftplib asks EPSV over IPv6 only; the server need not care about the family.
        if way == "Epsv":
            return ftplib.parse229(self.sendcmd("EPSV"), self.sock.getpeername())
        return super().makepasv()

    def sendport(self, host, port):
        return self.sendeprt(host, port) if way == "Eprt" else super().sendport(host, port)


ftp = Session(timeout=30)
ftp.connect(host, int(port))
ftp.login(user, password)
ftp.set_pasv(way in ("Pasv", "Epsv", "Epsv6"))
ftp.cwd(remote)

# A tree up, and down again by what MLSD says.
up = os.path.join(local, "up")
for folder, folders, files in os.walk(up):
    below = os.path.relpath(folder, up)
    for name in folders:
        ftp.mkd(os.path.normpath(os.path.join(below, name)))
    for name in files:
        with open(os.path.join(folder, name), "rb") as source:
            ftp.storbinary("STOR " + os.path.normpath(os.path.join(below, name)), source)


def fetch(folder, into):
    os.mkdir(into)
    ftp.cwd(folder)
    entries = list(ftp.mlsd(facts=["type", "size", "modify", "perm", "unique"]))
    for name, facts in entries:
        assert set(facts) >= {"type", "modify", "unique"}, facts
        if facts["type"] == "dir":
            fetch(name, os.path.join(into, name))
        elif facts["type"] == "file":
            with open(os.path.join(into, name), "wb") as sink:
                ftp.retrbinary("RETR " + name, sink.write)
            assert os.path.getsize(os.path.join(into, name)) == int(facts["size"]) == ftp.size(name)
    named = sorted(name for name, facts in entries if facts["type"] not in ("cdir", "pdir"))
    visible = sorted(ftp.nlst("-a") if any(name[0] == "." for name in named) else (ftp.nlst() if named else []))
    assert [name for name in visible if name not in (".", "..")] == named, (visible, named)
    ftp.cwd("..")


ftp.mkd("again")
ftp.rmd("again")
base = ftp.pwd()
assert base == remote, base
fetch(remote, os.path.join(local, "down"))
ftp.cwd(remote)

# LIST, and names of a pattern.
lines = []
ftp.dir(lines.append)
assert any(line.endswith(" plain.txt") for line in lines), lines
assert ftp.nlst("plain.*") == ["plain.txt"]

# Resume both ways.
ftp.storbinary("STOR part", io.BytesIO(b"0123456789"))
ftp.storbinary("STOR part", io.BytesIO(b"abcde"), rest=5)
parts = []
ftp.retrbinary("RETR part", parts.append, rest=3)
assert b"".join(parts) == b"34abcde", parts
ftp.storbinary("APPE part", io.BytesIO(b"+"))
assert ftp.size("part") == 11

# A download that is given up, and the session goes on.
with open(os.path.join(local, "big"), "wb") as big:
    big.truncate(64 << 20)
with open(os.path.join(local, "big"), "rb") as big:
    ftp.storbinary("STOR big", big, blocksize=1 << 20)
data = ftp.transfercmd("RETR big")
assert len(data.recv(1000)) > 0
answer = ftp.abort()
assert answer[:3] in ("225", "226", "426"), answer
data.close()
if answer[:3] == "426":
    ftp.voidresp()
ftp.voidcmd("NOOP")
os.remove(os.path.join(local, "big"))
ftp.delete("big")

# Text.
ftp.storlines("STOR text", io.BytesIO(b"one\ntwo\r\nthree"))
lines = []
ftp.retrlines("RETR text", lines.append)
assert lines == ["one", "two", "three"], lines
ftp.delete("text")

# Names that are not UTF-8 are bytes to a client that says Latin-1.
ftp.encoding = "latin-1"
ftp.storbinary("STOR na\u00efve", io.BytesIO(b"x"))
assert "na\u00efve" in ftp.nlst()
assert "na\u00efve" in [name for name, facts in ftp.mlsd()]
ftp.rename("na\u00efve", "renamed")
ftp.encoding = "utf-8"
ftp.delete("renamed")

# Times, renames, refusals.
ftp.sendcmd("MFMT 20200229235958 part")
assert ftp.sendcmd("MDTM part") == "213 20200229235958"
ftp.rename("part", " p\u00e4rt ")
assert ftp.size(" p\u00e4rt ") == 11
ftp.delete(" p\u00e4rt ")
for refused in ("DELE part", "RNFR part", "SIZE part", "CWD part", "RMD part", "MKD plain.txt"):
    try:
        ftp.voidcmd(refused)
    except ftplib.error_perm:
        continue
    raise AssertionError(refused + " was not refused")
ftp.quit()
print("said " + " ".join(sorted(set(said))))
