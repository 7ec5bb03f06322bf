using System.Diagnostics;
using System.Globalization;
using Wharf.Client;

// A client program over RemoteSource with no options of its own, so that what is measured is what a caller of the library gets:
//   bench-client get|put|get-many|put-many|drop URL LOCAL SECRET
// SECRET is the password of FTP, or the file of the private key of SSH. Says "transfer=SECONDS" of the transfer without the login.
if (args is not [var verb, var url, var local, var secret])
{
    Console.Error.WriteLine("usage: bench-client get|put|get-many|put-many|drop URL LOCAL SECRET");
    return 2;
}

// The folder or file is what the source is about; its calls name it relative to where the login begins.
var cut = url.LastIndexOf('/');
var name = url[(cut + 1)..];
var options = new RemoteOptions
{
    Password = (_, _) => ValueTask.FromResult<string?>(url.StartsWith("sftp:", StringComparison.Ordinal) ? null : secret),
    Trust = HostTrust.AcceptAnyInsecure,
    Ftp = new RemoteFtpOptions { AllowsCleartextPassword = true },
    Ssh = new RemoteSshOptions
    {
        Identities = url.StartsWith("sftp:", StringComparison.Ordinal) ? [new Wharf.Client.Ssh.SshIdentity(secret)] : [],
        UsesAgent = false,
        UsesDefaultIdentities = false,
        ConfigFiles = [],
    },
};
try
{
    await using var source = new RemoteSource(url[..(cut + 1)], options);
    await source.FactsAsync();
    var since = Stopwatch.GetTimestamp();
    switch (verb)
    {
        case "get":
        case "get-many":
            await source.DownloadAsync(name, local);
            break;
        case "put":
        case "put-many":
            await source.UploadAsync(local, name);
            break;
        case "drop":
            await using (var stream = await source.OpenReadAsync(name))
            {
                await stream.CopyToAsync(Stream.Null);
            }

            break;
        default:
            Console.Error.WriteLine($"There is no {verb}.");
            return 2;
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"transfer={Stopwatch.GetElapsedTime(since).TotalSeconds:0.######}"));
    return 0;
}
catch (RemoteException failed)
{
    Console.Error.WriteLine($"{failed.Error}: {failed.Message}");
    foreach (var one in failed.Failures.Take(3))
    {
        Console.Error.WriteLine($"{one.Error}: {one.Message}");
    }

    return 1;
}
