extension HuJSONDocument {
    /// The value at a path; nil if there is none.
    ///
    /// Of members with the same name the first counts, even where only another one would lead on: see
    /// ``values(at:)``. Names are compared code point by code point, escapes resolved.
    ///
    /// - Complexity: O(size of what stands before the end of the value).
    public func value(at path: HuJSONPath) -> HuJSONValue? {
        find(path, onlyFirst: true).first
    }

    /// All values at a path, in the order they stand: more than one if members have the same name.
    ///
    /// - Complexity: O(size of the text).
    public func values(at path: HuJSONPath) -> [HuJSONValue] {
        find(path, onlyFirst: false)
    }

    /// The positions of the members of an object that are called this, in order; none for any other value.
    public func positions(of name: String, in object: HuJSONValue) -> [Int] {
        let wanted = MemberName(name)
        return bytes.withUnsafeBufferPointer { buffer in
            members(of: object).enumerated().filter { wanted.isSaid(by: buffer[$0.element.nameRange]) }.map(\.offset)
        }
    }

    private func find(_ path: HuJSONPath, onlyFirst: Bool) -> [HuJSONValue] {
        bytes.withUnsafeBufferPointer { buffer in
            do {
                let scanner = try Scanner(buffer, depthLimit: .max)
                var search = PathSearch(path, scanner, onlyFirst: onlyFirst)
                try search.run(from: root.range.lowerBound)
                return search.found
            } catch {
                return []
            }
        }
    }
}

/// The name of a member that is looked for.
struct MemberName {
    private let bytes: [UInt8]
    /// Whether text that is not UTF-8 may say it, once read.
    private let hasReplacement: Bool

    init(_ name: String) {
        bytes = Array(name.utf8)
        hasReplacement = name.unicodeScalars.contains("\u{FFFD}")
    }

    /// - Parameter literal: with its quotes.
    func isSaid(by literal: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let content = literal.dropFirst().dropLast()
        if content.count == bytes.count, content.elementsEqual(bytes) { return true }
        guard hasReplacement || content.contains(Byte.backslash) else { return false }
        return StringLiteral.decode(literal).utf8.elementsEqual(bytes)
    }
}

/// Walks down a path, and past what does not lie on it, without ever reading a byte twice.
private struct PathSearch {
    private struct Step {
        var name: MemberName
        var position: Int?
    }

    /// A container on the way.
    private struct Level {
        var isObject: Bool
        var position = 0
    }

    private(set) var found: [HuJSONValue] = []
    private let steps: [Step]
    private let scanner: Scanner
    private let onlyFirst: Bool
    private var levels: [Level] = []

    init(_ path: HuJSONPath, _ scanner: Scanner, onlyFirst: Bool) {
        steps = path.steps.map { step in
            if case .position(let position) = step { return Step(name: MemberName(step.token), position: position) }
            return Step(name: MemberName(step.token), position: nil)
        }
        self.scanner = scanner
        self.onlyFirst = onlyFirst
    }

    mutating func run(from start: Int) throws(HuJSONError) {
        var position = try enter(from: start)
        while let level = levels.last {
            guard position < scanner.count else { return }
            if scanner.base[position] == (level.isObject ? Byte.closeBrace : Byte.closeBracket) {
                levels.removeLast()
                // The first that is called so has been looked through.
                if onlyFirst { return }
                position = try scanner.afterComma(from: position + 1)
                continue
            }
            let step = steps[levels.count - 1]
            var valueStart = position
            let isOnPath: Bool
            if level.isObject {
                let (name, value) = try scanner.nameAndColon(from: position)
                valueStart = value
                isOnPath = step.name.isSaid(by: scanner.bytes[name])
            } else {
                isOnPath = level.position == step.position
                levels[levels.count - 1].position += 1
            }
            if isOnPath {
                let depth = levels.count
                position = try enter(from: valueStart)
                if onlyFirst, levels.count == depth { return }
            } else {
                position = try scanner.afterComma(from: try scanner.value(from: valueStart).range.upperBound)
            }
        }
    }

    /// Into a value on the path, or over it if it is the last one or no container.
    private mutating func enter(from start: Int) throws(HuJSONError) -> Int {
        let kind = try scanner.kind(at: start)
        if levels.count < steps.count, kind == .object || kind == .array {
            levels.append(Level(isObject: kind == .object))
            return try scanner.trivia(from: start + 1)
        }
        let value = try scanner.value(from: start)
        if levels.count == steps.count { found.append(value) }
        return try scanner.afterComma(from: value.range.upperBound)
    }
}
