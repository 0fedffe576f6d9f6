/// A member of an object, with the comments that speak of it.
public struct HuJSONAnnotatedMember: Hashable, Sendable {
    /// The member.
    public let member: HuJSONMember
    /// The comments that move and vanish with it, in the order they stand; those inside its value are not among them.
    public let comments: [Range<Int>]
}

extension HuJSONDocument {
    /// The elements of an array with the comments that speak of them; none for any other value.
    public func annotatedElements(of array: HuJSONValue) -> [HuJSONElement] {
        guard array.kind == .array else { return [] }
        var elements: [HuJSONElement] = []
        visit(array) { elements.append(HuJSONElement(value: $0.value, comments: $1)) }
        return elements
    }

    /// The members of an object with the comments that speak of them; none for any other value.
    public func annotatedMembers(of object: HuJSONValue) -> [HuJSONAnnotatedMember] {
        guard object.kind == .object else { return [] }
        var members: [HuJSONAnnotatedMember] = []
        visit(object) { element, comments in
            let name = element.name ?? element.extent
            members.append(
                HuJSONAnnotatedMember(
                    member: HuJSONMember(nameRange: name, value: element.value), comments: comments))
        }
        return members
    }

    /// The comments in an array or an object that speak of no element or member, in the order they stand; none for any
    /// other value.
    public func looseComments(in container: HuJSONValue) -> [Range<Int>] {
        guard container.kind == .array || container.kind == .object else { return [] }
        var comments = CommentList()
        var position = container.range.lowerBound + 1
        bytes.withUnsafeBufferPointer { buffer in
            guard let scanner = try? Scanner(buffer, depthLimit: .max) else { return }
            visit(container) { element, _ in
                try? scanner.addComments(from: position, to: element.extent.lowerBound, to: &comments)
                position = element.extent.upperBound
            }
            let end = min(container.range.upperBound, bytes.count) - 1
            try? scanner.addComments(from: position, to: end, to: &comments)
        }
        return comments.ranges
    }

    /// A value of another document may not be there at all: then there is nothing to visit.
    private func visit(
        _ value: HuJSONValue, _ body: (ContainerCursor.Element, _ comments: [Range<Int>]) -> Void
    ) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let container = try? Container(value.range, in: buffer),
                container.isObject == (value.kind == .object)
            else { return }
            var cursor = ContainerCursor(container)
            while let element = try? cursor.next() { body(element, cursor.comments.ranges) }
        }
    }
}
