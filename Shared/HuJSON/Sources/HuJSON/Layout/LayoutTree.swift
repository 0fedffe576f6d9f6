/// A value and how it is to be laid out.
struct LayoutValue {
    /// The text of a value that is written as it is.
    var literal: ArraySlice<UInt8> = []
    var container: LayoutContainer?
}

/// An object or an array.
struct LayoutContainer {
    var isObject: Bool
    var members: [LayoutMember] = []
    /// What stands behind the last comma, or the last value if no comma follows it.
    var closing = LayoutSpacing()
    var hasTrailingComma = false
    /// Whether each member has a line of its own.
    var isExpanded = false
    /// Whether it has members on lines of their own, or a container in it has.
    var isMultiline = false
}

/// A member or an element.
struct LayoutMember {
    /// In front of it.
    var before = LayoutSpacing()
    /// The name of a member of an object.
    var name: [UInt8]?
    var afterName = LayoutSpacing()
    var beforeValue = LayoutSpacing()
    var value = LayoutValue()
    /// Between the value and its comma.
    var after = LayoutSpacing()
    /// How many spaces align the value with those of the neighbours.
    var padding = 0

    /// Whether the value stands on a line below its name.
    var breaksBeforeValue: Bool { afterName.isMultiline || beforeValue.isMultiline }
}
