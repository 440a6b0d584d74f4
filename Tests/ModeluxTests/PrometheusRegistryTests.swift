import CoreMetrics
import Testing

@testable import modelux

struct PrometheusRegistryTests {
    @Test
    func `series are rendered in the text format`() {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "modelux_requests_total", dimensions: [("status", "2xx")]).increment(by: 2)
        registry.makeCounter(label: "modelux_requests_total", dimensions: [("status", "4xx")]).increment(by: 1)
        registry.makeMeter(label: "modelux_level", dimensions: []).set(1.5)
        registry.read("modelux_open_connections") { 7 }
        #expect(
            registry.render() == """
                # HELP modelux_level Level.
                # TYPE modelux_level gauge
                modelux_level 1.5
                # HELP modelux_open_connections Open connections of the inference listener.
                # TYPE modelux_open_connections gauge
                modelux_open_connections 7
                # HELP modelux_requests_total Finished inference requests by class of status.
                # TYPE modelux_requests_total counter
                modelux_requests_total{status="2xx"} 2
                modelux_requests_total{status="4xx"} 1

                """)
    }

    @Test
    func `a histogram's buckets are cumulative and end in its count`() {
        let registry = PrometheusRegistry()
        let timer = registry.makeTimer(label: "modelux_request_duration", dimensions: [("a", "b")])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(3_000_000_000_000)
        let text = registry.render()
        #expect(text.contains("modelux_request_duration_seconds_bucket{a=\"b\",le=\"0.001\"} 0\n"))
        #expect(text.contains("modelux_request_duration_seconds_bucket{a=\"b\",le=\"0.0025\"} 1\n"))
        #expect(text.contains("modelux_request_duration_seconds_bucket{a=\"b\",le=\"600.0\"} 1\n"))
        #expect(text.contains("modelux_request_duration_seconds_bucket{a=\"b\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("modelux_request_duration_seconds_sum{a=\"b\"} 3000.002\n"))
        #expect(text.contains("modelux_request_duration_seconds_count{a=\"b\"} 2\n"))
    }

    @Test
    func `the same name and labels are one series`() {
        let registry = PrometheusRegistry()
        for _ in 1...3 { registry.makeCounter(label: "modelux_x_total", dimensions: []).increment(by: 1) }
        #expect(registry.render().contains("modelux_x_total 3\n"))
    }

    @Test
    func `foreign text in a label stays within its quotes`() {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "modelux_x_total", dimensions: [("k", "a\"b\\c\nd")]).increment(by: 1)
        #expect(registry.render().contains("modelux_x_total{k=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test
    func `a clash of kinds neither stops the program nor spoils what is shown`() {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "modelux_x", dimensions: []).increment(by: 1)
        registry.makeMeter(label: "modelux_x", dimensions: [("k", "v")]).set(5.0)
        #expect(registry.render().contains("# TYPE modelux_x counter\nmodelux_x 1\n"))
    }
}
