/// Makes one answer of several.
public enum Aggregate {
    /// A member's answer.
    public struct Ballot: Sendable, Hashable {
        /// What it says.
        public let text: String
        /// How much it counts.
        public let weight: Double

        /// Makes a ballot.
        public init(text: String, weight: Double = 1) {
            self.text = text
            self.weight = weight
        }
    }

    /// The index of the answer that most of the weight agrees on; of several that agree, the one that counts most.
    /// Between equals the earlier one wins. Nil without ballots.
    public static func vote(_ ballots: [Ballot]) -> (winner: Int, share: Double)? {
        var sums: [String: Double] = [:]
        let texts = ballots.map { AnswerText.normalized($0.text) }
        for (ballot, text) in zip(ballots, texts) { sums[text, default: 0] += max(0, ballot.weight) }
        var winner: Int?
        for index in ballots.indices {
            guard let best = winner else {
                winner = index
                continue
            }
            let (own, others) = (sums[texts[index]] ?? 0, sums[texts[best]] ?? 0)
            let isHeavier = texts[index] == texts[best] && ballots[index].weight > ballots[best].weight
            if own > others || isHeavier { winner = index }
        }
        guard let winner else { return nil }
        let total = ballots.reduce(0) { $0 + max(0, $1.weight) }
        return (winner, total > 0 ? (sums[texts[winner]] ?? 0) / total : 0)
    }

    /// The weighted mean of the numbers that the answers are, and the index of the answer nearest to it; nil when none
    /// is a number.
    public static func average(_ ballots: [Ballot]) -> (mean: Double, nearest: Int)? {
        let numbers = ballots.enumerated().compactMap { index, ballot in
            AnswerText.number(in: ballot.text).map { (index: index, value: $0, weight: max(0, ballot.weight)) }
        }
        let total = numbers.reduce(0) { $0 + $1.weight }
        guard let first = numbers.first, total > 0 else { return nil }
        let mean = numbers.reduce(0) { $0 + $1.value * $1.weight } / total
        guard mean.isFinite else { return nil }
        let nearest = numbers.reduce(first) { abs($1.value - mean) < abs($0.value - mean) ? $1 : $0 }
        return (mean, nearest.index)
    }
}
