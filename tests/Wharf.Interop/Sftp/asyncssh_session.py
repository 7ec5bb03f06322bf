"""Steps by asyncssh; any surprise is an exception and so an exit code.

Arguments: port user known-hosts proof signature-algorithm key-file-or-password. Steps come on standard input (Step.cs).
"""
import asyncio
import os
import sys
from urllib.parse import unquote_to_bytes

import asyncssh

port, user, known_hosts, proof, signature, secret = sys.argv[1:]


async def show(sftp, folder):
    for name in sorted(await sftp.listdir(folder)):
        os.write(1, name + b"\n")


async def put_rest(sftp, here, there):
    async with sftp.open(there, "r+b", encoding=None) as sink:
        done = (await sink.stat()).size
        with open(here, "rb") as source:
            source.seek(done)
            await sink.seek(done)
            while block := source.read(1 << 18):
                await sink.write(block)


async def get_rest(sftp, there, here):
    async with sftp.open(there, "rb", encoding=None) as source:
        with open(here, "ab") as sink:
            await source.seek(os.path.getsize(here))
            while block := await source.read(1 << 18):
                sink.write(block)


steps = {
    b"put": lambda sftp, here, there: sftp.put(here, there),
    b"get": lambda sftp, there, here: sftp.get(there, here),
    b"put-rest": put_rest,
    b"get-rest": get_rest,
    b"list": show,
    b"rename": lambda sftp, here, there: sftp.rename(here, there),
    b"remove": lambda sftp, path: sftp.remove(path),
    b"mkdir": lambda sftp, path: sftp.mkdir(path),
    b"rmdir": lambda sftp, path: sftp.rmdir(path),
}


def login():
    if proof == "Password":
        return {"password": secret, "client_keys": None, "preferred_auth": "password"}
    if proof == "KeyboardInteractive":
        return {"password": secret, "client_keys": None, "preferred_auth": "keyboard-interactive"}
    key = (secret, secret + "-cert.pub") if proof == "Certificate" else (secret, None)
    return {"client_keys": [key], "signature_algs": [signature.split("-cert")[0]], "preferred_auth": "publickey"}


async def main():
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, known_hosts=known_hosts, agent_path=None, config=None, **login()
    ) as connection:
        async with connection.start_sftp_client(path_encoding=None) as sftp:
            for line in sys.stdin.buffer:
                verb, *paths = line.split()
                await steps[verb](sftp, *map(unquote_to_bytes, paths))


asyncio.run(main())
