/// A pattern as it is written. Its nesting is bounded by the parser.
indirect enum PatternSyntax {
    case begin
    case end
    case scalar(Unicode.Scalar)
    case anyButLineEnd
    case oneOf(ScalarSet)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    case repeated(PatternSyntax, Count)

    enum Count {
        case any, atLeastOne, atMostOne
    }
}

/// Characters, as a class names them.
struct ScalarSet: Sendable, Hashable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let digits = ScalarSet(ranges: [48...57])
    static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let space = ScalarSet(ranges: [9...10, 12...13, 32...32])

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The same characters, of a set in ascending order, without negation.
    var spelledOut: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var rest: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { rest.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        return rest + [next...0x10FFFF]
    }
}

/// Something wrong in a pattern.
struct PatternProblem: Error, Hashable {
    /// From 0, in Unicode scalars of the pattern.
    var index: Int
    var message: String

    init(at index: Int, _ message: String) {
        self.index = index
        self.message = message
    }
}
