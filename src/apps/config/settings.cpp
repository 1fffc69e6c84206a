#include "apps/config/settings.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <unistd.h>

namespace syncwatch::config {
namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

std::filesystem::path Settings::database_path() const {
    return storage.database.empty() ? data.dir / "syncwatch.db" : storage.database;
}

std::filesystem::path Settings::objects_path() const {
    return storage.objects.empty() ? data.dir / "objects" : storage.objects;
}

std::function<std::string()> Settings::secret(std::string_view key, std::string given) const {
    const auto file = secret_files.find(key);
    if (file == secret_files.end()) return [given = std::move(given)] { return given; };
    return [given = std::move(given), path = file->second] {
        std::ifstream in(path);
        std::string line;
        return std::getline(in, line) ? line : given;
    };
}

bool Settings::listens_beyond_loopback() const {
    boost::system::error_code bad;
    const auto parsed = boost::asio::ip::make_address(server.address, bad);
    return bad || !parsed.is_loopback();
}

std::filesystem::path default_data_dir() {
    if (const auto home = environment("XDG_DATA_HOME"); home.starts_with('/')) {
        return std::filesystem::path(home) / "syncwatch";
    }
    if (::geteuid() == 0) return "/var/lib/syncwatch";
    if (const auto home = environment("HOME"); !home.empty()) {
        return std::filesystem::path(home) / ".local/share/syncwatch";
    }
    return "syncwatch-data";
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "syncwatch";
    return name.data();
}

}  // namespace syncwatch::config
