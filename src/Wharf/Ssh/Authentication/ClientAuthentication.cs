using Wharf.Files;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication;

/// <summary>
/// The client's side of the authentication protocol (RFC 4252), for one connection, after SSH_MSG_SERVICE_ACCEPT: asks by "none"
/// what there is, then goes through keys, questions and password until the server is content or nothing is left.
/// </summary>
/// <param name="transport">Below.</param>
/// <param name="identity">Who logs in, and by what.</param>
internal sealed class ClientAuthentication(IClientAuthenticationTransport transport, ClientIdentity identity)
{
    private const string Publickey = "publickey";
    private const string KeyboardInteractive = "keyboard-interactive";
    private const string Password = "password";

    // RFC 4253 section 11.1.
    private const uint NoMoreMethods = 14;

    /// <summary>Most questions in one round of keyboard-interactive.</summary>
    private const int MostQuestions = 32;

    private readonly Queue<KeyOffer> _keys = new(KeyOffer.For(identity.Keys));
    private readonly List<string> _tried = [];
    private Pending _pending;
    private KeyOffer? _offer;
    private int _passwords;
    private int _rounds;
    private int _questions;
    private bool _hasPassword = identity.Password is not null;
    private bool _hasKeyboard = identity.Keyboard is not null || identity.Password is not null;

    /// <summary>What was sent last and has no answer yet; says what number 60 means.</summary>
    private enum Pending
    {
        Nothing,
        None,
        KeyQuestion,
        KeyProof,
        Password,
        Keyboard,
    }

    /// <summary>What the server said last that may go on, for a message to the user.</summary>
    public IReadOnlyList<string> Offered { get; private set; } = [];

    /// <summary>The methods that were tried, each once, in order, for the same.</summary>
    public IReadOnlyList<string> Tried => _tried;

    /// <summary>How many keys the server was told of.</summary>
    public int KeysOffered { get; private set; }

    /// <summary>Sends the first request.</summary>
    public ValueTask StartAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Request("none", default(NoneFields), Pending.None);
        return default;
    }

    /// <summary>Handles one message from 50 to 79; one at a time.</summary>
    /// <param name="number">Its first byte.</param>
    /// <param name="fields">What follows it; unchanged until the step is returned.</param>
    /// <param name="cancel">The session ends.</param>
    /// <exception cref="WireException">The message is broken, or one that no honest server sends: the session ends.</exception>
    public ValueTask<AuthenticationStep> HandleAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel)
    {
        switch (number, _pending)
        {
            case (53, _):
                identity.Banner?.Invoke(Read<UserauthBanner>(fields).Text);
                return new(AuthenticationStep.GoOn.Instance);
            case (51 or 52 or 60, Pending.Nothing):
                // Success nobody asked for would be a login of nobody (as CVE-2018-10933, the other way round).
                throw new WireException($"An answer ({number}) to no request to log in.");
            case (52, _):
                Read<UserauthSuccess>(fields);
                _pending = Pending.Nothing;
                return new(AuthenticationStep.Succeeded.Instance);
            case (51, _):
                return GoOnAsync(Read<UserauthFailure>(fields), cancel);
            case (60, Pending.KeyQuestion):
                return ProveAsync(Read<UserauthPkOk>(fields), cancel);
            case (60, Pending.Keyboard):
                return AnswerAsync(Read<UserauthInfoRequest>(fields), cancel);
            case (60, Pending.Password):
                // A new password is wanted (RFC 4252 section 8). Nobody here could choose one, so this way is closed.
                Read<UserauthPasswdChangereq>(fields);
                _hasPassword = false;
                return NextAsync(cancel);
            default:
                return new(AuthenticationStep.Unimplemented.Instance);
        }
    }

    private static TMessage Read<TMessage>(ReadOnlyMemory<byte> fields)
        where TMessage : struct, IMessage<TMessage>
    {
        var reader = new WireReader(fields);
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }

    private ValueTask<AuthenticationStep> GoOnAsync(UserauthFailure failure, CancellationToken cancel)
    {
        Offered = failure.Methods;

        // Right or wrong, a key is used once; a right password is not asked for again unless the server insists on one.
        return NextAsync(cancel);
    }

    private async ValueTask<AuthenticationStep> NextAsync(CancellationToken cancel)
    {
        foreach (string method in identity.Methods)
        {
            if (Offered.Contains(method) && await TryAsync(method, cancel).ConfigureAwait(false))
            {
                if (!_tried.Contains(method))
                {
                    _tried.Add(method);
                }

                return AuthenticationStep.GoOn.Instance;
            }
        }

        _pending = Pending.Nothing;
        return new AuthenticationStep.End(NoMoreMethods, "No more ways to log in.");
    }

    /// <summary>Sends a request by that method; false where there is nothing to send by it any more.</summary>
    private async ValueTask<bool> TryAsync(string method, CancellationToken cancel)
    {
        switch (method)
        {
            case Publickey:
                return await OfferKeyAsync(cancel).ConfigureAwait(false);
            case KeyboardInteractive when _hasKeyboard && _rounds < identity.PasswordTries && (identity.Keyboard is not null || !HasPasswordMethod):
                _rounds++;
                _questions = 0;
                Request(KeyboardInteractive, new KeyboardInteractiveFields("", ""), Pending.Keyboard);
                return true;
            case Password when HasPasswordMethod && await AskPasswordAsync(cancel).ConfigureAwait(false) is { } password:
                Request(Password, new PasswordFields(FileNames.Encode(password), null), Pending.Password);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether the password can go as such; then it is no answer to questions.</summary>
    private bool HasPasswordMethod => _hasPassword && Offered.Contains(Password) && identity.Methods.Contains(Password);

    private async ValueTask<bool> OfferKeyAsync(CancellationToken cancel)
    {
        while (_keys.TryDequeue(out _offer))
        {
            if (!_offer.Choose(transport.ServerSignatureAlgorithms))
            {
                continue;
            }

            // With several keys the server is asked first, since each wrong signature counts as a try that failed.
            if (_offer.AsksFirst || identity.Keys.Count > 1)
            {
                KeysOffered++;
                Request(KeyOffer.Method(transport), _offer.Question(transport), Pending.KeyQuestion);
                return true;
            }

            if (await _offer.ProofAsync(transport, identity.User, cancel).ConfigureAwait(false) is { } proof)
            {
                KeysOffered++;
                Request(KeyOffer.Method(transport), proof, Pending.KeyProof);
                return true;
            }
        }

        return false;
    }

    private async ValueTask<AuthenticationStep> ProveAsync(UserauthPkOk answer, CancellationToken cancel)
    {
        // Only what was offered is ever signed with.
        if (_offer is null || !_offer.IsAnswer(answer))
        {
            throw new WireException("A key was accepted that was not offered.");
        }

        if (await _offer.ProofAsync(transport, identity.User, cancel).ConfigureAwait(false) is not { } proof)
        {
            // No passphrase, or an agent that will not: the server keeps waiting for a request, so the next way is as good.
            return await NextAsync(cancel).ConfigureAwait(false);
        }

        Request(KeyOffer.Method(transport), proof, Pending.KeyProof);
        return AuthenticationStep.GoOn.Instance;
    }

    private async ValueTask<AuthenticationStep> AnswerAsync(UserauthInfoRequest question, CancellationToken cancel)
    {
        if (++_questions > MostQuestions)
        {
            throw new WireException($"More than {MostQuestions} questions.");
        }

        if (await AskKeyboardAsync(question, cancel).ConfigureAwait(false) is not { } answers)
        {
            _hasKeyboard = false;
            return await NextAsync(cancel).ConfigureAwait(false);
        }

        if (answers.Count != question.Prompts.Count)
        {
            throw new InvalidOperationException($"{answers.Count} answers to {question.Prompts.Count} questions.");
        }

        transport.Send(new UserauthInfoResponse(answers));
        return AuthenticationStep.GoOn.Instance;
    }

    private async ValueTask<IReadOnlyList<string>?> AskKeyboardAsync(UserauthInfoRequest question, CancellationToken cancel)
    {
        if (identity.Keyboard is { } keyboard)
        {
            return await keyboard(new KeyboardQuestion(question.Name, question.Instruction, question.Prompts) { Round = _rounds }, cancel).ConfigureAwait(false);
        }

        // A password answers a question that could only mean it, and the empty one that servers end with.
        return question.Prompts switch
        {
            [] => [],
            [{ Echo: false }] when _questions == 1 && await AskPasswordAsync(cancel).ConfigureAwait(false) is { } password => [password],
            _ => null,
        };
    }

    private async ValueTask<string?> AskPasswordAsync(CancellationToken cancel)
    {
        string? password = identity.Password is { } ask && _passwords < identity.PasswordTries
            ? await ask(++_passwords, cancel).ConfigureAwait(false)
            : null;
        _hasPassword = password is not null;
        return password;
    }

    private void Request<TFields>(string method, in TFields fields, Pending pending)
        where TFields : struct, IUserauthFields
    {
        _pending = pending;
        transport.Send(UserauthRequest.Of(identity.User, method, fields));
    }
}
