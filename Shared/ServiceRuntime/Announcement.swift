#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a service tells whoever started it, one line on standard output; logs go to standard error.
public enum Announcement {
    public static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// Says where something listens; the port may have been chosen by the system.
    public static func listening(_ name: String, host: String, port: Int) {
        say("\(name) listening on http://\(host):\(port)")
    }
}
