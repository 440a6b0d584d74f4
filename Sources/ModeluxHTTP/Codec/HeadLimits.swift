/// How large a head may grow before it is refused with 431.
struct HeadLimits: Sendable {
    /// Bytes from the first byte of the start line to the empty line.
    var maximumBytes: Int
    /// Header fields, counted with repetitions.
    var maximumFields: Int
}
