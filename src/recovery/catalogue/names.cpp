#include "recovery/catalogue/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch::recovery {

bool is_catalogue_word(std::string_view text) {
    constexpr std::size_t kLongest = 64;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, plain);
}

std::string name_of_time(WallTime time) {
    std::string text = format_rfc3339(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

Result<WallTime> time_of_name(std::string_view name) {
    constexpr std::size_t kDay = 8;     // "20261129"
    constexpr std::size_t kWhole = 15;  // "20261129T155850"
    if (name.size() < kWhole) return fail(ErrorCode::InvalidInput, "no time in a name");
    const std::string_view clock = name.substr(kDay);
    return parse_rfc3339(fmt::format("{}-{}-{}{}:{}:{}", name.substr(0, 4), name.substr(4, 2),
                                     name.substr(6, 2), clock.substr(0, 3), clock.substr(3, 2),
                                     clock.substr(5)));
}

namespace {

std::optional<BackupId> parsed_id(std::string_view text) {
    const auto id = BackupId::parse(text);
    // Other spellings of an id would be other names for it.
    if (!id || id->text() != text) return std::nullopt;
    return *id;
}

}  // namespace

std::optional<BackupId> backup_of_record(std::string_view name) {
    constexpr std::string_view kEnd = ".json";
    if (!name.ends_with(kEnd)) return std::nullopt;
    name.remove_suffix(kEnd.size());
    return parsed_id(name.substr(name.rfind('/') + 1));
}

std::optional<BackupId> backup_of_word(std::string_view name) {
    const std::size_t end = name.rfind('/');
    if (end == name.npos) return std::nullopt;
    name = name.substr(0, end);
    return parsed_id(name.substr(name.rfind('/') + 1));
}

Result<RepositoryNames> RepositoryNames::of(std::string_view cluster) {
    if (is_catalogue_word(cluster)) return RepositoryNames(cluster);
    return fail(ErrorCode::InvalidInput,
                "not the name of a cluster: lower-case letters, digits "
                "and dashes, 64 at most");
}

std::string RepositoryNames::under(std::string_view folder) const {
    return fmt::format("v1/cluster/{}/{}", cluster_, folder);
}

std::string RepositoryNames::records(std::string_view component) const {
    return fmt::format("{}/{}", records(), component);
}

std::string RepositoryNames::record(const BackupRecord& of) const {
    return fmt::format("{}/{}/{}.json", records(), of.component, of.id.text());
}

std::string RepositoryNames::data(std::string_view component) const {
    return fmt::format("{}/{}", under("data"), component);
}

std::string RepositoryNames::logs(std::string_view component) const {
    return fmt::format("{}/{}", under("log"), component);
}

std::string RepositoryNames::data(const BackupRecord& of) const {
    return fmt::format("{}/{}/{}", under("data"), of.component, of.id.text());
}

std::string RepositoryNames::data(const BackupRecord& of, std::string_view file) const {
    return fmt::format("{}/{}", data(of), file);
}

std::string RepositoryNames::verification(BackupId of, WallTime at) const {
    return fmt::format("{}/{}/{}.json", verifications(), of.text(), name_of_time(at));
}

std::string RepositoryNames::pin(BackupId of, WallTime at) const {
    return fmt::format("{}/{}/{}.json", pins(), of.text(), name_of_time(at));
}

std::string RepositoryNames::holds(std::string_view component) const {
    return fmt::format("{}/{}", holds(), component);
}

std::string RepositoryNames::hold(std::string_view component, std::string_view reader,
                                  WallTime until) const {
    return fmt::format("{}/{}/{}/{}.json", holds(), component, reader, name_of_time(until));
}

std::string RepositoryNames::carried_out(std::string_view procedure, WallTime at) const {
    return fmt::format("{}/{}/{}.json", carried_out(), procedure, name_of_time(at));
}

std::string RepositoryNames::expiry(std::string_view component, WallTime at) const {
    return fmt::format("{}/{}/{}.json", expiries(), component, name_of_time(at));
}

}  // namespace syncwatch::recovery
