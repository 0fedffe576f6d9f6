/// Reads a pattern. Linear in its length.
struct PatternParser {
    static let maximumLength = 256
    static let maximumDepth = 32

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    /// Where the first upper-case letter stands that must be met.
    private(set) var firstUppercase: Int?

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    mutating func parse() throws(PatternProblem) -> PatternSyntax {
        guard scalars.count <= Self.maximumLength else {
            throw PatternProblem(
                at: 0, "the pattern has \(scalars.count) characters, more than the \(Self.maximumLength) it may have")
        }
        let syntax = try choice()
        guard peek == nil else { throw PatternProblem(at: index, "this ) was not opened; write \\) for the character") }
        return syntax
    }

    private mutating func choice() throws(PatternProblem) -> PatternSyntax {
        var branches = [try branch()]
        while peek == "|" {
            index += 1
            branches.append(try branch())
        }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func branch() throws(PatternProblem) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            guard let atom = try anchor(scalar) else {
                parts.append(try repeated(try atom(scalar)))
                continue
            }
            parts.append(atom)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func anchor(_ scalar: Unicode.Scalar) throws(PatternProblem) -> PatternSyntax? {
        guard scalar == "^" || scalar == "$" else { return nil }
        index += 1
        return scalar == "^" ? .begin : .end
    }

    private mutating func repeated(_ atom: PatternSyntax) throws(PatternProblem) -> PatternSyntax {
        let count: PatternSyntax.Count
        switch peek {
        case "*": count = .any
        case "+": count = .atLeastOne
        case "?": count = .atMostOne
        default: return atom
        }
        index += 1
        return .repeated(atom, count)
    }

    private mutating func atom(_ scalar: Unicode.Scalar) throws(PatternProblem) -> PatternSyntax {
        let start = index
        index += 1
        switch scalar {
        case ".": return .anyButLineEnd
        case "[": return .oneOf(try set(opened: start))
        case "(":
            if peek == "?" { throw PatternProblem(at: index, "groups with (? are not known") }
            depth += 1
            guard depth <= Self.maximumDepth else {
                throw PatternProblem(at: start, "the pattern is nested more than \(Self.maximumDepth) levels deep")
            }
            defer { depth -= 1 }
            let inner = try choice()
            guard peek == ")" else { throw PatternProblem(at: start, "this ( is not closed") }
            index += 1
            return inner
        case "*", "+", "?": throw PatternProblem(at: start, "\(scalar) repeats nothing here")
        case "{":
            throw PatternProblem(at: start, "counts such as {2} are not known; write it out, or \\{ for the character")
        case "}", "]":
            throw PatternProblem(at: start, "this \(scalar) was not opened; write \\\(scalar) for the character")
        case "\\":
            if let set = shorthand() { return .oneOf(set) }
            return .scalar(try escaped(at: start))
        default:
            note(scalar, at: start)
            return .scalar(scalar)
        }
    }

    private mutating func set(opened start: Int) throws(PatternProblem) -> ScalarSet {
        var set = ScalarSet(ranges: [])
        if peek == "^" {
            set.isNegated = true
            index += 1
        }
        let first = index
        while let scalar = peek, scalar != "]" {
            let here = index
            index += 1
            if scalar == "\\", let shorthand = shorthand() {
                set.ranges += shorthand.spelledOut
                if peek == "-", peek(1) != "]", peek(1) != nil {
                    throw PatternProblem(at: index, "no range begins with a class; write \\- for the character")
                }
                continue
            }
            let lower = try member(scalar, at: here, isFirst: here == first)
            guard peek == "-", let next = peek(1), next != "]" else {
                set.ranges.append(lower.value...lower.value)
                continue
            }
            index += 2
            let upper = try member(next, at: index - 1, isFirst: false)
            guard lower <= upper else {
                throw PatternProblem(at: here, "this range ends before it begins")
            }
            set.ranges.append(lower.value...upper.value)
        }
        guard peek == "]" else { throw PatternProblem(at: start, "this [ is not closed") }
        guard !set.ranges.isEmpty else {
            throw PatternProblem(at: start, "this class is empty; write \\] for the character")
        }
        index += 1
        return set
    }

    /// A character of a class; the one at `position` was taken.
    private mutating func member(
        _ scalar: Unicode.Scalar, at position: Int, isFirst: Bool
    ) throws(PatternProblem) -> Unicode.Scalar {
        switch scalar {
        case "\\": return try escaped(at: position)
        case "[":
            throw PatternProblem(at: position, "write \\[ for the character; classes such as [:alpha:] are not known")
        // Only where it cannot be taken for a range.
        case "-" where !isFirst && peek != "]":
            throw PatternProblem(at: position, "write \\- for the character")
        default:
            note(scalar, at: position)
            return scalar
        }
    }

    /// Takes `d` and the like after a backslash, if one stands there.
    private mutating func shorthand() -> ScalarSet? {
        let set: ScalarSet
        switch peek {
        case "d": set = .digits
        case "D": set = .digits.negated
        case "w": set = .word
        case "W": set = .word.negated
        case "s": set = .space
        case "S": set = .space.negated
        default: return nil
        }
        index += 1
        return set
    }

    /// What follows a backslash, which was taken.
    private mutating func escaped(at start: Int) throws(PatternProblem) -> Unicode.Scalar {
        guard let scalar = peek else { throw PatternProblem(at: start, "nothing follows this \\") }
        index += 1
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        default:
            guard scalar.isASCII, (33...126).contains(scalar.value), !scalar.properties.isAlphabetic, !scalar.isDigit
            else {
                throw PatternProblem(at: start, "\\\(scalar.isControl ? "" : "\(scalar)") means nothing in a pattern")
            }
            return scalar
        }
    }

    private mutating func note(_ scalar: Unicode.Scalar, at position: Int) {
        if firstUppercase == nil, scalar.properties.lowercaseMapping != String(scalar) { firstUppercase = position }
    }

    private var peek: Unicode.Scalar? { peek(0) }

    private func peek(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }
}
