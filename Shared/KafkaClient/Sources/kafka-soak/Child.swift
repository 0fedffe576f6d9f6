#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A process of the soak's.
final class Child {
    enum End: Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    let name: String
    let started = ContinuousClock.now
    private let pid: pid_t
    private(set) var end: End?
    /// Its stdin and stdout, if it was to have pipes there.
    private let input: Int32
    private let output: Int32

    /// - Parameters:
    ///   - pipes: whether to talk to it by ``ask(_:)``.
    ///   - log: the file its stderr is appended to.
    init(_ name: String, _ program: String, _ arguments: [String], pipes: Bool = false, log: String) throws {
        self.name = name
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        if pipes {
            guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw SoakError("No pipe: \(systemError).") }
            for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if pipes {
            posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
            posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, nil, &words, environ)
        for end in [toChild[0], fromChild[1]] where end >= 0 { close(end) }
        (self.pid, input, output) = (pid, toChild[1], fromChild[0])
        guard failure == 0 else {
            end = .exited(127)
            throw SoakError("\(program) did not start: \(String(cString: strerror(failure))).")
        }
    }

    deinit {
        for end in [input, output] where end >= 0 { close(end) }
        // Whatever ended the soak: no child outlives it.
        if isRunning { _ = kill() }
    }

    var isRunning: Bool {
        guard end == nil else { return false }
        collect(WNOHANG)
        return end == nil
    }

    /// Asks it to end.
    func terminate() { if isRunning { _ = systemKill(pid, SIGTERM) } }

    /// Ends it at once. Returns whether it was that which ended it.
    func kill() -> Bool {
        guard isRunning else { return false }
        _ = systemKill(pid, SIGKILL)
        return wait() == .killed(SIGKILL)
    }

    func wait() -> End? {
        if end == nil { collect(0) }
        return end
    }

    private func collect(_ flags: Int32) {
        var status: Int32 = 0
        guard waitpid(pid, &status, flags) == pid else { return }
        end = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(status & 0x7f)
    }

    /// Resident memory in bytes; `nil` where `/proc` does not tell.
    var memory: Int? {
        guard isRunning, let file = fopen("/proc/\(pid)/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 200)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = words.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    // MARK: Pipes

    /// Writes a line and returns the next one of its output. Blocks.
    func ask(_ line: String) -> String? {
        let bytes = Array((line + "\n").utf8)
        guard write(input, bytes, bytes.count) == bytes.count else { return nil }
        return readLine()
    }

    /// The next line of its output. Blocks.
    func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}

private func systemKill(_ pid: pid_t, _ signal: Int32) -> Int32 { kill(pid, signal) }
