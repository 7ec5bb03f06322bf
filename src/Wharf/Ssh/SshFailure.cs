using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Transport;

namespace Wharf.Ssh;

/// <summary>Why a client has no session, in words for whoever wanted one: the one place that translates how a connection ended.</summary>
internal static class SshFailure
{
    /// <summary>Most characters of a server's list of algorithms in a message.</summary>
    private const int MostListChars = 512;

    /// <summary>The exception for a connection that ended before its login did.</summary>
    /// <param name="why">How it ended.</param>
    /// <param name="transport">Whose.</param>
    /// <param name="authentication">What was tried.</param>
    /// <param name="options">Who is called what.</param>
    /// <param name="isRefused">Whether nothing was left to log in by.</param>
    public static ConnectionException Of(
        SshEnd why, SshTransport transport, ClientAuthentication authentication, SshClientOptions options, bool isRefused)
    {
        string target = options.Target;
        string words = transport.PeersWords;
        if (isRefused)
        {
            return new(ConnectionError.LoginRefused, Refused(authentication, options));
        }

        if (transport.Failure is { } failure)
        {
            return failure switch
            {
                { Offered: { Count: > 0 } offered } => new(
                    ConnectionError.NotOffered, $"{failure.Message.TrimEnd('.')} with {target}, which offers {List(offered)}."),
                { Reason: DisconnectReason.HostKeyNotVerifiable } => new(ConnectionError.NotTrusted, $"{target}: {failure.Message}"),
                _ => new(ConnectionError.Protocol, $"{target} does not keep to the rules of SSH: {failure.Message}"),
            };
        }

        return (DisconnectReason)transport.PeersReason switch
        {
            DisconnectReason.TooManyConnections => new(ConnectionError.Busy, $"{target} has no place now: {words}") { ServerReply = words },

            // OpenSSH counts tries and ends the connection with "Too many authentication failures" as a protocol error.
            DisconnectReason.NoMoreMethods => new(ConnectionError.LoginRefused, $"{Refused(authentication, options)} It said: {words}") { ServerReply = words },
            DisconnectReason.ProtocolError when authentication.Tried.Count > 0 =>
                new(ConnectionError.LoginRefused, $"{Refused(authentication, options)} It said: {words}") { ServerReply = words },
            0 => Ended(why, transport, options),
            _ => new(ConnectionError.Lost, $"{target} ended the connection: {words}") { ServerReply = words },
        };
    }

    private static ConnectionException Ended(SshEnd why, SshTransport transport, SshClientOptions options) =>

        // What OpenSSH's MaxStartups and tcp wrappers look like from outside: later may be better, and fewer at once.
        transport.PeerVersion.Length == 0 && why is SshEnd.Left or SshEnd.Broken
            ? new(ConnectionError.Busy, $"{options.Target} closed the connection before it said anything; it may have too many logins under way, or not want this client.")
            : new(ConnectionError.Lost, $"The connection to {options.Target} was lost before the login: {why}.");

    private static string Refused(ClientAuthentication authentication, SshClientOptions options)
    {
        string offered = authentication.Offered.Count == 0 ? "no method" : List(authentication.Offered);
        string tried = authentication.Tried.Count == 0
            ? "none of them could be tried with what was given"
            : "tried were " + string.Join(", ", authentication.Tried.Select(method =>
                method == "publickey" ? $"publickey ({authentication.KeysOffered} {(authentication.KeysOffered == 1 ? "key" : "keys")})" : method));
        return $"{options.Target} refuses the login as \"{FileNames.ForDisplay(options.Identity.User)}\": it offers {offered}; {tried}.";
    }

    private static string List(IReadOnlyList<string> names)
    {
        string list = string.Join(", ", names);
        return FileNames.ForDisplay(list.Length <= MostListChars ? list : list[..MostListChars] + "...");
    }
}
