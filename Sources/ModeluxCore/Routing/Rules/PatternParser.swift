/// A pattern as it was written.
indirect enum PatternTree: Sendable {
    case empty
    case scalar(Unicode.Scalar)
    case any
    case set(PatternSet)
    case start
    case end
    case boundary(Bool)
    case sequence([PatternTree])
    case either([PatternTree])
    case repeated(PatternTree, minimum: Int, maximum: Int?)
}

/// Reads the text of a pattern. Depth and counts are bounded; no text traps.
struct PatternParser {
    private static let maximumDepth = 32
    private static let maximumCount = 200

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var ignoresCase = false

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(PatternError) -> PatternTree {
        if scalars.starts(with: "(?i)".unicodeScalars) {
            ignoresCase = true
            index = 4
        }
        let tree = try either()
        guard peek == nil else { throw problem("this bracket closes nothing") }
        return tree
    }

    private mutating func either() throws(PatternError) -> PatternTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = peek, scalar != "|", scalar != ")" { parts.append(try repetition()) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repetition() throws(PatternError) -> PatternTree {
        let start = index
        var tree = try atom()
        var isRepeated = false
        while let bounds = try repetitionBounds() {
            guard !isRepeated else { throw problem("a repetition cannot be repeated: use a group") }
            switch tree {
            case .start, .end, .boundary: throw problem("nothing is repeated here", at: start)
            default: break
            }
            isRepeated = true
            tree = .repeated(tree, minimum: bounds.minimum, maximum: bounds.maximum)
            // A lazy repetition finds the same texts.
            _ = take("?")
        }
        return tree
    }

    private mutating func repetitionBounds() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek == "{", isDigit(peek(1)) else { return nil }
        let start = index
        index += 1
        let minimum = try count()
        var maximum: Int? = minimum
        if take(",") { maximum = isDigit(peek) ? try count() : nil }
        guard take("}") else { throw problem("the repetition has no }", at: start) }
        if let maximum, maximum < minimum { throw problem("the repetition ends before it begins", at: start) }
        return (minimum, maximum)
    }

    private mutating func count() throws(PatternError) -> Int {
        var value = 0
        while let scalar = peek, isDigit(scalar) {
            value = value * 10 + Int(scalar.value - 48)
            guard value <= PatternParser.maximumCount else {
                throw problem("a repetition goes up to \(PatternParser.maximumCount)")
            }
            index += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternTree {
        guard let scalar = peek else { throw problem("something is missing at the end") }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try charactersInBrackets())
        case "*", "+", "?": throw problem("nothing is repeated here")
        default: index += 1
        }
        switch scalar {
        case ".": return .any
        case "^": return .start
        case "$": return .end
        case "\\": return try escape()
        default: return literal(scalar)
        }
    }

    private mutating func group() throws(PatternError) -> PatternTree {
        let start = index
        index += 1
        if peek == "?" {
            guard peek(1) == ":" else { throw problem("only (?:…) groups and (?i) at the start are known") }
            index += 2
        }
        depth += 1
        guard depth <= PatternParser.maximumDepth else { throw problem("groups are nested too deep") }
        let tree = try either()
        depth -= 1
        guard take(")") else { throw problem("the group is not closed", at: start) }
        return tree
    }

    private mutating func escape() throws(PatternError) -> PatternTree {
        guard let scalar = peek else { throw problem("something is missing after the backslash") }
        index += 1
        switch scalar {
        case "b": return .boundary(true)
        case "B": return .boundary(false)
        default: break
        }
        if let set = PatternParser.set(for: scalar) { return .set(set) }
        return literal(try plain(scalar))
    }

    private mutating func charactersInBrackets() throws(PatternError) -> PatternSet {
        let start = index
        index += 1
        var set = PatternSet()
        set.isNegated = take("^")
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            index += 1
            if scalar == "\\", let class0 = peek, let inner = PatternParser.set(for: class0) {
                guard !inner.isNegated else { throw problem("a negated class cannot stand in a class") }
                index += 1
                set.ranges += inner.ranges
                continue
            }
            let low = scalar == "\\" ? try escapedInBrackets() : scalar
            guard peek == "-", let high = peek(1), high != "]" else {
                add(low.value...low.value, to: &set)
                continue
            }
            index += 2
            let end = high == "\\" ? try escapedInBrackets() : high
            guard low.value <= end.value else { throw problem("the range ends before it begins") }
            add(low.value...end.value, to: &set)
        }
        guard take("]") else { throw problem("the class is not closed", at: start) }
        return set
    }

    private mutating func escapedInBrackets() throws(PatternError) -> Unicode.Scalar {
        guard let scalar = peek else { throw problem("something is missing after the backslash") }
        index += 1
        return try plain(scalar)
    }

    private func plain(_ scalar: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar {
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        default: break
        }
        let isWord = PatternSet.words.contains(scalar) && scalar != "_"
        guard !isWord else { throw problem("\"\\\(scalar)\" is not known") }
        return scalar
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternTree {
        guard ignoresCase, let other = PatternParser.otherCase(scalar.value) else { return .scalar(scalar) }
        return .set(PatternSet(ranges: [scalar.value...scalar.value, other...other]))
    }

    private func add(_ range: ClosedRange<UInt32>, to set: inout PatternSet) {
        set.ranges.append(range)
        guard ignoresCase else { return }
        for letters: ClosedRange<UInt32> in [65...90, 97...122] where range.overlaps(letters) {
            let part = range.clamped(to: letters)
            guard let low = PatternParser.otherCase(part.lowerBound),
                let high = PatternParser.otherCase(part.upperBound)
            else { continue }
            set.ranges.append(low...high)
        }
    }

    private static func otherCase(_ value: UInt32) -> UInt32? {
        switch value {
        case 65...90: value + 32
        case 97...122: value - 32
        default: nil
        }
    }

    private static func set(for scalar: Unicode.Scalar) -> PatternSet? {
        func negated(_ set: PatternSet) -> PatternSet { PatternSet(ranges: set.ranges, isNegated: true) }
        return switch scalar {
        case "d": .digits
        case "w": .words
        case "s": .spaces
        case "D": negated(.digits)
        case "W": negated(.words)
        case "S": negated(.spaces)
        default: nil
        }
    }

    private var peek: Unicode.Scalar? { peek(0) }

    private func peek(_ ahead: Int) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("0"..."9").contains(scalar)
    }

    private func problem(_ message: String, at place: Int? = nil) -> PatternError {
        PatternError(position: (place ?? index) + 1, message: message)
    }
}

/// Turns a pattern into a program.
struct PatternBuilder {
    private(set) var program: [PatternInstruction] = []
    private(set) var sets: [PatternSet] = []

    mutating func finish() { program.append(.accept) }

    mutating func add(_ tree: PatternTree) throws(PatternError) {
        guard program.count < Pattern.maximumInstructions else {
            throw PatternError(position: 1, message: "it is too large: repeat less")
        }
        switch tree {
        case .empty: break
        case .scalar(let scalar): program.append(.scalar(scalar))
        case .any: program.append(.any)
        case .set(let set):
            let index = sets.firstIndex(of: set) ?? sets.count
            if index == sets.count { sets.append(set) }
            program.append(.set(index))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .boundary(let isWanted): program.append(.boundary(isWanted))
        case .sequence(let parts): for part in parts { try add(part) }
        case .either(let branches): try add(branches[...])
        case .repeated(let inner, let minimum, let maximum): try add(inner, minimum, maximum)
        }
    }

    private mutating func add(_ branches: ArraySlice<PatternTree>) throws(PatternError) {
        var exits: [Int] = []
        for (offset, branch) in branches.enumerated() {
            guard offset < branches.count - 1 else {
                try add(branch)
                break
            }
            let split = reserve()
            try add(branch)
            exits.append(reserve())
            program[split] = .split(split + 1, program.count)
        }
        for exit in exits { program[exit] = .jump(program.count) }
    }

    private mutating func add(_ inner: PatternTree, _ minimum: Int, _ maximum: Int?) throws(PatternError) {
        for _ in 0..<minimum { try add(inner) }
        guard let maximum else {
            let split = reserve()
            try add(inner)
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(reserve())
            try add(inner)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func reserve() -> Int {
        program.append(.jump(0))
        return program.count - 1
    }
}
