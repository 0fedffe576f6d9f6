#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells a story on standard output; in colour only on a terminal.
struct Narrator: Sendable {
    /// Something that the story claims does not hold.
    struct Untrue: Error, CustomStringConvertible {
        let claim: String
        let detail: String

        var description: String { detail.isEmpty ? claim : "\(claim)\n\(detail)" }
    }

    private let isColoured = isatty(STDOUT_FILENO) == 1

    func title(_ text: String) { say("\n" + paint(text, 1)) }
    func command(_ text: String) { say("  " + paint("$ ", 36) + text) }
    func note(_ text: String) { say("  " + text) }

    func output(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
            say("    \(line)")
        }
    }

    func diff(_ lines: [LineDiff.Line]) {
        for line in lines {
            switch line {
            case .kept(let text): say("      \(text)")
            case .removed(let text): say("    " + paint("- \(text)", 31))
            case .added(let text): say("    " + paint("+ \(text)", 32))
            }
        }
    }

    /// Shows that a claim was checked, or throws.
    func check(_ claim: String, _ holds: Bool, _ detail: @autoclosure () -> String = "") throws {
        guard holds else { throw Untrue(claim: "not true: \(claim)", detail: detail()) }
        say("  " + paint("✓", 32) + " \(claim)")
    }

    /// A line for the process that started us.
    func announce(_ line: String) { say(line) }

    func failure(_ text: String) { say("\n" + paint("✗", 31) + " \(text)") }

    private func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    private func paint(_ text: String, _ colour: Int) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
}
