"""asyncssh's SFTP server. Arguments: port root host-key authorized-keys user password. Ends when it is killed."""
import asyncio
import sys

import asyncssh

port, root, host_key, authorized_keys, user, password = sys.argv[1:]


class Logins(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, given):
        return username == user and given == password


async def serve():
    await asyncssh.listen(
        "127.0.0.1",
        int(port),
        server_factory=Logins,
        server_host_keys=[host_key],
        authorized_client_keys=authorized_keys,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root),
    )
    await asyncio.Event().wait()


asyncio.run(serve())
