using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication.Methods;

/// <summary>"none" (RFC 4252 section 5.2): never a login; clients ask by it which methods there are.</summary>
internal sealed class None() : AuthenticationMethod("none", proves: "", isListed: false)
{
    public override ValueTask<MethodOutcome> RunAsync(ServerAuthentication session, UserauthRequest request, CancellationToken cancel)
    {
        var reader = new WireReader(request.Fields);
        NoneFields.Read(ref reader);
        reader.End();
        return new(new MethodOutcome.Refused("none proves nothing"));
    }
}
