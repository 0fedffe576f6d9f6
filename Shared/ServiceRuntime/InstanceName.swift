/// Tells one run of a process from every other.
public enum InstanceName {
    /// 16 hex digits.
    public static func random() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
