import NIOCore

/// One value of a kind for each event loop of a group, found by the loop.
///
/// `@unchecked Sendable`: the dictionary never changes after `init`; each value is used on its own loop only.
struct LoopGroup<Value: AnyObject>: @unchecked Sendable {
    private let values: [ObjectIdentifier: Value]
    /// The loops, in the group's order.
    let eventLoops: [any EventLoop]

    /// Makes the value of every loop.
    init(_ group: any EventLoopGroup, _ make: (any EventLoop) -> Value) {
        var values: [ObjectIdentifier: Value] = [:]
        var eventLoops: [any EventLoop] = []
        for eventLoop in group.makeIterator() {
            values[ObjectIdentifier(eventLoop)] = make(eventLoop)
            eventLoops.append(eventLoop)
        }
        self.values = values
        self.eventLoops = eventLoops
    }

    /// The value of a loop of the group.
    subscript(eventLoop: any EventLoop) -> Value {
        guard let value = values[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("an event loop of another group was passed in")
        }
        return value
    }

    /// Does something with each value on its own loop and waits until all are done.
    func forEach(_ body: @escaping @Sendable (Value) -> Void) async {
        for eventLoop in eventLoops {
            try? await eventLoop.submit { body(self[eventLoop]) }.get()
        }
    }
}
