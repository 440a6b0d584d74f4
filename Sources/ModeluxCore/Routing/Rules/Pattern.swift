/// What is wrong with a pattern, and where.
public struct PatternError: Error, Sendable, Hashable {
    /// The place in the pattern, counted in characters from 1.
    public let position: Int
    /// What to change.
    public let message: String
}

/// A regular expression that is searched for in time linear in the text: all alternatives are followed at once
/// (Thompson's construction), so that no pattern and no text can hang the caller.
///
/// It knows literals, `.`, classes `[a-z]`, `\d \w \s` and their opposites, groups, `|`, `* + ? {n} {n,} {n,m}`, `^ $ \b`
/// and `(?i)` at the start. It has no captures, look-around or back references.
public struct Pattern: Sendable, Hashable {
    /// The longest pattern, in bytes.
    public static let maximumBytes = 512
    /// The largest program that a pattern may become.
    static let maximumInstructions = 1000
    /// Steps that a search may take; a longer text is searched in its first part.
    private static let maximumSteps = 8_000_000

    /// As it was written.
    public let text: String
    private let program: [PatternInstruction]
    private let sets: [PatternSet]

    /// Reads a pattern.
    /// - Throws: `PatternError`.
    public init(_ text: String) throws(PatternError) {
        guard text.utf8.count <= Pattern.maximumBytes else {
            throw PatternError(position: 1, message: "it has more than \(Pattern.maximumBytes) bytes")
        }
        self.text = text
        var parser = PatternParser(text)
        let tree = try parser.parse()
        var builder = PatternBuilder()
        try builder.add(tree)
        builder.finish()
        program = builder.program
        sets = builder.sets
    }

    /// Whether two patterns are written the same.
    public static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }

    /// Hashes what was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Whether the pattern occurs anywhere in `text`. Two allocations.
    public func isFound(in text: String) -> Bool {
        var threads = PatternThreads(count: program.count)
        var next = PatternThreads(count: program.count)
        var previous: Unicode.Scalar?
        var rest = text.unicodeScalars[...]
        var steps = Pattern.maximumSteps
        while true {
            let current = rest.first
            // A new thread begins at each place, since the pattern may occur anywhere.
            if follow(0, into: &threads, previous: previous, current: current) { return true }
            guard let current, steps > 0 else { return false }
            rest.removeFirst()
            let following = rest.first
            for index in 0..<threads.count {
                let place = threads.places[index]
                guard consumes(program[place], current) else { continue }
                if follow(place + 1, into: &next, previous: current, current: following) { return true }
            }
            steps -= threads.count + 1
            swap(&threads, &next)
            next.clear()
            previous = current
        }
    }

    /// Adds a place and all that it leads to without consuming a character; true when that is the end of the pattern.
    private func follow(
        _ start: Int, into threads: inout PatternThreads, previous: Unicode.Scalar?, current: Unicode.Scalar?
    ) -> Bool {
        threads.pending.append(start)
        while let place = threads.pending.popLast() {
            guard threads.mark(place) else { continue }
            switch program[place] {
            case .accept:
                threads.pending.removeAll(keepingCapacity: true)
                return true
            case .jump(let target): threads.pending.append(target)
            case .split(let first, let second):
                threads.pending.append(second)
                threads.pending.append(first)
            case .start: if previous == nil { threads.pending.append(place + 1) }
            case .end: if current == nil { threads.pending.append(place + 1) }
            case .boundary(let isWanted):
                let isBoundary = PatternSet.isWord(previous) != PatternSet.isWord(current)
                if isBoundary == isWanted { threads.pending.append(place + 1) }
            case .scalar, .set, .any: threads.add(place)
            }
        }
        return false
    }

    private func consumes(_ instruction: PatternInstruction, _ scalar: Unicode.Scalar) -> Bool {
        switch instruction {
        case .scalar(let wanted): wanted == scalar
        case .set(let index): sets[index].contains(scalar)
        case .any: scalar != "\n"
        default: false
        }
    }
}

/// One step of a compiled pattern.
enum PatternInstruction: Sendable {
    case scalar(Unicode.Scalar)
    /// A class, by its index.
    case set(Int)
    case any
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case boundary(Bool)
    case accept
}

/// The places of a pattern that are being followed at one character, each at most once.
private struct PatternThreads {
    private(set) var places: [Int]
    private(set) var count = 0
    var pending: [Int] = []
    private var marks: [UInt32]
    private var round: UInt32 = 1

    init(count: Int) {
        places = Array(repeating: 0, count: count)
        marks = Array(repeating: 0, count: count)
        pending.reserveCapacity(16)
    }

    /// False when the place was visited in this round already.
    mutating func mark(_ place: Int) -> Bool {
        guard marks[place] != round else { return false }
        marks[place] = round
        return true
    }

    mutating func add(_ place: Int) {
        places[count] = place
        count += 1
    }

    mutating func clear() {
        count = 0
        round &+= 1
    }
}

/// A class of characters.
struct PatternSet: Sendable, Hashable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static let digits = PatternSet(ranges: [48...57])
    static let words = PatternSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let spaces = PatternSet(ranges: [9...13, 32...32, 0xA0...0xA0, 0x2028...0x2029])

    static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(words.contains) ?? false }
}
