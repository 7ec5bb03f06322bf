using Wharf.Files;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Wire;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Support;

/// <summary>A client of version 4, 5 or 6 for tests that mean the same in all of them.</summary>
internal abstract class TypedDialogue(SftpPair pair) : IAsyncDisposable
{
    public SftpPair Pair { get; } = pair;

    /// <summary>Begins a session of that version.</summary>
    public static async Task<TypedDialogue> BeginAsync(uint version, IFileSystem files, SftpServerOptions? options = null, TimeProvider? clock = null)
    {
        var pair = new SftpPair(files, options, clock);
        Assert.Equal(version, (await pair.BeginAsync(version)).Version);
        return version switch
        {
            4 => new TypedDialogue<Layout4>(pair),
            5 => new TypedDialogue<Layout5>(pair),
            _ => new TypedDialogue<Layout6>(pair),
        };
    }

    public ValueTask DisposeAsync() => Pair.DisposeAsync();

    /// <summary>Sends a request and tells what became of it; Ok for whatever is no STATUS.</summary>
    public async Task<SftpCode> CodeAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        byte[] reply = await Pair.AskAsync(message);
        return reply[0] == Status.Number ? Parse<Status>(reply).Code : SftpCode.Ok;
    }

    /// <summary>Opens a file to be read and written, made if need be.</summary>
    public abstract Task<byte[]> OpenAsync(string path, bool text = false, bool append = false, bool cut = false);

    /// <summary>The attributes of a path itself, as version 6 would have them.</summary>
    public abstract Task<TypedAttributes<Layout6>> StatAsync(string path);

    /// <summary>Sets attributes, given as version 6 has them.</summary>
    public abstract Task<SftpCode> SetAsync(string path, TypedAttributes<Layout6> attributes);

    /// <summary>Makes a directory.</summary>
    public abstract Task<SftpCode> MakeDirectoryAsync(string path);

    /// <summary>Names and attributes of a directory, and what each reply said of the end.</summary>
    public abstract Task<(List<(byte[] Name, TypedAttributes<Layout6> Attributes)> Entries, List<bool?> Ends)> ListAsync(string path);

    /// <summary>The one name of a NAME reply.</summary>
    public abstract Task<(string Name, TypedAttributes<Layout6> Attributes)> NameAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>;

    /// <summary>Makes a file with that content.</summary>
    public async Task MakeAsync(string path, string content)
    {
        byte[] handle = await OpenAsync(path);
        Assert.Equal(SftpCode.Ok, (await Pair.WriteAsync(handle, 0, Text(content))).Code);
        Assert.Equal(SftpCode.Ok, (await Pair.CloseAsync(handle)).Code);
    }

    /// <summary>Reads; "" at the end.</summary>
    public async Task<string> ReadAsync(byte[] handle, ulong offset, uint length) =>
        await Pair.ReadAsync(handle, offset, length) is { } data ? Text(data) : "";

    /// <summary>All of a file.</summary>
    public async Task<string> ContentAsync(string path)
    {
        byte[] handle = await OpenAsync(path);
        string content = await ReadAsync(handle, 0, 100_000);
        await Pair.CloseAsync(handle);
        return content;
    }
}

/// <inheritdoc/>
internal sealed class TypedDialogue<TLayout>(SftpPair pair) : TypedDialogue(pair)
    where TLayout : struct, ILayout
{
    public override async Task<byte[]> OpenAsync(string path, bool text, bool append, bool cut)
    {
        byte[] reply;
        if (typeof(TLayout) == typeof(Layout4))
        {
            var flags = OpenFlags.Read | OpenFlags.Write | OpenFlags.Create | (text ? OpenFlags.Text : 0) | (append ? OpenFlags.Append : 0) | (cut ? OpenFlags.Truncate : 0);
            reply = await Pair.AskAsync(new Open<TypedAttributes<TLayout>>(Pair.NextId(), Text(path), flags, TypedAttributes<TLayout>.Empty));
        }
        else
        {
            var flags = (cut ? DispositionFlags.CreateTruncate : DispositionFlags.OpenOrCreate) | (text ? DispositionFlags.TextMode : 0) | (append ? DispositionFlags.AppendData : 0);
            reply = await Pair.AskAsync(new OpenFor<TypedAttributes<TLayout>>(
                Pair.NextId(), Text(path), DesiredAccess.ReadData | DesiredAccess.WriteData, flags, TypedAttributes<TLayout>.Empty));
        }

        return Parse<Handle>(reply).Value.ToArray();
    }

    public override async Task<TypedAttributes<Layout6>> StatAsync(string path) =>
        Newest(Parse<AttributesReply<TypedAttributes<TLayout>>>(await Pair.AskAsync(new LinkStatFor(Pair.NextId(), Text(path), 0))).Attributes);

    public override Task<SftpCode> SetAsync(string path, TypedAttributes<Layout6> attributes) => CodeAsync(new SetStat<TypedAttributes<TLayout>>(
        Pair.NextId(),
        Text(path),
        new()
        {
            Flags = attributes.Flags & TLayout.Fields,
            Type = attributes.Type,
            Size = attributes.Size,
            Owner = attributes.Owner,
            Group = attributes.Group,
            Permissions = attributes.Permissions,
            Accessed = attributes.Accessed,
            Created = attributes.Created,
            Modified = attributes.Modified,
            Acl = attributes.Acl,
            Bits = attributes.Bits,
            ValidBits = attributes.ValidBits,
        }));

    public override Task<SftpCode> MakeDirectoryAsync(string path) =>
        CodeAsync(new MakeDirectory<TypedAttributes<TLayout>>(Pair.NextId(), Text(path), TypedAttributes<TLayout>.Empty));

    public override async Task<(List<(byte[] Name, TypedAttributes<Layout6> Attributes)> Entries, List<bool?> Ends)> ListAsync(string path)
    {
        byte[] handle = Parse<Handle>(await Pair.AskAsync(new OpenDirectory(Pair.NextId(), Text(path)))).Value.ToArray();
        List<(byte[], TypedAttributes<Layout6>)> entries = [];
        List<bool?> ends = [];
        while (true)
        {
            byte[] reply = await Pair.AskAsync(new ReadDirectory(Pair.NextId(), handle));
            if (reply[0] == Status.Number)
            {
                Assert.Equal(SftpCode.EndOfFile, Parse<Status>(reply).Code);
                Assert.Equal(SftpCode.Ok, (await Pair.CloseAsync(handle)).Code);
                return (entries, ends);
            }

            var name = Parse<TypedName<TLayout>>(reply);
            entries.AddRange(name.Entries.Select(entry => (entry.Name.ToArray(), Newest(entry.Attributes))));
            ends.Add(name.EndOfList);
        }
    }

    public override async Task<(string Name, TypedAttributes<Layout6> Attributes)> NameAsync<TMessage>(TMessage message)
    {
        var entry = Assert.Single(Parse<TypedName<TLayout>>(await Pair.AskAsync(message)).Entries);
        return (Text(entry.Name), Newest(entry.Attributes));
    }

    private static TypedAttributes<Layout6> Newest(TypedAttributes<TLayout> attributes) => new()
    {
        Flags = attributes.Flags,
        Type = attributes.Type,
        Size = attributes.Size,
        Owner = attributes.Owner,
        Group = attributes.Group,
        Permissions = attributes.Permissions,
        Accessed = attributes.Accessed,
        Created = attributes.Created,
        Modified = attributes.Modified,
        Changed = attributes.Changed,
        Bits = attributes.Bits,
        ValidBits = attributes.ValidBits,
        Links = attributes.Links,
    };
}
