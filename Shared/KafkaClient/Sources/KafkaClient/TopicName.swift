extension String {
    /// Kafka's rule for topic names: 1 to 249 of `a-z A-Z 0-9 . _ -`, neither `.` nor `..`.
    var isTopicName: Bool {
        (1...249).contains(utf8.count) && self != "." && self != ".."
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
