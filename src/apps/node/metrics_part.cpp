#include "apps/node/metrics_part.h"

#include "adapters/system/process_facts.h"
#include "apps/node/version.h"

namespace syncwatch::apps {
namespace {

void write_process(metrics::Text& text, const std::string& node) {
    text.gauge("syncwatch_build_info", "Always 1; says which version runs.", 1,
               {{"version", kVersion}, {"node", node}});
    const auto facts = process_facts();
    if (!facts) return;
    text.counter("syncwatch_process_cpu_seconds_total", "CPU time of the process.",
                 facts->cpu_seconds);
    text.gauge("syncwatch_process_resident_bytes", "Memory that the process holds.",
               static_cast<double>(facts->resident_bytes));
    text.gauge("syncwatch_process_open_files", "Open descriptors.",
               static_cast<double>(facts->open_files));
    text.gauge("syncwatch_process_threads", "Threads.", static_cast<double>(facts->threads));
    text.gauge("syncwatch_process_start_time_seconds", "When it started, since the Unix epoch.",
               facts->started_at);
}

void write_postgres(metrics::Text& text, const postgres::Database& database) {
    const postgres::Database::Counts counts = database.counts();
    text.gauge("syncwatch_database_connections_busy", "Connections that run a unit of work now.",
               static_cast<double>(counts.busy));
    text.counter("syncwatch_database_connected_total", "New connections to PostgreSQL.",
                 static_cast<double>(counts.connected));
    text.counter("syncwatch_database_run_again_total",
                 "Units of work that ran again because others were in their way.",
                 static_cast<double>(counts.run_again));
    text.counter("syncwatch_database_timed_out_total", "Units of work that were given up.",
                 static_cast<double>(counts.timed_out));
}

metrics::MetricsApi::Options metrics_options(const config::Settings& settings) {
    metrics::MetricsApi::Options options;
    options.allow = settings.metrics.allow;
    options.token = settings.metrics.token;
    options.trusted_proxies = settings.server.trusted_proxies;
    return options;
}

}  // namespace

MetricsPart::MetricsPart(Powers& powers, HealthPart& health, const config::Settings& settings)
    : powers_(powers), api_(metrics_options(settings), [&health] { return health.refresh(); }) {
    api_.add([node = settings.node.name](metrics::Text& text) { write_process(text, node); });
    api_.add([&health](metrics::Text& text) { health.write_metrics(text); });
    api_.add([this](metrics::Text& text) { write_database(text); });
    api_.add([this](metrics::Text& text) { powers_.node_bus->write_metrics(text); });
    api_.add([this](metrics::Text& text) {
        if (powers_.wall_keeper) powers_.wall_keeper->write_metrics(text);
    });
}

void MetricsPart::watch(const http::Router& router, const http::Server& server) {
    http_ = std::make_unique<metrics::HttpMetrics>(router);
    api_.add([this](metrics::Text& text) { http_->write(text); });
    api_.add([&server](metrics::Text& text) {
        text.gauge("syncwatch_http_connections",
                   "Connections that are open, WebSockets not among them.",
                   static_cast<double>(server.connections()));
    });
}

void MetricsPart::write_database(metrics::Text& text) const {
    const sql::Database& database = *powers_.database;
    constexpr const char* kQueue = "syncwatch_database_queue";
    constexpr const char* kQueueHelp = "Units of work that wait for the database.";
    text.gauge(kQueue, kQueueHelp, static_cast<double>(database.queued_writes()),
               {{"kind", "write"}});
    text.gauge(kQueue, kQueueHelp, static_cast<double>(database.queued_reads()),
               {{"kind", "read"}});
    const auto add = [&text](const char* kind, const LatencyHistogram& took) {
        text.histogram("syncwatch_database_seconds",
                       "How long units of work took, the wait for their turn included.",
                       took.bounds(), took.counts(), took.sum(), {{"kind", kind}});
    };
    add("write", database.write_seconds());
    add("read", database.read_seconds());
    if (powers_.postgres != nullptr) write_postgres(text, *powers_.postgres);
}

}  // namespace syncwatch::apps
