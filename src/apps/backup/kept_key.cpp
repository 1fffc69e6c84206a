#include "apps/backup/kept_key.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <stdlib.h>

#include "adapters/age/age_program.h"
#include "base/async/offload.h"
#include "base/digest.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using encrypted::RepositoryKey;

constexpr std::string_view kKeys = "v1/key";
constexpr std::string_view kMarked = ".json";
constexpr std::string_view kWrapped = ".age";

std::string mark_of(const std::string& id) {
    return fmt::format("{}/{}{}", kKeys, id, kMarked);
}

std::string wrapped_name(const std::string& id, std::vector<std::string> recipients) {
    constexpr std::size_t kShown = 8;
    std::ranges::sort(recipients);
    std::string all;
    for (const std::string& each : recipients) all += each + "\n";
    const Sha256Sum sum = sha256(as_bytes(all));
    return fmt::format("{}/{}/{}{}", kKeys, id, encode_hex(std::span(sum).first(kShown)), kWrapped);
}

/// A folder for what is encrypted anyway.
class Scratch {
public:
    static Result<Scratch> make() {
        std::string path = (fs::temp_directory_path() / "syncwatch-key-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) {
            return fail_unavailable("backup",
                                    "make a folder in " + fs::temp_directory_path().string(),
                                    std::chrono::seconds(30));
        }
        return Scratch(path);
    }
    Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    fs::path file() const { return path_ / "key.age"; }

private:
    explicit Scratch(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

Result<std::optional<std::string>> or_none(Result<std::string> read) {
    if (read) return std::optional(*std::move(read));
    if (read.error().code == ErrorCode::NotFound) return std::optional<std::string>();
    return fail(std::move(read).error());
}

}  // namespace

Async<std::vector<std::string>> kept_keys(BackupRepository& plain) {
    SW_CO_TRY(const auto listed, co_await plain.list(std::string(kKeys)));
    std::vector<std::string> ids;
    for (const BackupRepository::Entry& each : listed) {
        std::string_view name = each.name;
        name.remove_prefix(std::min(name.size(), kKeys.size() + 1));
        if (!name.ends_with(kMarked) || name.find('/') != std::string_view::npos) continue;
        name.remove_suffix(kMarked.size());
        ids.emplace_back(name);
    }
    co_return ids;
}

Async<bool> is_kept(BackupRepository& plain, std::string id) {
    auto read = co_await plain.read(mark_of(id));
    SW_CO_TRY(const auto found, or_none(std::move(read)));
    co_return found.has_value();
}

Async<> keep_key(BackupRepository& plain, RepositoryKey key, std::vector<std::string> recipients,
                 net::thread_pool& pool) {
    const std::string id = key.id();
    const std::string name = wrapped_name(id, recipients);
    SW_CO_TRY(const bool is_marked, co_await is_kept(plain, id));
    // Who opens it is known already, and nobody else is named here.
    if (is_marked && recipients.empty()) co_return Result<>();
    if (recipients.empty()) {
        co_return fail(ErrorCode::InvalidInput,
                       "an encrypted repository needs somebody who can open it when this machine "
                       "is gone, and the plan names no recipients",
                       "no_recipients");
    }
    auto wrapped = co_await plain.read(name);
    SW_CO_TRY(const auto found, or_none(std::move(wrapped)));
    if (!found) {
        SW_CO_TRY(const Scratch scratch, Scratch::make());
        age::AgeProgram age({}, pool);
        SW_CO_CHECK(co_await age.encrypt(key.text(), recipients, scratch.file()));
        const auto created = co_await plain.create_from(name, scratch.file());
        // Somebody else was faster: no two are the same, and either opens.
        if (!created && created.error().code != ErrorCode::Conflict) {
            co_return fail(created.error());
        }
    }
    if (is_marked) co_return Result<>();
    const boost::json::object mark{{"schema", 1}, {"key", id}};
    co_return co_await plain.create(mark_of(id), boost::json::serialize(mark) + "\n");
}

Async<> forget_key(BackupRepository& plain, std::string id) {
    return plain.remove(mark_of(id));
}

Async<RepositoryKey> recover_key(BackupRepository& plain, fs::path identity,
                                 net::thread_pool& pool) {
    SW_CO_TRY(const auto listed, co_await plain.list(std::string(kKeys)));
    Result<RepositoryKey> last =
        fail(ErrorCode::NotFound, plain.place() + " has no key in it: it is not encrypted",
             "not_encrypted");
    for (const BackupRepository::Entry& each : listed) {
        if (!each.name.ends_with(kWrapped)) continue;
        SW_CO_TRY(const Scratch scratch, Scratch::make());
        auto fetched = co_await plain.fetch(each.name, scratch.file());
        if (!fetched) {
            last = fail(std::move(fetched).error());
            continue;
        }
        age::AgeProgram age({}, pool);
        auto text = co_await age.decrypt(scratch.file(), identity);
        if (!text) {
            last = fail(std::move(text).error());
            continue;
        }
        last = RepositoryKey::parse(*text);
        if (last && each.name.find(last->id()) != std::string::npos) break;
        last = fail(ErrorCode::Corrupt, each.name + " is not the key that its name says");
    }
    co_return last;
}

}  // namespace syncwatch::apps
