#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/async/offload.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/log/log.h"
#include "base/uuid.h"
#include "recovery/embedded/shipper.h"

// The copies that a Shipper makes: the file is read while it changes, slowly, and the log is
// shipped in between. Pages that changed meanwhile are in the log from `from_piece` on, so that a
// copy that is torn in places is made whole by it.
namespace syncwatch::recovery {

namespace {

using BaseId = Id<struct BaseTag>;

/// Where more comes all the time, the copy has to get on too.
constexpr unsigned kPiecesBetween = 4;

/// Clocks that are set by the network go back by less.
constexpr std::chrono::minutes kClocksDiffer{5};

}  // namespace

bool Shipper::is_base_due() const {
    if (epoch_piece_ == 0) return false;  // The next epoch comes with the next megabytes.
    const WallTime now = clock_.wall();
    // One from a time that has not come was made while the clock was ahead.
    if (base_at_ > now + kClocksDiffer) return true;
    return base_at_ == WallTime{} || now - base_at_ >= settings_.base_every;
}

Async<> Shipper::copy_base() {
    BaseManifest manifest;
    manifest.generation = generation_;
    manifest.begun = clock_.wall();
    manifest.base = random_.make_id<BaseId>(manifest.begun).text();
    manifest.from_piece = epoch_piece_;
    SW_CO_TRY(const DatabaseLog::File file, co_await log_.file());
    manifest.bytes = file.bytes;
    manifest.page_bytes = file.page_bytes;
    const std::string folder =
        generation_folder(settings_.cluster, generation_) + "/base/" + manifest.base;
    Instant shipped = clock_.now();
    for (std::uint64_t offset = 0; offset < file.bytes;) {
        const Instant begun = clock_.now();
        const auto bytes = static_cast<std::size_t>(
            std::min<std::uint64_t>(settings_.part_bytes, file.bytes - offset));
        SW_CO_TRY(BaseManifest::Part part,
                  co_await copy_part(folder, manifest.parts.size() + 1, offset, bytes));
        manifest.parts.push_back(std::move(part));
        offset += bytes;
        if (clock_.now() - shipped >= settings_.every) {
            SW_CO_CHECK(co_await ship_waiting(false, kPiecesBetween));
            shipped = clock_.now();
        }
        // A third of the time at most: the disk is the application's too.
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun);
        co_await rest(std::max(settings_.part_pause, took * 2));
    }
    SW_CO_TRY(const DatabaseLog::File after, co_await log_.file());
    manifest.schema_version = after.schema_version;
    SW_CO_CHECK(co_await ship_waiting(true));
    manifest.whole_from = whole_until_;
    manifest.sha256 = manifest.digest_of_parts();
    std::string name = fmt::format("{}/{}", folder, kManifestName);
    std::string text = encode_manifest(manifest);
    SW_CO_CHECK(co_await store(std::move(name), std::move(text)));
    base_at_ = manifest.begun;
    log::info("backup.base", {{"generation", generation_},
                              {"base", manifest.base},
                              {"bytes", manifest.bytes},
                              {"restorable_from", format_rfc3339(manifest.whole_from)}});
    const std::lock_guard lock(mutex_);
    status_.has_base = true;
    status_.whole_from = manifest.whole_from;
    co_return Result<>();
}

Async<BaseManifest::Part> Shipper::copy_part(std::string folder, std::size_t number,
                                             std::uint64_t offset, std::size_t bytes) {
    SW_CO_TRY(std::string content, co_await log_.read_file(offset, bytes));
    auto digest = [&content] { return encode_hex(sha256(as_bytes(content))); };
    BaseManifest::Part part;
    part.bytes = content.size();
    part.sha256 = co_await offload(pool_, std::move(digest));
    SW_CO_CHECK(co_await store(folder + "/" + part_name(number), std::move(content)));
    co_return part;
}

}  // namespace syncwatch::recovery
