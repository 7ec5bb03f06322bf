using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Remote.Contract;

/// <summary>What servers cannot, test by test of the contract: a reason each. What a whole protocol cannot say the contract itself knows.</summary>
internal static class Limits
{
    private const string ForeignRoot = "The test's root is a folder of the server's, so that absolute links mean something else here.";
    private const string LinkOrder = "This server wants SYMLINK's arguments in the draft's order, and we send OpenSSH's.";
    private const string Vague = "This server says no more than that it failed.";

    private static readonly (string Test, string Reason, Predicate<RemoteKind> At)[] s_rows =
    [
        ("An_absolute_link_is_read_from_the_root_of_this_file_system", ForeignRoot, Everywhere),
        ("T12_an_absolute_link_to_a_directory_of_the_machine_finds_nothing_of_it", ForeignRoot, Everywhere),
        ("T12_a_link_that_leads_out_is_refused_wherever_it_stands", ForeignRoot, Everywhere),
        ("Making_a_file_through_a_dangling_link_makes_what_it_points_to", ForeignRoot, Everywhere),
        ("A_replacement_through_a_link_replaces_what_it_points_to", ForeignRoot, Everywhere),
        ("A_full_listing_shows_a_link_itself", LinkOrder, TakesLinksAsTheDraft),
        ("A_hard_link_is_to_a_regular_file_only", LinkOrder, TakesLinksAsTheDraft),
        ("A_link_keeps_its_text_byte_for_byte_and_may_dangle", LinkOrder, TakesLinksAsTheDraft),
        ("A_rename_takes_a_link_itself", LinkOrder, TakesLinksAsTheDraft),
        ("Changes_go_through_a_link_or_to_it", LinkOrder, TakesLinksAsTheDraft),
        ("Links_in_a_circle_end", LinkOrder, TakesLinksAsTheDraft),
        ("Relative_links_that_stay_inside_are_followed_in_every_place", LinkOrder, TakesLinksAsTheDraft),
        ("Removing_a_link_leaves_what_it_points_to", LinkOrder, TakesLinksAsTheDraft),
        ("Changes_go_through_a_link_or_to_it", Vague, kind => kind == RemoteKind.OpenSsh),
        ("A_rename_that_makes_no_sense_is_refused", Vague, SaysFailure),
        ("What_is_not_there_is_a_value_and_not_an_error", Vague, SaysFailure),
        ("A_directory_is_made_where_its_parent_is_and_nothing_has_the_name", Vague, SaysFailure),
        ("Opening_what_is_not_a_file_is_refused", Vague, SaysFailure),
        ("A_hard_link_is_to_a_regular_file_only", "mod_sftp follows a link that is to be linked.", IsModSftp),
        ("A_length_is_cut_and_extended_with_zeros", "mod_sftp takes a length of an open file back at its end.", IsModSftp),
        ("A_link_keeps_its_text_byte_for_byte_and_may_dangle", "mod_sftp makes the text of a link an absolute path.", IsModSftp),
        ("A_rename_takes_a_link_itself", "mod_sftp renames what a link points to.", IsModSftp),
        ("Changes_go_through_a_link_or_to_it", "mod_sftp has no way to a link's own attributes.", IsModSftp),
        ("Links_in_a_circle_end", Vague, IsModSftp),
        ("Relative_links_that_stay_inside_are_followed_in_every_place", "mod_sftp makes the text of a link an absolute path.", IsModSftp),
        ("Removing_a_link_leaves_what_it_points_to", "mod_sftp removes the directory behind a link.", IsModSftp),
        ("There_is_room_where_a_path_exists", "This server does not tell how much room there is.", kind => !kind.IsSftp() && !kind.IsOurs()),
        ("A_full_listing_tells_what_stat_tells", "LIST has minutes where MDTM has seconds.", kind => kind == RemoteKind.Vsftpd),
        ("A_new_file_and_directory_have_the_mode_asked_for", "vsftpd does not tell the mode of one directory.", kind => kind == RemoteKind.Vsftpd),
        ("Any_name_comes_back_as_it_went_in", "ProFTPD refuses some of the signs of shells in names of directories.", kind => kind == RemoteKind.ProFtpd),
        ("Any_name_comes_back_as_it_went_in", "Pure-FTPd prohibits backslashes and shows others for control characters.", IsPureFtpd),
        ("T10_names_that_only_look_alike_are_different", "Pure-FTPd prohibits backslashes.", IsPureFtpd),
        ("T10_what_only_looks_like_a_way_up_is_a_name", "Pure-FTPd prohibits backslashes.", IsPureFtpd),
        ("Any_name_comes_back_as_it_went_in", "pyftpdlib decodes names with replacements.", kind => kind == RemoteKind.Pyftpdlib),
        ("Times_are_set_alone_and_together", "MFMT wants a year after 1970.", kind => kind == RemoteKind.ProFtpd),
    ];

    /// <summary>Why this test says nothing about our client at that server; null where it does.</summary>
    public static string? Of(RemoteKind kind, string test) => s_rows.FirstOrDefault(row => row.Test == test && row.At(kind)).Reason;

    private static bool Everywhere(RemoteKind kind) => true;

    private static bool TakesLinksAsTheDraft(RemoteKind kind) => kind is RemoteKind.Gesftpserver or RemoteKind.Asyncssh;

    private static bool SaysFailure(RemoteKind kind) => kind is RemoteKind.Gesftpserver or RemoteKind.ProFtpdSftp;

    private static bool IsModSftp(RemoteKind kind) => kind == RemoteKind.ProFtpdSftp;

    private static bool IsPureFtpd(RemoteKind kind) => kind == RemoteKind.PureFtpd;
}
