/// What goes wrong in a run, each per thousand.
struct Weather {
    var crashes: Int64 = 0
    var appendsLost: Int64 = 0
    var answersLost: Int64 = 0
    var publishesLost: Int64 = 0
    var readsFail: Int64 = 0
    var writesRefused: Int64 = 0
    var othersEdit: Int64 = 0
    var damages: Int64 = 0
    /// Of the seconds, those in which the tailnets stop answering for a while.
    var outages: Int64 = 0
    /// Of the inputs, those after which the process dies, having begun only some of what it was to do.
    var crashesInside: Int64 = 0
    /// Writes whose answer was lost may take effect seconds later.
    var landsLate = false
    /// Of the seconds, those in which the process stands still for a while; long enough, another takes over.
    var pauses: Int64 = 0
    /// Of the seconds, those in which another process takes over and the old one does not know.
    var overlaps: Int64 = 0
    var compactions: Int64 = 0
    var slow: Int64 = 20

    static let calm = Weather()

    /// Nothing goes wrong but that there are two owners.
    static func contested(_ dice: inout Dice) -> Weather {
        Weather(
            pauses: dice.roll(0...60), overlaps: dice.roll(0...60), compactions: dice.roll(0...300),
            slow: dice.pick([5, 50, 500]))
    }

    static func drawn(_ dice: inout Dice) -> Weather {
        func some(_ most: Int64, _ dice: inout Dice) -> Int64 { dice.happens(500) ? dice.roll(1...most) : 0 }
        return Weather(
            crashes: some(30, &dice), appendsLost: some(200, &dice), answersLost: some(300, &dice),
            publishesLost: some(300, &dice), readsFail: some(300, &dice), writesRefused: some(200, &dice),
            othersEdit: some(60, &dice), damages: some(20, &dice), outages: some(20, &dice),
            crashesInside: some(40, &dice), landsLate: dice.happens(500), pauses: some(30, &dice),
            overlaps: some(30, &dice), compactions: some(300, &dice),
            slow: dice.pick([5, 50, 2_000]))
    }
}
