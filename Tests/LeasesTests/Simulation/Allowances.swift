/// What the oracle lets pass, and why. Milliseconds.
enum Allowances {
    /// After the end of another lease of a login, one that is gone may have been taken out by us: 130 s, and a record's way.
    static let putBack: Int64 = 150_000
    /// A reading may be this old when a record or a write is made of it: the ledger is waited for meanwhile.
    static let readingAge: Int64 = 2_000

    /// A login may stay this long after its lease has ended while nothing stands in the way: a reading, a write, another
    /// reading and a collision or two, each of which takes up to `slow`; in a fair run nothing collides.
    static func late(slow: Int64, isFair: Bool) -> Int64 { isFair ? 1_500 : 12_000 + 12 * slow }

    /// A clock that is set by less is not noticed, and records on their way keep the times they have.
    static let unnoticed: Int64 = 5_000

    /// The client gives up a call that is not answered.
    static let longestCall: Int64 = 10_000

    /// A write whose answer was lost may land so long after its last moment to be sent; only then is a grant given up.
    static let landsWithin: Int64 = 30_000

    /// Whatever has been recorded by now may be sent, and land, so long.
    static let allLandWithin: Int64 = 60_000

    /// What a former owner had on its way may put a login in once more; the owner looks for it until two minutes after it
    /// took over.
    static let lastLook: Int64 = 120_000

    /// A login that comes back so soon after its lease has ended is ours (design, section 7).
    static let returnWindow: Int64 = 600_000

    /// Readings by the owner without a login of ours until its lease must be on its way to its end: a record of it may have been
    /// on its way at the first.
    static let readingsWithout = 3

    /// Whether it was within that window is not judged so close to its end: the clocks of provisioners, and the moment a
    /// lease ended, are known only so well.
    static func windowEdge(slow: Int64) -> Int64 { 45_000 + 12 * slow }
}
