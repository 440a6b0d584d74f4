import ModeluxCore
import Testing

struct SettingsTests {
    @Test(arguments: Setting.all)
    func `a default lies within the range of its own key`(setting: Setting) throws {
        var settings = Settings()
        try setting.set(setting.text(in: settings), in: &settings)
        #expect(settings == Settings())
    }

    @Test
    func `no two keys share a name`() {
        #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
    }

    @Test(arguments: [
        ("proxy.address", "[::1]:0", "[::1]:0"), ("proxy.address", ":80", "0.0.0.0:80"),
        ("proxy.body_limit", "1048576", "1 MiB"), ("proxy.body_limit", "1500 B", "1500"),
        ("proxy.head_timeout", "90s", "90s"), ("proxy.head_timeout", "2m", "2m"),
        ("upstream.connect_timeout", "250ms", "250ms"), ("proxy.drain_timeout", "0", "0s"),
        ("proxy.tls_key", "", ""), ("proxy.tls_key", "/k.pem", "/k.pem"), ("ledger.durability", "power", "power"),
        ("records.store_limit", "3 TiB", "3 TiB"), ("admin.hosts", "a.example, b", "a.example,b"),
        ("admin.hosts", "", ""), ("proxy.threads", "4", "4"),
    ])
    func `a value is read and written in the forms that people use`(name: String, text: String, written: String) throws
    {
        var settings = Settings()
        let setting = try Setting.named(name)
        try setting.set(text, in: &settings)
        #expect(setting.text(in: settings) == written)
    }

    @Test(arguments: [
        ("proxy.address", "8080"), ("proxy.address", "::1:80"), ("proxy.address", "localhost:70000"),
        ("proxy.body_limit", "32 MB"), ("proxy.body_limit", "2 GiB"), ("proxy.body_limit", "-1"),
        ("proxy.body_limit", "99999999999999999999 GiB"), ("proxy.body_limit", "9999999999 TiB"),
        ("proxy.head_timeout", "10"), ("proxy.head_timeout", "0s"), ("proxy.head_timeout", "2h"),
        ("proxy.threads", "many"), ("ledger.durability", "maybe"), ("data_directory", ""),
    ])
    func `what is out of form or range is refused with the key's name`(name: String, text: String) throws {
        var settings = Settings()
        let setting = try Setting.named(name)
        let error = #expect(throws: SettingsError.self) { try setting.set(text, in: &settings) }
        #expect(error?.description.contains(name) == true)
        #expect(error?.description.contains(setting.form) == true)
    }

    @Test(arguments: [("proxy.adress", "proxy.address"), ("log.lvl", "log.level"), ("datadirectory", "data_directory")])
    func `an unknown key is an error that names the nearest one`(name: String, nearest: String) {
        let error = #expect(throws: SettingsError.self) { try Setting.named(name) }
        #expect(error?.description.contains("\"\(nearest)\"") == true)
    }

    @Test(arguments: [("127.0.0.1:1", true), ("localhost:1", true), ("[::1]:1", true), ("0.0.0.0:1", false)])
    func `loopback addresses are known as such`(text: String, isLoopback: Bool) throws {
        #expect(try #require(ListenAddress(text)).isLoopback == isLoopback)
    }

    @Test
    func `the default timeouts are those of an attempt of which nobody says anything`() {
        let settings = Settings().upstream
        let timeouts = AttemptTimeouts(
            connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.readTimeout,
            total: settings.totalTimeout)
        #expect(timeouts == AttemptTimeouts())
    }
}
