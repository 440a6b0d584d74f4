import NIOCore
import NIOPosix
import Testing

@testable import ModeluxAdmin

struct ConnectionTroubleTests {
    @Test(
        arguments: [
            (IOError(errnoCode: 111, reason: "connection reset (error set)"), "connection refused"),
            (IOError(errnoCode: 104, reason: "read(descriptor:)"), "connection reset by peer"),
            (ChannelError.connectTimeout(.seconds(1)), "there was no connection in time"),
        ] as [(any Error, String)])
    func `libraries' errors become words`(error: any Error, words: String) {
        #expect(ConnectionTrouble.words(error) == words)
    }
}
