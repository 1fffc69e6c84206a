#include "apps/canary/canary_settings.h"

#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/postgres/settings.h"
#include "adapters/program/surroundings.h"
#include "apps/config/keys.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;

std::string setting(std::string_view key, std::string_view value) {
    return fmt::format("{}={}", config::find_key(key)->environment(), value);
}

bool may_be_read(const fs::path& path, int mode) {
    return ::access(path.c_str(), mode) == 0;
}

Result<std::string> database_of(const config::Settings& settings,
                                const RestoredDatabase& database) {
    if (!database.file.empty()) return "sqlite:" + fs::absolute(database.file).string();
    if (!settings.postgres.on()) {
        return fail(ErrorCode::InvalidInput,
                    "no setting says which database of the server is ours");
    }
    return postgres::url_at_socket(settings.postgres.url, database.socket, database.port);
}

void add_store(std::vector<std::string>& environment, std::string_view key,
               const config::Settings::S3& s3, const fs::path& folder) {
    const bool is_first = key == "objects.url";
    if (!s3.on()) {
        environment.push_back(setting(key, "file:" + fs::absolute(folder).string()));
        return;
    }
    environment.push_back(setting(key, s3.url));
    const auto* const keys =
        is_first ? "objects.credentials_file" : "objects.second_credentials_file";
    if (s3.credentials_file.empty()) return;
    environment.push_back(setting(keys, fs::absolute(s3.credentials_file).string()));
}

}  // namespace

Result<std::vector<std::string>> canary_environment(const config::Settings& settings,
                                                    const RestoredDatabase& database) {
    SW_TRY(const std::string url, database_of(settings, database));
    std::vector<std::string> environment = program::bare_environment();
    for (const auto& [key, value] :
         {std::pair<std::string_view, std::string>{"server.listen", "127.0.0.1:0"},
          {"server.threads", "1"},
          {"data.dir", canary_folder(database).string()},
          {"database.url", url},
          {"accounts.sign_up", "closed"},
          {"media.work", "false"},
          {"node.name", "canary"},
          {"log.format", "json"},
          {"log.level", "warning"}}) {
        environment.push_back(setting(key, value));
    }
    if (films_out_of_reach(settings)) {
        add_store(environment, "objects.url", {}, canary_folder(database) / "objects");
        return environment;
    }
    add_store(environment, "objects.url", settings.s3, settings.objects_path());
    if (settings.second.on()) {
        add_store(environment, "objects.second", settings.second.s3, settings.second.folder);
    }
    return environment;
}

fs::path canary_folder(const RestoredDatabase& database) {
    return fs::absolute(database.folder) / "canary";
}

std::optional<std::string> films_out_of_reach(const config::Settings& settings) {
    if (!settings.s3.on()) {
        const fs::path folder = settings.objects_path();
        if (may_be_read(folder, R_OK | X_OK)) return std::nullopt;
        return fmt::format("{} is not here, or may not be read", folder.string());
    }
    const fs::path keys = settings.s3.credentials_file;
    if (keys.empty() || may_be_read(keys, R_OK)) return std::nullopt;
    return fmt::format("{} may not be read", keys.string());
}

}  // namespace syncwatch::apps
