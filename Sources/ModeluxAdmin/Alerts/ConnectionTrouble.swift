import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a connection failed, in words for people: libraries tell of error stacks, source files and numbers.
enum ConnectionTrouble {
    /// What follows "could not be reached:".
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { words($0.error) } ?? "its name does not resolve"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case is SocketAddressError.UnknownHost: return "its name does not resolve"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: return tls("\(error)")
        case is ChannelError: return "there was no connection in time"
        default: return AlertText.plain("\(error)")
        }
    }

    /// OpenSSL's names of errors are stable; their texts carry more than anyone should read.
    private static func tls(_ description: String) -> String {
        let words: [(name: String, words: String)] = [
            ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted"),
            ("failedToValidateHostname", "its certificate is for another name"),
            ("unableToValidateCertificate", "its certificate is not trusted"),
            ("CERTIFICATE_EXPIRED", "its certificate has expired"),
            ("WRONG_VERSION_NUMBER", "it does not speak TLS"), ("HTTP_REQUEST", "it does not speak TLS"),
            ("PROTOCOL_VERSION", "it speaks no TLS that is new enough"),
            ("UNSUPPORTED_PROTOCOL", "it speaks no TLS that is new enough"),
        ]
        let found = words.first { description.contains($0.name) }
        return "TLS failed: \(found?.words ?? "the handshake came to no end")"
    }
}
