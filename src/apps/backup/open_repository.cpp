#include "apps/backup/open_repository.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/filesystem/folder_repository.h"
#include "adapters/s3/credentials.h"

namespace syncwatch::apps {
namespace {

constexpr std::string_view kFolder = "file:";

}  // namespace

Result<std::unique_ptr<OpenRepository>> OpenRepository::open(const recovery::Repository& place,
                                                             Powers powers) {
    std::unique_ptr<OpenRepository> opened(new OpenRepository);
    std::optional<KeyedRepository::Lock> lock;
    if (!place.key_file.empty()) {
        SW_TRY(const auto key, encrypted::RepositoryKey::read(place.key_file));
        lock = KeyedRepository::Lock{key, place.key_recipients};
    }
    SW_TRY(auto plain, opened->open_plain(place, powers));
    opened->plain_ = plain.get();
    opened->repository_ =
        std::make_unique<KeyedRepository>(std::move(plain), std::move(lock), powers.pool);
    return opened;
}

Result<std::unique_ptr<BackupRepository>> OpenRepository::open_plain(
    const recovery::Repository& place, Powers powers) {
    std::string_view url = place.url;
    if (!url.starts_with("s3:")) {
        if (url.starts_with(kFolder)) url.remove_prefix(kFolder.size());
        const std::filesystem::path folder(url);
        if (!folder.is_absolute()) {
            return fail(ErrorCode::InvalidInput, place.url + " is neither a folder nor an s3:…");
        }
        return filesystem::FolderRepository::open(folder, powers.pool);
    }
    s3::S3Repository::Options options;
    SW_TRY(options.exchange.location, s3::Location::parse(place.url));
    auto keys = std::make_shared<s3::CredentialsFile>(place.credentials_file);
    SW_CHECK(keys->current());
    options.exchange.credentials = [keys] { return keys->current(); };
    auto bucket = std::make_unique<s3::S3Repository>(
        std::move(options),
        s3::S3Repository::Powers{powers.clock, powers.random, breaker_, powers.pool});
    s3_ = bucket.get();
    return bucket;
}

}  // namespace syncwatch::apps
