import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct TLSTests {
    /// Runs a TLS server with that leaf and calls it by that host with that root.
    private static func call(
        _ certificates: Certificates, _ leaf: TLSFiles, host: String, root: String?, times: Int = 1
    ) async throws -> [UpstreamTests.Result] {
        var upstream = UpstreamSettings()
        upstream.additionalRootsPath = root
        var results: [UpstreamTests.Result] = []
        try await Appliance.run(
            HTTPServerSettings(tls: leaf), upstream: upstream,
            handler: { exchange, _ in
                let body = try? await exchange.body(limit: 1 << 22)
                exchange.respond(ResponseHead(status: 200), body: body ?? ByteBuffer())
            }
        ) { appliance in
            let origin = Origin(isSecure: true, host: host, port: appliance.port)
            for _ in 0..<times {
                results.append(
                    try await UpstreamTests.call(appliance, origin, body: String(repeating: "secret ", count: 20_000)))
            }
        }
        return results
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a call to a server with a certificate of the private root succeeds and keeps its connection`(host: String)
        async throws
    {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let leaf = try certificates.makeLeaf("leaf", subject: "DNS:localhost,IP:127.0.0.1")
        let results = try await Self.call(certificates, leaf, host: host, root: certificates.rootPath, times: 3)
        #expect(results.map(\.status) == [200, 200, 200])
        #expect(results.map(\.reused) == [false, true, true])
        #expect(results.allSatisfy { $0.body.utf8.count == 140_000 })
    }

    @Test(arguments: [
        ("another name", "DNS:other.example", 2, true), ("an unknown root", "DNS:localhost,IP:127.0.0.1", 2, false),
        ("an expired certificate", "DNS:localhost,IP:127.0.0.1", -1, true),
    ])
    func `a certificate that does not prove the name ends the call before anything is sent`(
        reason: String, subject: String, days: Int, isTrusted: Bool
    ) async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let leaf = try certificates.makeLeaf("leaf", subject: subject, days: days)
        for host in ["localhost", "127.0.0.1"] {
            let results = try await Self.call(
                certificates, leaf, host: host, root: isTrusted ? certificates.rootPath : nil)
            guard case .tls = results.first?.error else {
                Issue.record("\(reason): \(results)")
                continue
            }
        }
    }

    @Test
    func `a server that takes the connection and never shakes hands costs the connect time`() async throws {
        let upstream = try await FakeUpstream.start()
        try await Appliance.run(handler: { exchange, _ in exchange.respond(text: "") }) { appliance in
            let origin = Origin(isSecure: true, host: "127.0.0.1", port: upstream.port)
            let result = try await UpstreamTests.call(
                appliance, origin, timeouts: Timeouts(connect: .milliseconds(200)))
            #expect(result.error == .connectTimeout)
            while await appliance.client.openConnections() > 0 { await Task.yield() }
        }
        await upstream.stop()
    }

    @Test
    func `plain bytes on a TLS port and a silent client are cut`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var settings = HTTPServerSettings(tls: try certificates.makeLeaf("leaf", subject: "DNS:localhost"))
        settings.headTimeout = .milliseconds(200)
        try await Appliance.run(settings, handler: { exchange, _ in exchange.respond(text: "never") }) { appliance in
            let plain = try await appliance.connect()
            try await plain.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            #expect(await !plain.receiveAll().contains("never"))
            let silent = try await appliance.connect()
            #expect(await silent.receiveAll() == "")
            await plain.close()
            await silent.close()
        }
    }

    @Test
    func `versions before 1.2 are refused`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let leaf = try certificates.makeLeaf("leaf", subject: "DNS:localhost")
        try await Appliance.run(HTTPServerSettings(tls: leaf), handler: { exchange, _ in exchange.respond(text: "") }) {
            appliance in
            let port = appliance.port
            for (flag, isTaken) in [("-tls1_2", true), ("-tls1_3", true), ("-tls1_1", false), ("-tls1", false)] {
                let output = try certificates.openssl(
                    "s_client", "-connect", "127.0.0.1:\(port)", flag, "-cipher", "ALL:@SECLEVEL=0")
                #expect(output.contains("Cipher is (NONE)") != isTaken, "\(flag)")
            }
            for cipher in ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"] {
                let output = try certificates.openssl(
                    "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0")
                #expect(output.contains("Cipher is (NONE)"), "\(cipher)")
            }
        }
    }

    @Test
    func `new files are taken, and files that do not work leave the old ones in use`() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let files = try certificates.makeLeaf("in-use", subject: "DNS:localhost")
        let other = try certificates.makeLeaf("other", subject: "DNS:localhost")
        let reloader = try TLSReloader(files, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let first = reloader.context
        reloader.poll()
        #expect(reloader.context === first)
        try certificates.replace(files, with: other)
        reloader.poll()
        let second = reloader.context
        #expect(second !== first)
        // A key that belongs to another certificate, and then no certificate at all.
        let stranger = try certificates.makeLeaf("stranger", subject: "DNS:localhost")
        try certificates.replace(
            files, with: TLSFiles(certificatePath: other.certificatePath, privateKeyPath: stranger.privateKeyPath))
        reloader.poll()
        #expect(reloader.context === second)
        try certificates.replace(
            files, with: TLSFiles(certificatePath: other.privateKeyPath, privateKeyPath: other.privateKeyPath))
        reloader.poll()
        #expect(reloader.context === second)
    }

    @Test
    func `a server whose first pair does not work does not start`() async throws {
        let settings = HTTPServerSettings(
            port: 0, tls: TLSFiles(certificatePath: "/nowhere", privateKeyPath: "/nowhere"))
        let server = HTTPServer(
            settings: settings, group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test")
        ) { $0.respond(text: "") }
        await #expect(throws: (any Error).self) { _ = try await server.start() }
    }
}
