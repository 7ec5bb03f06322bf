using System.Runtime.Versioning;

// The peers are Debian packages, and the tests end processes by signals.
[assembly: UnsupportedOSPlatform("windows")]
