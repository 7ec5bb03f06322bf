// Uploads a file or a folder:  dotnet run --project samples/Upload -- app.zip sftp://deploy@files.example/srv/releases/
// An unknown host key or certificate is shown and asked about; the password comes from WHARF_PASSWORD or the keyboard.
using Wharf.Client;
using Wharf.Client.Transfers;

if (args is not [var local, var url])
{
    Console.Error.WriteLine("usage: Upload FILE-OR-FOLDER URL");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    await using var site = new RemoteSource(url, new RemoteOptions
    {
        Trust = HostTrust.Ask((question, _) =>
        {
            Console.Error.Write($"{question.Host} shows {question.Kind} {question.Fingerprint}. Is that right? [y/N] ");
            return new(Console.ReadLine() is "y" ? TrustAnswer.AcceptAndRemember : TrustAnswer.Refuse);
        }),
        Password = (request, _) =>
        {
            Console.Error.Write($"Password of {request.User} at {request.Host}: ");
            return new(Environment.GetEnvironmentVariable("WHARF_PASSWORD") ?? Console.ReadLine());
        },
    });
    var progress = new Progress<TransferProgress>(now => Console.Error.WriteLine($"{now.Bytes} of {now.TotalBytes} bytes, {now.Path}"));
    var done = await site.UploadAsync(local, "", new() { Verify = Verify.HashIfOffered, MakeDirectories = true }, progress, stop.Token);
    Console.WriteLine($"{done.Files} files, {done.Bytes} bytes in {done.Elapsed.TotalSeconds:0.0} s, verified by {done.VerifiedBy}");
    return 0;
}
catch (RemoteException failed)
{
    Console.Error.WriteLine($"{failed.Error}: {failed.Message}");
    return 1;
}
