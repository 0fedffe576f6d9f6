#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a person sees: results on standard output, complaints on standard error.
///
/// Where standard output takes no more, as on a full disk, the command ends at once with
/// ``Failure/Kind/unwritten``.
enum Console {
    static func say(_ text: String) { put("\(text)\n", to: STDOUT_FILENO) }

    /// Says it without a newline.
    static func write(_ text: String) { put(text, to: STDOUT_FILENO) }

    static func complain(_ text: String) { put("\(text)\n", to: STDERR_FILENO) }

    /// Whether there is somebody who can be asked.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// What somebody at the terminal types; `nil` at the end of their input.
    static func ask(_ question: String) -> String? {
        put("\(question) ", to: STDERR_FILENO)
        return readLine()
    }

    /// Returns when somebody at the terminal says yes.
    ///
    /// - Parameters:
    ///   - flag: what says yes on the command line.
    ///   - reason: why a verb asks that mostly does not.
    /// - Throws: refused, when they do not, or when nobody can be asked.
    static func confirm(_ question: String, flag: String, because reason: String? = nil) throws(Failure) {
        guard isTerminal else {
            let why = reason.map { "Nothing was done: \($0)." } ?? "Nothing was done."
            throw Failure(.refused, "\(why) There is no terminal to ask at; to do it, add \(flag).")
        }
        let answer = ask("\(question) [y/N]")?.lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure(.refused, "Nothing was done.") }
    }

    private static func put(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Self.write(file, $0) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                guard file == STDOUT_FILENO else { return }
                endUnwritten()
            }
        }
    }

    /// Half a text taken for a whole one could be sent somewhere: whoever goes on must see that it is not all there.
    private static func endUnwritten() -> Never {
        if errno != EPIPE {
            complain(
                "symflow: \(String(cString: strerror(errno))): the output could not be written; do not use what is there."
            )
        }
        exit(Failure.Kind.unwritten.rawValue)
    }

    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(file, bytes.baseAddress, bytes.count)
        #endif
    }
}

extension String {
    /// Text that somebody else wrote, safe for a terminal: control characters, which could move the cursor or hide what
    /// stands there, are spelled out.
    var onTerminal: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
