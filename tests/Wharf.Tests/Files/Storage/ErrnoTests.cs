using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Tests.Files.Storage;

public sealed class ErrnoTests
{
    [Theory]
    [InlineData(1, FileError.Denied)] // EPERM
    [InlineData(2, FileError.NotFound)] // ENOENT
    [InlineData(5, FileError.Io)] // EIO
    [InlineData(6, FileError.NotRegular)] // ENXIO
    [InlineData(13, FileError.Denied)] // EACCES
    [InlineData(16, FileError.Busy)] // EBUSY
    [InlineData(17, FileError.Exists)] // EEXIST
    [InlineData(18, FileError.CrossDevice)] // EXDEV
    [InlineData(20, FileError.NotDirectory)] // ENOTDIR
    [InlineData(21, FileError.IsDirectory)] // EISDIR
    [InlineData(22, FileError.Invalid)] // EINVAL
    [InlineData(24, FileError.TooManyOpen)] // EMFILE
    [InlineData(26, FileError.Busy)] // ETXTBSY
    [InlineData(27, FileError.TooLarge)] // EFBIG
    [InlineData(28, FileError.NoSpace)] // ENOSPC
    [InlineData(30, FileError.ReadOnly)] // EROFS
    [InlineData(36, FileError.NameTooLong)] // ENAMETOOLONG
    [InlineData(39, FileError.NotEmpty)] // ENOTEMPTY
    [InlineData(40, FileError.LinkLoop)] // ELOOP
    [InlineData(84, FileError.BadName)] // EILSEQ
    [InlineData(95, FileError.NotSupported)] // EOPNOTSUPP
    [InlineData(122, FileError.QuotaExceeded)] // EDQUOT
    [InlineData(9999, FileError.Io)]
    public void An_error_number_means_this(int errno, FileError expected) => Assert.Equal(expected, Errno.FromErrno(errno));
}
