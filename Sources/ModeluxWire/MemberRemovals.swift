/// The ranges that remove members of one object, each with the comma that goes with it, so that what is left is JSON.
struct MemberRemovals {
    /// What goes, in its order; never overlapping.
    private(set) var ranges: [Range<Int>] = []
    private var previousEnd: Int?
    /// Where a removed member began that no kept member precedes: the next kept member's name ends the removal.
    private var leadingStart: Int?

    /// Takes the object's next member: from its name's quote to after its value.
    mutating func take(_ member: Range<Int>, isRemoved: Bool) {
        if isRemoved {
            if let previousEnd {
                ranges.append(previousEnd..<member.upperBound)
            } else if leadingStart == nil {
                leadingStart = member.lowerBound
            }
        } else if let removed = leadingStart {
            ranges.append(removed..<member.lowerBound)
            leadingStart = nil
        }
        // What comes after a removed member is cut from where that member ended, so the ranges never overlap.
        if !isRemoved || previousEnd != nil { previousEnd = member.upperBound }
    }

    /// Says where the object's closing brace is.
    mutating func close(at brace: Int) {
        if let leadingStart { ranges.append(leadingStart..<brace) }
        leadingStart = nil
    }
}
