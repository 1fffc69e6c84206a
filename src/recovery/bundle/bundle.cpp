#include "recovery/bundle/bundle.h"

#include <chrono>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "recovery/bundle/tar.h"

namespace syncwatch::recovery {
namespace {

constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kFolder = "files";

}  // namespace

void add_file(Bundle& bundle, BundledFile about, std::string bytes) {
    about.size = bytes.size();
    about.sha256 = encode_hex(sha256(as_bytes(bytes)));
    bundle.about.files.push_back(std::move(about));
    bundle.contents.push_back(std::move(bytes));
}

Result<std::string> pack(const Bundle& bundle) {
    const std::int64_t made =
        std::chrono::floor<std::chrono::seconds>(bundle.about.made).time_since_epoch().count();
    std::vector<TarEntry> entries;
    entries.push_back({std::string(kManifest), write_manifest(bundle.about), 0600, made, {}, {}});
    for (std::size_t i = 0; i < bundle.contents.size(); ++i) {
        const BundledFile& file = bundle.about.files[i];
        entries.push_back({std::string(kFolder) + file.path, bundle.contents[i], file.mode, made,
                           file.owner, file.group});
    }
    return write_tar(entries);
}

Result<Bundle> unpack(std::string_view archive) {
    SW_TRY(auto entries, read_tar(archive));
    if (entries.empty() || entries.front().name != kManifest) {
        return fail(ErrorCode::Corrupt, "the archive has no manifest");
    }
    Bundle bundle;
    SW_TRY(bundle.about, read_manifest(entries.front().bytes));
    const auto& files = bundle.about.files;
    if (files.size() + 1 != entries.size()) {
        return fail(ErrorCode::Corrupt, "the archive and its manifest are not of one another");
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        TarEntry& entry = entries[i + 1];
        if (entry.name != std::string(kFolder) + files[i].path) {
            return fail(ErrorCode::Corrupt, files[i].path + " is not in the archive");
        }
        if (entry.bytes.size() != files[i].size ||
            encode_hex(sha256(as_bytes(entry.bytes))) != files[i].sha256) {
            return fail(ErrorCode::Corrupt, files[i].path + " is not what was put in");
        }
        bundle.contents.push_back(std::move(entry.bytes));
    }
    return bundle;
}

}  // namespace syncwatch::recovery
