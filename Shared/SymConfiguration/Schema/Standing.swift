/// How this version stands to a resource type, an attribute, or a value of one.
enum Standing: Sendable, Hashable {
    case asInSym
    /// In Sym too, and different here in what this says.
    case withOurMeaning(String)
    /// Not in Sym.
    case ours
    /// Kept and shown, without effect: a warning says this.
    case withoutEffect(String)
    /// An error says this, among it what to use instead.
    case refused(String)

    var isRefused: Bool { if case .refused = self { true } else { false } }
}
