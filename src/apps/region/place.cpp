#include "apps/region/place.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

#include <fmt/format.h>

#include "adapters/system/system_random.h"
#include "base/encoding.h"

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Of the 107 bytes of a socket's path, the longest that a part adds takes the rest.
constexpr std::size_t kLongestFolder = 72;

}  // namespace

Result<Place> Place::make(const LabOptions& options, fs::path folder) {
    SW_TRY(const PortPlan ports, PortPlan::make(options.region, options.base_port));
    const std::string path = folder.string();
    const bool plain = std::ranges::all_of(path, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '-' || c == '_';
    });
    if (!plain || path.size() > kLongestFolder) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("{}: the lab's folder has at most {} letters, digits, '.', '-' and "
                                "'_' in its path, because servers' sockets lie in it",
                                path, kLongestFolder));
    }
    std::error_code failed;
    return Place{options, ports, std::move(folder), fs::read_symlink("/proc/self/exe", failed)};
}

std::string Place::name(const std::string& part) const {
    return fmt::format("{}-{}", options.region, part);
}

Result<std::string> Place::secret(const std::string& name) const {
    const fs::path file = folder / ("secret-" + name);
    std::string kept;
    if (std::ifstream(file) >> kept && !kept.empty()) return kept;
    std::array<std::uint8_t, 20> bytes{};
    SystemRandom().fill(bytes);
    std::ofstream out(file);
    out << encode_hex(bytes) << "\n";
    out.close();
    if (!out) return fail_unavailable("lab", file.string() + " cannot be written", 1s);
    return encode_hex(bytes);
}

}  // namespace syncwatch::lab
