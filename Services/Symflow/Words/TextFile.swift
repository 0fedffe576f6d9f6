import FoundationEssentials

/// A file of text that somebody named.
struct TextFile {
    let name: String

    init(_ name: String) { self.name = name }

    var exists: Bool { FileManager.default.fileExists(atPath: name) }

    /// - Throws: refused, when it cannot be read or is not text.
    func text() throws(Failure) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: name)) else {
            throw Failure(.refused, "\(name) cannot be read. Does it exist, and may you read it?".onTerminal)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(.refused, "\(name) is not UTF-8 text.".onTerminal)
        }
        return text
    }

    /// Writes it as a whole or not at all.
    func write(_ text: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(filePath: name), options: .atomic)
        } catch {
            throw Failure(
                .refused, "\(name) cannot be written. Is there such a folder, and may you write to it?".onTerminal)
        }
    }

    /// Writes a file that is not there yet.
    func writeNew(_ text: String) throws(Failure) {
        guard !exists else {
            throw Failure(.refused, "\(name) is there already, and stays as it is. Move it away first.".onTerminal)
        }
        do {
            try Data(text.utf8).write(to: URL(filePath: name), options: .withoutOverwriting)
        } catch {
            throw Failure(
                .refused, "\(name) cannot be written. Is there such a folder, and may you write to it?".onTerminal)
        }
    }
}
