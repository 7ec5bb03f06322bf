// Uploads and downloads by basic-ftp on one login; any surprise is an exit code.
// Arguments: module port user password certificate Explicit|Implicit TLSv1.2|TLSv1.3 remote-folder.
// Steps come on standard input: "put NAME" and "get NAME", from up/ and to down/ below the working folder.
"use strict"
const fs = require("fs")
const [module_, port, user, password, certificate, start, version, remote] = process.argv.slice(2)
const ftp = require(module_)

async function run() {
    const client = new ftp.Client(60000)
    client.ftp.log = line => console.log(line)
    client.ftp.verbose = true
    const steps = fs.readFileSync(0, "utf8").split("\n").filter(line => line)
    await client.access({
        host: "127.0.0.1", port: Number(port), user, password, secure: start === "Implicit" ? "implicit" : true,
        secureOptions: { ca: fs.readFileSync(certificate), minVersion: version, maxVersion: version },
    })
    if (client.ftp.socket.getProtocol() !== version) {
        throw new Error(client.ftp.socket.getProtocol())
    }
    await client.cd(remote)
    for (const step of steps) {
        const [verb, name] = step.split(" ")
        await (verb === "put" ? client.uploadFrom("up/" + name, name) : client.downloadTo("down/" + name, name))
    }
    client.close()
}

run().catch(error => {
    console.error(error)
    process.exit(1)
})
