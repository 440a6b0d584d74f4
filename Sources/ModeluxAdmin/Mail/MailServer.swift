import FoundationEssentials
public import ModeluxCore
public import NIOSSL

/// The mail server that alerts go through.
public struct MailServer: Sendable {
    /// Its name or address.
    public let host: String
    /// Its port.
    public let port: Int
    /// How the connection is secured.
    public let security: Settings.Mail.Security
    /// The name to sign in with; nil for no sign-in.
    public let user: String?
    /// A file with the password; read for each mail, so that a new password needs no restart.
    public let passwordFile: String?
    /// Whom mails come from.
    public let from: MailAddress
    /// Certificate authorities to trust besides the system's.
    public let roots: [NIOSSLCertificate]

    /// Takes the settings; nil when no mail server is set.
    public init?(_ settings: Settings.Mail, roots: [NIOSSLCertificate]) {
        guard let host = settings.host, let from = settings.from.flatMap({ MailAddress($0) }) else { return nil }
        self.host = host
        self.from = from
        self.roots = roots
        port = settings.port
        security = settings.security
        user = settings.user
        passwordFile = settings.passwordFile
    }

    /// The password as the file holds it now, without the line end that editors leave.
    func password() throws -> Secret {
        guard let passwordFile, let data = FileManager.default.contents(atPath: passwordFile) else {
            throw MailFailure("the file of mail.password_file may not be read")
        }
        let text = String(decoding: data, as: UTF8.self)
        return Secret(String(text.prefix { $0 != "\n" && $0 != "\r" && $0 != "\r\n" }))
    }
}
