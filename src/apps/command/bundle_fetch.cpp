#include "apps/command/bundle_fetch.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "adapters/age/age_header.h"
#include "adapters/age/age_program.h"
#include "apps/escrow/bundle_pair.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::BackupRecord;
using recovery::Bundle;
using Records = std::vector<BackupRecord>;

/// Those that may be meant, the best first.
Records candidates(const recovery::Survey& survey, const char* component, const PairWish& wish) {
    Records before;
    Records after;
    for (const recovery::Catalogued& each : survey.backups) {
        const BackupRecord& record = each.record();
        if (record.component != component) continue;
        const bool is_early = !wish.moment || record.window.to <= *wish.moment;
        (is_early ? before : after).push_back(record);
    }
    const auto by_moment = [](const BackupRecord& each) { return each.window.to; };
    std::ranges::stable_sort(before, std::greater<>(), by_moment);
    std::ranges::stable_sort(after, {}, by_moment);
    // Both bundles of a change are made one after the other: the moment may lie between them.
    if (!before.empty() && !after.empty()) {
        before.insert(before.begin() + 1, after.front());
    } else if (before.empty() && wish.or_later) {
        before = std::move(after);
    }
    constexpr std::size_t kMostTried = 4;
    if (before.size() > kMostTried) before.resize(kMostTried);
    return before;
}

/// Brings bundles, each once.
class Fetcher {
public:
    Fetcher(CommandDesk& desk, fs::path folder, fs::path identity)
        : desk_(desk), folder_(std::move(folder)), identity_(std::move(identity)) {}

    Outcome<const Bundle*> get(const BackupRecord& record) {
        if (const auto known = known_.find(record.id); known != known_.end()) {
            return &known->second;
        }
        if (folder_.empty()) {
            return give_up(Exit::Refused, "no_scratch", "there is no place for what is fetched",
                           "Make space in the folder for temporary files, or name another in "
                           "TMPDIR.");
        }
        const fs::path file = folder_ / record.id.text();
        const auto fetched = run_to_end(desk_.desk().files().fetch(record, file));
        if (!fetched) return tl::unexpected<Failure>(bundle_failure(fetched.error()));
        auto bundle = read_bundle(file, identity_);
        if (!bundle) return tl::unexpected<Failure>(bundle.error());
        return &known_.emplace(record.id, *std::move(bundle)).first->second;
    }

private:
    CommandDesk& desk_;
    const fs::path folder_;
    const fs::path identity_;
    std::map<recovery::BackupId, Bundle> known_;
};

}  // namespace

PrivateFolder::PrivateFolder() {
    std::string name = (fs::temp_directory_path() / "syncwatch-restore-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Failure bundle_failure(const Error& error) {
    Failure failure = failure_of(error);
    if (error.code != ErrorCode::Corrupt) return failure;
    failure.code = "backup_damaged";
    failure.hint =
        "Nothing was laid down. Take another copy, of the other repository "
        "(--repository) or an earlier one (--to, --set).";
    return failure;
}

Outcome<Bundle> read_bundle(const fs::path& file, const fs::path& identity) {
    // What an installation consists of is small: a file that is larger is no bundle.
    constexpr std::uintmax_t kMostBundle = std::uintmax_t{512} << 20;
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    std::ifstream in(file, std::ios::binary);
    if (failed || size > kMostBundle || !in) {
        return give_up(Exit::Refused, "not_found",
                       file.string() + " cannot be read, or is no bundle",
                       "Name config.tar or secrets.tar.age with --file.");
    }
    std::string archive{std::istreambuf_iterator<char>(in), {}};
    if (age::is_age_file(archive)) {
        if (identity.empty()) {
            return tl::unexpected<Failure>(failure_of(
                fail(ErrorCode::NotFound, file.string() + " is encrypted, and no key was named",
                     "no_identity")
                    .value()));
        }
        net::thread_pool pool(1);
        age::AgeProgram age({}, pool);
        auto opened = run_to_end(age.decrypt(file, identity));
        pool.join();
        if (!opened) return tl::unexpected<Failure>(bundle_failure(opened.error()));
        archive = *std::move(opened);
    }
    auto bundle = recovery::unpack(archive);
    if (bundle) return *std::move(bundle);
    return tl::unexpected<Failure>(bundle_failure(std::move(bundle).error().within(file.string())));
}

Outcome<BundlePair> fetch_bundle(CommandDesk& desk, const BackupRecord& record,
                                 const fs::path& identity) {
    const PrivateFolder scratch;
    Fetcher fetcher(desk, scratch.path(), identity);
    const auto bundle = fetcher.get(record);
    if (!bundle) return tl::unexpected<Failure>(bundle.error());
    return BundlePair{{record}, {**bundle}};
}

Outcome<BundlePair> fetch_pair(CommandDesk& desk, const recovery::Survey& survey,
                               const PairWish& wish) {
    const Records configs = candidates(survey, "config", wish);
    const Records secrets = candidates(survey, "secrets", wish);
    if (configs.empty() && secrets.empty()) {
        return give_up(Exit::Refused, "no_backups",
                       "there is no such backup of the configuration or the secrets",
                       "syncwatch backup list shows what there is; --file takes a bundle at hand.");
    }
    if (secrets.empty()) return fetch_bundle(desk, configs.front(), wish.identity);
    if (configs.empty()) return fetch_bundle(desk, secrets.front(), wish.identity);
    const PrivateFolder scratch;
    Fetcher fetcher(desk, scratch.path(), wish.identity);
    std::string why;
    // By how far both are from what was asked for, together.
    for (std::size_t far = 0; far < configs.size() + secrets.size() - 1; ++far) {
        for (std::size_t i = 0; i <= far; ++i) {
            if (i >= configs.size() || far - i >= secrets.size()) continue;
            const BackupRecord& open = configs[i];
            const BackupRecord& closed = secrets[far - i];
            const auto config = fetcher.get(open);
            if (!config) return tl::unexpected<Failure>(config.error());
            const auto secret = fetcher.get(closed);
            if (!secret) return tl::unexpected<Failure>(secret.error());
            const std::string differs = difference_between(**config, **secret);
            if (differs.empty()) return BundlePair{{open, closed}, {**config, **secret}};
            if (why.empty()) why = differs;
        }
    }
    return give_up(Exit::VerificationFailed, "two_moments",
                   "settings and secrets are not of one state: " + why,
                   "Choose one of each with --set, or another moment with --to; syncwatch backup "
                   "list shows them.");
}

}  // namespace syncwatch::apps
