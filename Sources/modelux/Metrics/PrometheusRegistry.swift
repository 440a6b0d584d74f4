import CoreMetrics
import Synchronization

/// All series of the process, and their rendering in the Prometheus text format 0.0.4.
///
/// Making a series takes a lock and a look-up, so the hot path makes its series once and keeps them.
final class PrometheusRegistry: MetricsFactory {
    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        let kind: Kind
        var series: [PrometheusLabels: any PrometheusSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// Adds a gauge, or with the usual ending a counter, whose value is asked for at every scrape.
    func read(_ label: String, _ dimensions: [(String, String)] = [], from read: @escaping @Sendable () -> Int64) {
        let kind = label.hasSuffix("_total") ? Kind.counter : .gauge
        _ = series(label, dimensions, kind) { PrometheusReading(read) }
    }

    /// Everything, sorted by name so that two scrapes can be compared.
    func render() -> String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(MetricDescriptions.sentence(for: name))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                series.write(name: name, labels: labels, to: &text)
            }
        }
        return text
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { PrometheusCounter() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { PrometheusGauge() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions, .histogram) { PrometheusHistogram(bounds: PrometheusHistogram.counts) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label + "_seconds", dimensions, .histogram) { PrometheusHistogram(bounds: PrometheusHistogram.seconds) }
    }

    func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// A name that Prometheus takes: letters, digits and underscores.
    static func sanitized(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }

    /// The series of that name and labels, made if it is new. One that is there under another kind stays there, and
    /// the caller gets a series that is counted and never shown: a clash of names must not stop the program.
    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: Kind, make: () -> Series
    ) -> Series {
        let name = PrometheusRegistry.sanitized(label)
        let labels = PrometheusLabels(dimensions)
        return families.withLock { families in
            if let there = families[name]?.series[labels] as? Series { return there }
            let made = make()
            if families[name, default: Family(kind: kind)].kind == kind {
                families[name, default: Family(kind: kind)].series[labels] = made
            }
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            families = families.mapValues { family in
                Family(kind: family.kind, series: family.series.filter { $0.value !== handler })
            }
        }
    }
}
