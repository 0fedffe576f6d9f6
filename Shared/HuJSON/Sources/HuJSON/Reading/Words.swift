/// Bytes by words of eight: the last of them may hold some bytes once more.
extension UnsafeRawBufferPointer {
    @inline(__always)
    private func forEachWord(_ body: (UInt64) -> Void) {
        guard count >= 8 else { return body(reduce(0) { $0 << 8 | UInt64($1) }) }
        var position = 0
        while position + 8 < count {
            body(loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        body(loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    }

    var hash: Int {
        var hash = UInt64(count)
        forEachWord { word in
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash)
    }

    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard count >= 8 else { return elementsEqual(other) }
        var position = 0
        var difference: UInt64 = 0
        forEachWord { word in
            difference |= word ^ other.loadUnaligned(fromByteOffset: Swift.min(position, count - 8), as: UInt64.self)
            position += 8
        }
        return difference == 0
    }

    var isASCIIWithoutEscapes: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var marks: UInt64 = 0
        forEachWord { word in
            let backslashes = word ^ (UInt64(Byte.backslash) * ones)
            // Where there is no backslash, nothing is marked.
            marks |= word | (backslashes &- ones) & ~backslashes
        }
        return marks & (0x80 * ones) == 0
    }

    /// Whether, as the content of a string literal, this says itself: no quote, backslash or control character.
    var needsNoEscape: Bool {
        let isPlain = { (byte: UInt8) in byte >= Byte.space && byte != Byte.quote && byte != Byte.backslash }
        guard count >= 8 else { return allSatisfy(isPlain) }
        let ones: UInt64 = 0x0101_0101_0101_0101
        var marks: UInt64 = 0
        forEachWord { word in
            let quotes = word ^ (UInt64(Byte.quote) * ones)
            let backslashes = word ^ (UInt64(Byte.backslash) * ones)
            // As above, and nothing is marked where no byte is less than a space.
            marks |= (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
            marks |= (word &- UInt64(Byte.space) * ones) & ~word
        }
        return marks & (0x80 * ones) == 0
    }
}
