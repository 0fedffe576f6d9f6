/// What to change in one array of strings.
public struct HuJSONArrayEdit: Hashable, Sendable {
    /// The array, of the document that is edited.
    public var array: HuJSONValue
    /// The positions of the elements to take out, with the comments that belong to them.
    public var removing: Set<Int>
    /// The strings to add at the end, in the array's own style.
    public var appending: [String]

    public init(array: HuJSONValue, removing: Set<Int> = [], appending: [String] = []) {
        self.array = array
        self.removing = removing
        self.appending = appending
    }
}

extension HuJSONDocument {
    /// The text with all edits made, each as a ``HuJSONEdit`` of an array.
    public func edited(_ edits: [HuJSONArrayEdit]) throws(HuJSONEditError) -> HuJSONEditedText {
        try edited(edits.map { HuJSONEdit($0) })
    }
}
