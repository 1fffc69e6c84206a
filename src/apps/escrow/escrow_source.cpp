#include "apps/escrow/escrow_source.h"

#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/age/age_header.h"
#include "adapters/filesystem/files.h"
#include "adapters/system/slow_digest.h"
#include "apps/config/load.h"
#include "apps/escrow/bundles.h"
#include "apps/escrow/laying.h"
#include "base/async/offload.h"
#include "base/encoding.h"
#include "recovery/plan/age_recipient.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using recovery::Bundle;
using recovery::BundleKind;
using Counts = SnapshotSource::Counts;

/// Of all files together; what an installation consists of is small.
constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;

/// "Debian GNU/Linux 12 (bookworm)"; empty: nobody says.
std::string system_name() {
    constexpr std::string_view kKey = "PRETTY_NAME=\"";
    std::ifstream in("/etc/os-release");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(kKey) && is_utf8(line)) {
            return line.substr(kKey.size(), line.find('"', kKey.size()) - kKey.size());
        }
    }
    return {};
}

Result<std::string> whole_file(const fs::path& file) {
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    std::ifstream in(file, std::ios::binary);
    if (failed || !in) {
        return fail_unavailable("backup", file.string() + " cannot be read",
                                std::chrono::seconds(5));
    }
    if (size > kMostBytes) return fail(ErrorCode::Corrupt, file.string() + " is too large for one");
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

/// Into a new file; on error there is none.
Result<> write_new(const fs::path& into, const std::string& bytes) {
    SW_TRY(const UniqueFd fd, filesystem::open_file(into, O_WRONLY | O_CREAT | O_EXCL));
    auto written = filesystem::write_all(fd.get(), bytes, 0, into);
    if (written) written = filesystem::sync_file(fd.get(), into);
    std::error_code ignored;
    if (!written) fs::remove(into, ignored);
    return written;
}

Result<Bundle> bundle_of_kind(std::string_view archive, BundleKind kind) {
    SW_TRY(Bundle bundle, recovery::unpack(archive));
    if (bundle.about.kind == kind) return bundle;
    return fail(ErrorCode::Corrupt, fmt::format("it is no bundle of {}", recovery::word(kind)));
}

Counts counts_of(const Bundle& bundle) {
    Counts counts{{"files", bundle.contents.size()}};
    for (const auto& each : bundle.about.files) {
        if (each.redacted) ++counts["redacted"];
    }
    return counts;
}

/// Lays it down below `scratch`, and compares what lies there then.
Result<Counts> lay_for_a_look(const Bundle& bundle, const fs::path& scratch) {
    SW_TRY(const Laying laying, Laying::plan({bundle}, scratch));
    SW_CHECK(laying.lay("rehearsal"));
    SW_CHECK(laying.compare());
    return counts_of(bundle);
}

}  // namespace

EscrowSource::Options escrow_options(config::Settings settings, recovery::Plan plan,
                                     std::string app_version) {
    InstallationSources sources;
    sources.settings = std::move(settings);
    sources.plan = std::move(plan);
    sources.environment = config::process_environment();
    EscrowSource::Options options;
    options.app_version = std::move(app_version);
    options.look = [sources = std::move(sources)] { return look_at_installation(sources); };
    return options;
}

Bundle EscrowSource::stamped(Bundle bundle) const {
    bundle.about.made = clock_.wall();
    bundle.about.versions = {{"syncwatch", options_.app_version}, {"system", system_name()}};
    return bundle;
}

SnapshotSource::Facts EscrowSource::facts_of(const Bundle& bundle) const {
    Facts facts;
    facts.moment = bundle.about.made;
    facts.system_id = bundle.about.node;
    facts.counts = counts_of(bundle);
    for (const auto& each : bundle.about.files) facts.bytes += each.size;
    return facts;
}

Async<SnapshotSource::Facts> ConfigSource::take(fs::path into) {
    auto work = [this, into = std::move(into)]() -> Result<Facts> {
        SW_TRY(const Installation installation, options_.look());
        const Bundle bundle = stamped(config_bundle(installation));
        SW_TRY(const std::string archive, recovery::pack(bundle));
        SW_CHECK(write_new(into, archive));
        Facts facts = facts_of(bundle);
        facts.engine = "syncwatch";
        facts.engine_version = options_.app_version;
        facts.position = state_of(bundle, "");
        return facts;
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<Counts> ConfigSource::inspect(fs::path file) {
    auto work = [file = std::move(file)]() -> Result<Counts> {
        SW_TRY(const std::string archive, whole_file(file));
        SW_TRY(const Bundle bundle, bundle_of_kind(archive, BundleKind::Config));
        return counts_of(bundle);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<Counts> ConfigSource::rehearse(fs::path file, fs::path scratch) {
    auto work = [file = std::move(file), scratch = std::move(scratch)]() -> Result<Counts> {
        SW_TRY(const std::string archive, whole_file(file));
        SW_TRY(const Bundle bundle, bundle_of_kind(archive, BundleKind::Config));
        return lay_for_a_look(bundle, scratch);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::string> ConfigSource::fingerprint() {
    auto work = [this]() -> Result<std::string> {
        SW_TRY(const Installation installation, options_.look());
        return state_of(config_bundle(installation), "");
    };
    co_return co_await offload(pool_, std::move(work));
}

Result<> SecretsSource::check_recipients() const {
    if (keys_.recipients.empty()) {
        return fail(ErrorCode::NotFound, "the plan names nobody who may open the secrets",
                    "no_recipients");
    }
    for (const std::string& each : keys_.recipients) {
        if (recovery::is_age_recipient(each)) continue;
        // A secret key that stands there by mistake is not repeated.
        const bool is_secret = each.starts_with("AGE-SECRET-KEY-");
        return fail(ErrorCode::InvalidInput,
                    fmt::format("{} is no public key of age",
                                is_secret ? std::string("a secret key under recipients") : each),
                    "bad_recipient");
    }
    return {};
}

Result<std::string> SecretsSource::position_of(const Bundle& bundle) const {
    const std::string keys = fmt::format("{}", fmt::join(keys_.recipients, " "));
    // It stands in the catalogue, where everybody may guess at what it is of.
    return slow_digest("syncwatch secrets " + bundle.about.node, as_bytes(state_of(bundle, keys)));
}

Async<SnapshotSource::Facts> SecretsSource::take(fs::path into) {
    SW_CO_CHECK(check_recipients());
    SW_CO_TRY(const std::string version, co_await age_.version());
    struct Made {
        Facts facts;
        std::string archive;
    };
    auto work = [this]() -> Result<Made> {
        SW_TRY(const Installation installation, options_.look());
        const Bundle bundle = stamped(secrets_bundle(installation));
        Made made;
        made.facts = facts_of(bundle);
        SW_TRY(made.facts.position, position_of(bundle));
        SW_TRY(made.archive, recovery::pack(bundle));
        return made;
    };
    SW_CO_TRY(Made made, co_await offload(pool_, std::move(work)));
    SW_CO_CHECK(co_await age_.encrypt(std::move(made.archive), keys_.recipients, std::move(into)));
    made.facts.engine = "age";
    made.facts.engine_version = version;
    // What can be seen again without a key.
    made.facts.counts = {{"keys", keys_.recipients.size()}};
    co_return std::move(made.facts);
}

Async<Counts> SecretsSource::inspect(fs::path file) {
    auto work = [file = std::move(file)]() -> Result<Counts> {
        SW_TRY(const std::string bytes, whole_file(file));
        SW_TRY(const age::AgeHeader header, age::read_age_header(bytes));
        SW_CHECK(age::check_size(header, bytes.size()));
        return Counts{{"keys", header.recipients}};
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<Counts> SecretsSource::rehearse(fs::path file, fs::path scratch) {
    if (keys_.identity.empty()) {
        co_return fail(ErrorCode::NotFound, "there is no key here that opens the secrets",
                       "no_identity");
    }
    SW_CO_TRY(std::string archive, co_await age_.decrypt(std::move(file), keys_.identity));
    auto work = [archive = std::move(archive), scratch = std::move(scratch)]() -> Result<Counts> {
        SW_TRY(const Bundle bundle, bundle_of_kind(archive, BundleKind::Secrets));
        return lay_for_a_look(bundle, scratch);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::string> SecretsSource::fingerprint() {
    SW_CO_CHECK(check_recipients());
    auto work = [this]() -> Result<std::string> {
        SW_TRY(const Installation installation, options_.look());
        return position_of(secrets_bundle(installation));
    };
    co_return co_await offload(pool_, std::move(work));
}

}  // namespace syncwatch::apps
