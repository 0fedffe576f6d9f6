/// Where the members and elements of the outermost containers stand, so that asking for them reads nothing again, and
/// where the last elements of the arrays among them stand, so that adding to one does not read all of it.
///
/// It takes 16 bytes for a member, 8 for an element and 12 for a container or a tail. When that comes to more than an
/// eighth of the text, the innermost level is given up, and what is asked for there is read again: a text of ten million commas
/// costs no more than any other.
struct ContainerIndex: Sendable {
    /// A range, in half of the memory.
    struct Place: Equatable {
        private let start: UInt32
        private let end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(truncatingIfNeeded: range.lowerBound)
            end = UInt32(truncatingIfNeeded: range.upperBound)
        }

        var lowerBound: Int { Int(start) }
        var range: Range<Int> { Int(start)..<Int(end) }
    }

    private struct Container {
        var place: Place
        var first: Int32
    }

    /// An array that is not recorded itself, with two elements at least.
    private struct Tail {
        var place: Place
        /// Where its last element but one ends.
        var end: UInt32
    }

    /// The containers that stand in equally many others, in the order they stand.
    private struct Level {
        var containers: [Container] = []
        /// Of a member the places of its name and its value, of an element its place.
        var places: [Place] = []
        /// Of the members and elements, in the order they stand.
        var tails: [Tail] = []

        /// Which of the places are in a container.
        func places(in range: Range<Int>) -> Range<Int>? {
            let low = containers.count.firstIndex { containers[$0].place.lowerBound >= range.lowerBound }
            guard low < containers.count, containers[low].place == Place(range) else { return nil }
            return Int(
                containers[low].first)..<(low + 1 < containers.count ? Int(containers[low + 1].first) : places.count)
        }

        func tail(of array: Range<Int>) -> Int? {
            let low = tails.count.firstIndex { tails[$0].place.lowerBound >= array.lowerBound }
            guard low < tails.count, tails[low].place == Place(array) else { return nil }
            return Int(tails[low].end)
        }

        var byteCount: Int {
            places.count * MemoryLayout<Place>.stride + containers.count * MemoryLayout<Container>.stride
                + tails.count * MemoryLayout<Tail>.stride
        }
    }

    /// More levels are not looked through when something is asked for.
    static let depthLimit = 8

    private var levels: [Level]
    private let limit: Int
    private(set) var byteCount = 0

    /// - Parameters:
    ///   - depth: how many levels are recorded.
    ///   - count: the size of the text.
    init(depth: Int, ofTextOf count: Int) {
        levels = Array(repeating: Level(), count: count <= Int(Int32.max) ? max(0, min(depth, Self.depthLimit)) : 0)
        limit = max(256, count / 8)
    }

    /// How many levels are recorded.
    var depth: Int { levels.count }

    /// How many places are recorded at this level before a container that is opened now.
    func nextPlace(atLevel level: Int) -> Int {
        level < levels.count ? levels[level].places.count : 0
    }

    mutating func addMember(_ name: Range<Int>, _ value: Range<Int>, level: Int) {
        guard makeRoom(for: 16, level: level) else { return }
        levels[level].places.append(Place(name))
        levels[level].places.append(Place(value))
    }

    mutating func addElement(_ value: Range<Int>, level: Int) {
        guard makeRoom(for: 8, level: level) else { return }
        levels[level].places.append(Place(value))
    }

    /// Ends a container: what was added since `firstPlace` is in it.
    mutating func addContainer(_ range: Range<Int>, firstPlace: Int, level: Int) {
        // An empty one is as quickly read again.
        guard nextPlace(atLevel: level) > firstPlace else { return }
        guard makeRoom(for: MemoryLayout<Container>.stride, level: level) else { return }
        levels[level].containers.append(Container(place: Place(range), first: Int32(truncatingIfNeeded: firstPlace)))
    }

    /// Notes where the last element but one of an array ends, which itself is not recorded.
    mutating func addTail(_ end: Int, of array: Range<Int>, level: Int) {
        guard makeRoom(for: MemoryLayout<Tail>.stride, level: level) else { return }
        levels[level].tails.append(Tail(place: Place(array), end: UInt32(truncatingIfNeeded: end)))
    }

    /// Where the last element but one of an array ends, if that is noted.
    func tail(of array: Range<Int>) -> Int? {
        for level in levels.indices {
            if let tail = levels[level].tail(of: array) { return tail }
        }
        return nil
    }

    /// What is recorded of a container; nil if it is not recorded.
    func places(in range: Range<Int>) -> ArraySlice<Place>? {
        for level in levels.indices {
            if let places = levels[level].places(in: range) { return levels[level].places[places] }
        }
        return nil
    }

    /// Whether the level is still recorded then.
    @inline(__always)
    private mutating func makeRoom(for size: Int, level: Int) -> Bool {
        guard level < levels.count else { return false }
        byteCount += size
        if byteCount > limit { giveUpInnermostLevels() }
        return level < levels.count
    }

    @inline(never)
    private mutating func giveUpInnermostLevels() {
        while byteCount > limit, let last = levels.popLast() {
            byteCount = levels.isEmpty ? 0 : byteCount - last.byteCount
        }
    }
}

extension Int {
    /// Of so many things in order the first that is far enough on, or their number.
    @inline(__always)
    fileprivate func firstIndex(where isFarEnough: (Int) -> Bool) -> Int {
        var (low, high) = (0, self)
        while low < high {
            let middle = (low + high) / 2
            if isFarEnough(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
