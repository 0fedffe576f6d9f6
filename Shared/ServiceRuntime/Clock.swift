import FoundationEssentials
import SymMessages

extension Timestamp {
    /// The wall clock. Only runners ask for it; what decides is given the time.
    public static func now() -> Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
