#include <system_error>

#include <fmt/format.h>

#include "adapters/s3/credentials.h"
#include "adapters/s3/s3_client.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/ceph_cluster.h"
#include "apps/lab/certificates.h"
#include "apps/lab/ports.h"
#include "apps/region/crew.h"
#include "apps/region/hands.h"
#include "apps/region/parts.h"
#include "apps/region/probe.h"
#include "base/async/run_to_end.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kCephPatience = 60s;
constexpr const char* kMade = "made";  ///< A file: user and bucket are there.
constexpr const char* kUser = "films";

CephCluster cluster_of(const Place& place, unsigned number) {
    CephCluster ceph;
    ceph.folder = place.of(fmt::format("s3-{}", number));
    ceph.monitor_port = place.ports.ceph_monitor(number);
    ceph.first_port = place.ports.ceph_first(number);
    ceph.last_port = static_cast<std::uint16_t>(ceph.first_port + PortPlan::kCephPorts - 1);
    ceph.http_port = PortPlan::behind(place.ports.objects_http(number));
    ceph.https_port = PortPlan::behind(place.ports.objects_https(number));
    ceph.objects = place.options.objects;
    return ceph;
}

CephCluster::Run tools_of(const Hands& hands) {
    return [&hands](CephCluster::Command command) { return hands.tool(std::move(command)); };
}

/// What it held in memory is gone with its processes, while the monitor's files speak of it still.
/// The door's files stay: it is at work.
Result<> empty_folder(const fs::path& folder) {
    std::error_code failed;
    for (const auto& each : fs::directory_iterator(folder, failed)) {
        if (each.path().stem() != kDoor) fs::remove_all(each, failed);
    }
    if (!failed) return {};
    return fail_unavailable(
        "lab", fmt::format("{} cannot be emptied: {}", folder.string(), failed.message()), 1s);
}

/// From nothing: a cluster, its certificate and its store.
Result<> make_and_start(const CephCluster& ceph, Hands& hands) {
    const auto run = tools_of(hands);
    SW_CHECK(empty_folder(ceph.folder));
    SW_CHECK(ceph.make(run));
    std::error_code failed;
    fs::create_directories(ceph.folder / "tls", failed);
    SW_CHECK(hand_over(ceph.folder / "tls"));
    Launch like;
    like.log = ceph.folder / "tools.log";
    SW_CHECK(make_server_certificate(ceph.folder / "tls", like));
    SW_CHECK(hands.server("monitor", CephCluster::monitor()));
    SW_CHECK(wait_for_port(ceph.monitor_port, kCephPatience));
    SW_CHECK(ceph.make_store(run));
    return hands.server("store", CephCluster::store());
}

Result<> start_again(const CephCluster& ceph, Hands& hands) {
    SW_CHECK(hands.server("monitor", CephCluster::monitor()));
    SW_CHECK(wait_for_port(ceph.monitor_port, kCephPatience));
    return hands.server("store", CephCluster::store());
}

Result<> make_bucket(const std::string& url, const std::string& credentials) {
    s3::Exchange::Options options;
    options.location = s3::Location::parse(url).value();
    options.credentials = [credentials] { return s3::parse_credentials(credentials); };
    SystemClock clock;
    SystemRandom random;
    CircuitBreaker breaker("objects");
    s3::Exchange exchange(std::move(options), s3::Exchange::Powers{clock, random, breaker});
    return run_to_end(s3::S3Client(exchange).create_bucket());
}

}  // namespace

std::string objects_url(const Place& place, unsigned number) {
    return fmt::format("s3:http://localhost:{}/films", place.ports.objects_http(number));
}

Result<std::string> objects_credentials(const Place& place) {
    SW_TRY(const std::string secret, place.secret("s3"));
    return fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", kUser,
                       secret);
}

Part objects_part(const Place& place, unsigned number) {
    const std::uint16_t http = place.ports.objects_http(number);
    const std::uint16_t https = place.ports.objects_https(number);
    const CephCluster ceph = cluster_of(place, number);
    Part part;
    part.name = fmt::format("s3-{}", number);
    part.what =
        fmt::format("S3 store, in {}", ceph.objects == ObjectsIn::Disk ? "files" : "memory");
    part.address = fmt::format("http://127.0.0.1:{}, https: {}", http, https);
    part.ports = {ceph.monitor_port, ceph.http_port, ceph.https_port};
    part.pipes = {{http, ceph.http_port}, {https, ceph.https_port}};
    part.start = [ceph](Hands& hands) -> Result<> {
        const bool kept = ceph.objects == ObjectsIn::Disk && hands.has(kMade);
        SW_CHECK(kept ? start_again(ceph, hands) : make_and_start(ceph, hands));
        return hands.server("gateway", CephCluster::gateway());
    };
    part.look = [http]() -> Result<std::string> {
        // Strangers see no buckets: that they are answered says that the store behind it is there.
        SW_TRY(const auto said, get(http, "/"));
        if (said.status < 500) return std::string();
        return fail(ErrorCode::Unavailable, fmt::format("it answers with {}", said.status));
    };
    part.settle = [place, number](Hands& hands) -> Result<> {
        if (hands.has(kMade)) return {};
        SW_TRY(const std::string secret, place.secret("s3"));
        SW_TRY(const std::string credentials, objects_credentials(place));
        SW_CHECK(CephCluster::make_user(tools_of(hands), kUser, kUser, secret));
        SW_CHECK(make_bucket(objects_url(place, number), credentials));
        return hands.write(kMade, "\n");
    };
    return part;
}

}  // namespace syncwatch::lab
