"""Steps by paramiko; any surprise is an exception and so an exit code.

Arguments: port user known-hosts proof signature-algorithm key-file-or-password. Steps come on standard input (Step.cs).
"""
import os
import sys
from urllib.parse import unquote_to_bytes

import paramiko

port, user, known_hosts, proof, signature, secret = sys.argv[1:]

transport = paramiko.Transport(("127.0.0.1", int(port)))
if proof == "RsaSha256":
    transport.disabled_algorithms = {"pubkeys": ["rsa-sha2-512"]}
transport.start_client(timeout=60)
assert paramiko.HostKeys(known_hosts).check(f"[127.0.0.1]:{port}", transport.get_remote_server_key())
if proof == "Password":
    transport.auth_password(user, secret, fallback=False)
elif proof == "KeyboardInteractive":
    transport.auth_interactive(user, lambda title, text, prompts: [secret for _ in prompts])
else:
    kinds = {"E": paramiko.ECDSAKey, "R": paramiko.RSAKey}
    kind = paramiko.Ed25519Key if proof in ("Ed25519", "Certificate") else kinds[proof[0]]
    key = kind.from_private_key_file(secret)
    if proof == "Certificate":
        key.load_certificate(secret + "-cert.pub")
    transport.auth_publickey(user, key)
assert transport.is_authenticated()
sftp = paramiko.SFTPClient.from_transport(transport)


def show(folder):
    for name in sorted(sftp.listdir(folder)):
        os.write(1, os.fsencode(name) + b"\n")


def put_rest(here, there):
    with open(here, "rb") as source, sftp.open(there, "r+b") as sink:
        done = sftp.stat(there).st_size
        source.seek(done)
        sink.seek(done)
        sink.set_pipelined(True)
        while block := source.read(1 << 18):
            sink.write(block)


def get_rest(there, here):
    with sftp.open(there, "rb") as source, open(here, "ab") as sink:
        source.seek(os.path.getsize(here))
        while block := source.read(1 << 18):
            sink.write(block)


steps = {
    b"put": lambda here, there: sftp.put(here, there),
    b"get": lambda there, here: sftp.get(there, here),
    b"put-rest": put_rest,
    b"get-rest": get_rest,
    b"list": show,
    b"rename": sftp.posix_rename,
    b"remove": sftp.remove,
    b"mkdir": sftp.mkdir,
    b"rmdir": sftp.rmdir,
}
for line in sys.stdin.buffer:
    verb, *paths = line.split()
    steps[verb](*map(unquote_to_bytes, paths))
transport.close()
