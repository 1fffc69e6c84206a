#include "apps/region/parts.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch::lab {
namespace {

struct Program {
    const char* name;
    const char* package;
};

constexpr Program kPrograms[] = {
    {"etcd", "etcd-server"},  {"patroni", "patroni"},   {"redis-server", "redis-server"},
    {"ceph-mon", "ceph-mon"}, {"ceph-osd", "ceph-osd"}, {"ceph", "ceph-common"},
    {"radosgw", "radosgw"},   {"turnserver", "coturn"}, {"knotd", "knot"},
    {"haproxy", "haproxy"},   {"openssl", "openssl"},
};

bool is_installed(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string each; std::getline(folders, each, ':');) {
        std::error_code failed;
        if (std::filesystem::exists(std::filesystem::path(each) / program, failed)) return true;
    }
    return false;
}

}  // namespace

Result<> check_programs() {
    std::string programs;
    std::string packages;
    for (const Program& each : kPrograms) {
        if (is_installed(each.name)) continue;
        programs += fmt::format("{}{}", programs.empty() ? "" : ", ", each.name);
        packages += fmt::format(" {}", each.package);
    }
    if (programs.empty()) return {};
    Error missing =
        fail_unavailable(
            "lab", fmt::format("{} is not installed (Debian's packages:{})", programs, packages),
            std::chrono::seconds(0))
            .value();
    missing.reason = "lab_programs";
    return fail(std::move(missing));
}

Result<std::vector<Part>> parts_of(const Place& place) {
    SW_TRY(const std::string turn_secret, place.secret("turn"));
    SW_TRY(const std::string dns_secret, place.secret("dns"));
    std::vector<Part> parts;
    for (unsigned each = 1; each <= 3; ++each) parts.push_back(etcd_part(place, each));
    for (unsigned each = 1; each <= 2; ++each) parts.push_back(postgres_part(place, each));
    for (unsigned each = 1; each <= 2; ++each) parts.push_back(redis_part(place, each));
    for (unsigned each = 1; each <= 3; ++each) parts.push_back(sentinel_part(place, each));
    for (unsigned each = 1; each <= 2; ++each) parts.push_back(objects_part(place, each));
    for (unsigned each = 1; each <= 2; ++each) parts.push_back(turn_part(place, each, turn_secret));
    parts.push_back(dns_part(place, encode_base64(as_bytes(dns_secret))));
    for (unsigned each = 1; each <= place.options.nodes; ++each) {
        parts.push_back(node_part(place, each));
    }
    for (unsigned each = 1; each <= place.options.workers; ++each) {
        parts.push_back(worker_part(place, each));
    }
    parts.push_back(site_part(place));
    return parts;
}

}  // namespace syncwatch::lab
