using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// Private keys in files: OpenSSH's own format (its PROTOCOL.key) to read and write, PEM (PKCS #8, PKCS #1, SEC 1) and PuTTY's to
/// read. What is read may be encrypted, what is written is not.
/// </summary>
public static class PrivateKeyFile
{
    private const string Label = "OPENSSH PRIVATE KEY";
    private const string None = KeyFileCipher.None;
    private const string DekInfo = "DEK-Info:";

    /// <summary>Characters of base64 a line; ssh-keygen's number, as are the other two.</summary>
    private const int LineChars = 70;

    // The cipher "none" counts as having blocks of 8 bytes.
    private const int BlockBytes = 8;

    // An RSA key of 8192 bits has 5 KiB: the packet never grows, which would leave copies of the secret behind.
    private const int WriteBytes = 16 * 1024;

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    /// <summary>Reads one key pair, which the caller owns.</summary>
    /// <param name="file">The whole file; the caller wipes it.</param>
    /// <param name="comment">The comment inside; "" where the format has none.</param>
    /// <exception cref="KeyFormatException">It is encrypted, broken, beyond our limits, or no private key.</exception>
    public static SigningKey Read(ReadOnlySpan<byte> file, out string comment) => Read(file, null, out comment);

    /// <summary>Reads one key pair, which the caller owns, from a file that may be encrypted.</summary>
    /// <param name="file">The whole file; the caller wipes it.</param>
    /// <param name="passphrase">Not used where nothing is encrypted; null where nobody was asked.</param>
    /// <param name="comment">The comment inside; "" where the format has none.</param>
    /// <param name="cancellationToken">Ends the derivation of its key, which may take seconds.</param>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong (<see cref="KeyFormatException.IsForPassphrase"/>), or the file is broken, beyond our limits, or no private key.</exception>
    public static SigningKey Read(ReadOnlySpan<byte> file, string? passphrase, out string comment, CancellationToken cancellationToken = default)
    {
        if (file.Length > KeyLimits.MostFileBytes)
        {
            throw new KeyFormatException($"a private key file has at most {KeyLimits.MostFileBytes} bytes");
        }

        char[] text = new char[file.Length];
        byte[] bytes = new byte[file.Length];
        try
        {
            if (PuttyKeyFile.IsOne(file))
            {
                return Proven(PuttyKeyFile.Parse(file).Open(passphrase, out comment));
            }

            Encoding.Latin1.GetChars(file, text);
            comment = "";
            var body = Dearmored(text, bytes, out var label, out var dekInfo);
            if (!dekInfo.IsEmpty)
            {
                return ReadTraditional(label, body, dekInfo, passphrase);
            }

            var key = label.SequenceEqual(Label) ? ReadOpenSsh(body, passphrase, out comment, cancellationToken) : PemPrivateKey.Read(label, body, passphrase);
            return Proven(key);
        }
        catch (WireException broken)
        {
            throw new KeyFormatException($"it is broken: {broken.Message}");
        }
        catch (CryptographicException broken)
        {
            throw new KeyFormatException($"it is broken: {broken.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>What can be known of a file without its passphrase: the public half where the format has it in clear, else null.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="isEncrypted">Whether the private half wants a passphrase.</param>
    /// <exception cref="KeyFormatException">It is broken, or no private key.</exception>
    internal static PublicKeyBlob? ReadPublic(ReadOnlySpan<byte> file, out bool isEncrypted)
    {
        if (file.Length > KeyLimits.MostFileBytes)
        {
            throw new KeyFormatException($"a private key file has at most {KeyLimits.MostFileBytes} bytes");
        }

        if (PuttyKeyFile.IsOne(file))
        {
            var putty = PuttyKeyFile.Parse(file);
            isEncrypted = putty.IsEncrypted;
            return putty.Public;
        }

        char[] text = new char[file.Length];
        byte[] bytes = new byte[file.Length];
        try
        {
            Encoding.Latin1.GetChars(file, text);
            var body = Dearmored(text, bytes, out var label, out var dekInfo);
            isEncrypted = !dekInfo.IsEmpty || label is "ENCRYPTED PRIVATE KEY";
            if (!label.SequenceEqual(Label))
            {
                return null;
            }

            var reader = new WireReader(body);
            reader.Raw(Magic.Length);
            isEncrypted = reader.Text() != None;
            reader.Text();
            reader.Bytes();
            reader.UInt32();
            byte[] half = reader.Bytes().ToArray();
            return new PublicKeyBlob(new WireReader(half).Text(), half);
        }
        catch (WireException broken)
        {
            throw new KeyFormatException($"it is broken: {broken.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The file for a key pair, in OpenSSH's format, unencrypted. The caller wipes it.</summary>
    /// <param name="key">One of <see cref="Read(ReadOnlySpan{byte}, out string)"/> or <see cref="SigningKey.Generate"/>.</param>
    /// <param name="comment">Any text.</param>
    /// <param name="randomness">For the check numbers; the system's unless told.</param>
    public static byte[] Write(SigningKey key, string comment, Randomness? randomness = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(comment);
        using var packet = Packet.Rent(WriteBytes);
        try
        {
            var writer = new WireWriter(packet);
            writer.Raw(Magic);
            writer.Text(None);
            writer.Text(None);
            writer.Bytes([]);
            writer.UInt32(1);
            writer.Bytes(key.Public.Bytes.Span);
            WritePrivatePart(key, comment, randomness ?? Randomness.System, writer);
            return Armored(packet.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet.Span);
        }
    }

    /// <summary>string: uint32 check number, twice; key, string comment, and padding of 1, 2, 3...</summary>
    private static void WritePrivatePart(SigningKey key, string comment, Randomness randomness, in WireWriter outer)
    {
        using var packet = Packet.Rent(WriteBytes);
        try
        {
            var writer = new WireWriter(packet);
            Span<byte> check = stackalloc byte[sizeof(uint)];
            randomness.Fill(check);
            writer.Raw(check);
            writer.Raw(check);
            key.WritePrivate(writer);
            writer.Text(comment);
            for (byte padding = 1; packet.Length % BlockBytes != 0; padding++)
            {
                writer.Byte(padding);
            }

            outer.Bytes(packet.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet.Span);
        }
    }

    private static byte[] Armored(ReadOnlySpan<byte> bytes)
    {
        byte[] base64 = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, base64, out _, out _);
        int lines = (base64.Length + LineChars - 1) / LineChars;
        byte[] begin = Encoding.ASCII.GetBytes($"-----BEGIN {Label}-----\n");
        byte[] end = Encoding.ASCII.GetBytes($"-----END {Label}-----\n");
        byte[] file = new byte[begin.Length + base64.Length + lines + end.Length];
        begin.CopyTo(file, 0);
        int at = begin.Length;
        for (int line = 0; line < lines; line++)
        {
            var part = base64.AsSpan(line * LineChars, Math.Min(LineChars, base64.Length - (line * LineChars)));
            part.CopyTo(file.AsSpan(at));
            at += part.Length;
            file[at++] = (byte)'\n';
        }

        end.CopyTo(file, at);
        CryptographicOperations.ZeroMemory(base64);
        return file;
    }

    /// <summary>The bytes between BEGIN and END; DEK-Info where what openssl once wrote has that header, which RFC 7468 does not allow.</summary>
    private static Memory<byte> Dearmored(ReadOnlySpan<char> text, byte[] bytes, out ReadOnlySpan<char> label, out ReadOnlySpan<char> dekInfo)
    {
        dekInfo = default;
        ReadOnlySpan<char> base64;
        if (PemEncoding.TryFind(text, out var fields))
        {
            label = text[fields.Label];
            base64 = text[fields.Base64Data];
        }
        else
        {
            int info = text.IndexOf(DekInfo);
            int begin = text.IndexOf("-----BEGIN ");
            int end = text.IndexOf("-----END ");
            if (begin < 0 || info < begin || end < info)
            {
                throw new KeyFormatException("it is no private key file");
            }

            label = text[(begin + 11)..info];
            int dashes = label.IndexOf("-----");
            int line = text[info..].IndexOf('\n');
            if (dashes < 0 || line < 0 || info + line > end)
            {
                throw new KeyFormatException("it is no private key file");
            }

            label = label[..dashes];
            dekInfo = text.Slice(info + DekInfo.Length, line - DekInfo.Length).Trim();
            base64 = text[(info + line)..end];
        }

        return Convert.TryFromBase64Chars(base64, bytes, out int count) ? bytes.AsMemory(0, count) : throw new KeyFormatException("it is not base64");
    }

    private static SigningKey ReadTraditional(ReadOnlySpan<char> label, ReadOnlyMemory<byte> body, ReadOnlySpan<char> dekInfo, string? passphrase)
    {
        byte[] plain = PemEncryption.OpenTraditional(dekInfo, body.Span, passphrase);
        try
        {
            return Proven(PemPrivateKey.Read(label, plain, passphrase));
        }
        catch (CryptographicException)
        {
            // One wrong passphrase of 256 has a padding that looks right.
            throw Passphrase.Wrong();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static SigningKey ReadOpenSsh(Memory<byte> body, string? passphrase, out string comment, CancellationToken cancel)
    {
        var reader = new WireReader(body);
        if (!reader.Raw(Magic.Length).Span.SequenceEqual(Magic))
        {
            throw new WireException("Not of the format openssh-key-v1.");
        }

        string cipher = reader.Text();
        string kdf = reader.Text();
        var options = reader.Bytes();
        if (reader.UInt32() != 1)
        {
            throw new WireException("Not exactly one key.");
        }

        var announced = reader.Bytes();
        int length = reader.Bytes().Length;
        var secret = body.Slice(body.Length - reader.Left - length, length);
        var tag = reader.Raw(KeyFileCipher.TagBytesOf(cipher));
        reader.End();
        bool isEncrypted = cipher != None || kdf != None;
        if (isEncrypted)
        {
            KeyFileCipher.Open(cipher, kdf, options, passphrase, secret.Span, tag.Span, cancel);
        }

        var inside = new WireReader(secret);
        if (secret.Length % KeyFileCipher.BlockBytesOf(cipher) != 0 || inside.UInt32() != inside.UInt32())
        {
            throw isEncrypted ? Passphrase.Wrong() : new WireException("The private part is damaged.");
        }

        var key = ReadPrivate(ref inside);
        comment = inside.Text();
        byte expected = 1;
        while (inside.Left > 0)
        {
            if (inside.Byte() != expected++)
            {
                key.Dispose();
                throw new WireException("The padding is damaged.");
            }
        }

        if (!key.Public.Bytes.Span.SequenceEqual(announced.Span))
        {
            key.Dispose();
            throw new WireException("The public and the private part are not of one key.");
        }

        return key;
    }

    private static SigningKey ReadPrivate(ref WireReader reader)
    {
        string type = reader.Text();
        return type == Ed25519PublicKey.Type ? Ed25519SigningKey.Read(ref reader)
            : type == RsaPublicKey.Type ? RsaSigningKey.Read(ref reader)
            : EcdsaCurve.All.FirstOrDefault(curve => curve.Type == type) is { } curve ? EcdsaSigningKey.Read(curve, ref reader)
            : type is SecurityKey.Ed25519Type or SecurityKey.EcdsaType
                ? throw new KeyFormatException("its private half is in a security key, which cannot be asked here")
            : throw new KeyFormatException($"private keys of type {Printable.Of(type)} are not supported");
    }

    /// <summary>One signature, checked: the halves belong together, whatever the file says, and the key is within our limits.</summary>
    private static SigningKey Proven(SigningKey key)
    {
        try
        {
            var probe = "probe"u8;
            using var half = PublicKey.Parse(key.Public);
            string algorithm = key.SignatureAlgorithms[0];
            return half is not null && half.Verify(algorithm, probe, key.Sign(algorithm, probe)).IsValid
                ? key
                : throw new WireException("The public and the private half do not belong together.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
