import HuJSON
import Testing

@Suite("P4 only our bytes change: properties of edits")
struct ArrayEditProperties {
    /// Each batch is one test, so a failure names the seed and batches run side by side.
    @Test(arguments: 0..<8)
    func hold(batch: UInt64) throws {
        for seed in batch * 1_500 + 1...(batch + 1) * 1_500 {
            #expect(throws: Never.self, "seed \(seed)") { try check(seed: seed) }
        }
    }

    private func check(seed: UInt64) throws {
        var text = RandomText(seed: seed)
        let written = text.document()
        let document = try HuJSONDocument(text: written)
        let array = document.value(at: "groups", "g") ?? document.root
        let elements = document.annotatedElements(of: array)
        let removing = Set(elements.indices.filter { _ in text.chance(3) })
        let appending = (0..<Int.random(in: 0...2, using: &text.random)).map { "new\($0)@x" }
        let context: Comment = "seed \(seed): \(written.debugDescription) minus \(removing.sorted()) plus \(appending)"

        let edited = try document.edited([.init(array: array, removing: removing, appending: appending)])
        guard let result = try? HuJSONDocument(edited.bytes) else {
            Issue.record("does not parse, \(context)")
            return
        }
        let splice = try #require(edited.splices.first)
        #expect(document.bytes[..<array.range.lowerBound] == result.bytes[..<splice.new.lowerBound], context)
        #expect(
            document.bytes[array.range.upperBound...].elementsEqual(result.bytes[splice.new.upperBound...]), context)

        let newArray = result.value(at: "groups", "g") ?? result.root
        #expect(newArray.range == splice.new, context)
        let kept = elements.indices.filter { !removing.contains($0) }
        let expected = kept.map { Model(elements[$0].value, of: document) } + appending.map { Model.string($0) }
        #expect(Model(newArray, of: result) == .array(expected), context)
        #expect(result.model == replacing(array, with: .array(expected), in: document), context)

        checkComments(document, array, elements, removing, result, newArray, context)
        try checkRestoring(document, array, context)
    }

    private func checkComments(
        _ document: HuJSONDocument, _ array: HuJSONValue, _ elements: [HuJSONElement], _ removing: Set<Int>,
        _ result: HuJSONDocument, _ newArray: HuJSONValue, _ context: Comment
    ) {
        let newElements = result.annotatedElements(of: newArray)
        let kept = elements.indices.filter { !removing.contains($0) }
        for (old, new) in zip(kept.map { elements[$0] }, newElements) {
            #expect(texts(old.comments, document) == texts(new.comments, result), context)
        }
        for new in newElements.dropFirst(kept.count) { #expect(new.comments.isEmpty, context) }
        #expect(
            texts(document.looseComments(in: array), document) == texts(result.looseComments(in: newArray), result),
            context)
        let gone = removing.map { elements[$0] }
        let remaining = comments(in: array.range, of: document).filter { comment in
            !gone.contains { $0.comments.contains(comment) || $0.value.range.contains(comment.lowerBound) }
        }
        #expect(texts(remaining, document) == texts(comments(in: newArray.range, of: result), result), context)
    }

    private func checkRestoring(_ document: HuJSONDocument, _ array: HuJSONValue, _ context: Comment) throws {
        let count = document.elements(of: array).count
        let added = try HuJSONDocument(document.edited([.init(array: array, appending: ["p@x", "q@x"])]).bytes)
        let longer = added.value(at: "groups", "g") ?? added.root
        let one = try HuJSONDocument(added.edited([.init(array: longer, removing: [count + 1])]).bytes)
        let shorter = one.value(at: "groups", "g") ?? one.root
        #expect(try one.bytes == document.edited([.init(array: array, appending: ["p@x"])]).bytes, context)
        #expect(try one.edited([.init(array: shorter, removing: [count])]).bytes == document.bytes, context)
        #expect(
            try added.edited([.init(array: longer, removing: [count, count + 1])]).bytes == document.bytes, context)
    }

    private func replacing(_ array: HuJSONValue, with model: Model, in document: HuJSONDocument) -> Model {
        func rebuilt(_ value: HuJSONValue) -> Model {
            if value == array { return model }
            guard value.kind == .object else { return Model(value, of: document) }
            return .object(
                document.members(of: value).map { .init(name: document.name(of: $0), value: rebuilt($0.value)) })
        }
        return rebuilt(document.root)
    }

    private func texts(_ ranges: [Range<Int>], _ document: HuJSONDocument) -> [String] {
        ranges.map { String(decoding: document.bytes(in: $0), as: UTF8.self) }
    }

    /// All comments, found without the code under test.
    private func comments(in range: Range<Int>, of document: HuJSONDocument) -> [Range<Int>] {
        let bytes = document.bytes
        var found: [Range<Int>] = []
        var position = range.lowerBound
        while position < range.upperBound {
            switch (bytes[position], bytes[position + 1 < bytes.count ? position + 1 : position]) {
            case (UInt8(ascii: "\""), _):
                position += 1
                while bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                position += 1
            case (UInt8(ascii: "/"), UInt8(ascii: "/")):
                var end = position
                while bytes[end] != 0x0A { end += 1 }
                let next = end
                if bytes[end - 1] == 0x0D { end -= 1 }
                found.append(position..<end)
                position = next
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                var end = position + 2
                while bytes[end] != UInt8(ascii: "*") || bytes[end + 1] != UInt8(ascii: "/") { end += 1 }
                found.append(position..<end + 2)
                position = end + 2
            default: position += 1
            }
        }
        return found
    }
}
