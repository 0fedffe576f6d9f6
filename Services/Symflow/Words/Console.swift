#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a person sees: results on standard output, complaints on standard error.
enum Console {
    static func say(_ text: String) { put(text, to: STDOUT_FILENO) }

    static func complain(_ text: String) { put(text, to: STDERR_FILENO) }

    private static func put(_ text: String, to file: Int32) {
        var rest = Array("\(text)\n".utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
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
