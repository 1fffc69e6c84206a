#include "apps/node/cache_metrics.h"

namespace syncwatch::apps {

void write_cache(metrics::Text& text, Storage& storage) {
    s3::S3BlobStore::CacheFigures now;
    if (storage.s3() != nullptr) now = storage.s3()->cache_figures();
    const auto value = [](std::uint64_t number) { return static_cast<double>(number); };
    constexpr const char* kReads = "syncwatch_cache_reads_total";
    constexpr const char* kReadsHelp =
        "Objects that were read here, by whether they were on the node's disk.";
    text.counter(kReads, kReadsHelp, value(now.hits), {{"result", "hit"}});
    text.counter(kReads, kReadsHelp, value(now.misses), {{"result", "miss"}});
    text.counter("syncwatch_cache_fetched_bytes_total",
                 "Bytes of objects that were read from the store.", value(now.read_bytes));
    text.counter("syncwatch_cache_evicted_bytes_total", "Bytes that went to make room for others.",
                 value(now.evicted_bytes));
    text.gauge("syncwatch_cache_bytes", "What lies in the cache.", value(now.bytes));
    text.gauge("syncwatch_cache_limit_bytes", "What may lie there.", value(now.limit));
    text.counter("syncwatch_cache_disk_full_total", "How often the cache found its disk full.",
                 value(now.disk_full));
}

}  // namespace syncwatch::apps
