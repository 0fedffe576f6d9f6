/// Where the members and elements of the outermost containers stand, so that asking for them reads nothing again.
///
/// It takes 16 bytes for a member, 8 for an element and 12 for a container. When that comes to more than an eighth of
/// the text, the innermost level is given up, and what is asked for there is read again: a text of ten million commas
/// costs no more than any other.
struct ContainerIndex: Sendable {
    private struct Container {
        var start: UInt32
        var end: UInt32
        var firstWord: Int32
    }

    /// The containers that stand in equally many others, in the order they stand.
    private struct Level {
        var containers: [Container] = []
        /// Of a member where its name and its value start and end, of an element where it starts and ends.
        var words: [UInt32] = []

        var byteCount: Int { words.count * 4 + containers.count * MemoryLayout<Container>.stride }
    }

    private var levels: [Level]
    private let limit: Int
    private(set) var byteCount = 0

    /// - Parameters:
    ///   - depth: how many levels are recorded.
    ///   - count: the size of the text.
    init(depth: Int, ofTextOf count: Int) {
        levels = Array(repeating: Level(), count: count <= Int(Int32.max) ? max(0, depth) : 0)
        limit = max(256, count / 8)
    }

    /// How many levels are recorded.
    var depth: Int { levels.count }

    /// Where the first word of the container that is opened next at this level will be.
    func nextWord(atLevel level: Int) -> Int {
        level < levels.count ? levels[level].words.count : 0
    }

    mutating func addMember(_ name: Range<Int>, _ value: Range<Int>, level: Int) {
        guard makeRoom(for: 16, level: level) else { return }
        append(name, level: level)
        append(value, level: level)
    }

    mutating func addElement(_ value: Range<Int>, level: Int) {
        guard makeRoom(for: 8, level: level) else { return }
        append(value, level: level)
    }

    /// Ends a container: what was added since `firstWord` is in it.
    mutating func addContainer(_ range: Range<Int>, firstWord: Int, level: Int) {
        guard makeRoom(for: MemoryLayout<Container>.stride, level: level) else { return }
        levels[level].containers.append(
            Container(
                start: UInt32(truncatingIfNeeded: range.lowerBound), end: UInt32(truncatingIfNeeded: range.upperBound),
                firstWord: Int32(truncatingIfNeeded: firstWord)))
    }

    /// The words of a container; nil if it is not recorded.
    func words(of range: Range<Int>) -> ArraySlice<UInt32>? {
        for level in levels {
            let containers = level.containers
            var (low, high) = (0, containers.count)
            while low < high {
                let middle = (low + high) / 2
                if Int(containers[middle].start) < range.lowerBound { low = middle + 1 } else { high = middle }
            }
            guard low < containers.count, Int(containers[low].start) == range.lowerBound,
                Int(containers[low].end) == range.upperBound
            else { continue }
            let end = low + 1 < containers.count ? Int(containers[low + 1].firstWord) : level.words.count
            return level.words[Int(containers[low].firstWord)..<end]
        }
        return nil
    }

    private mutating func append(_ range: Range<Int>, level: Int) {
        levels[level].words.append(UInt32(truncatingIfNeeded: range.lowerBound))
        levels[level].words.append(UInt32(truncatingIfNeeded: range.upperBound))
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
