#include "apps/backup/open_repository.h"

#include <filesystem>
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
    std::string_view url = place.url;
    if (!url.starts_with("s3:")) {
        if (url.starts_with(kFolder)) url.remove_prefix(kFolder.size());
        const std::filesystem::path folder(url);
        if (!folder.is_absolute()) {
            return fail(ErrorCode::InvalidInput, place.url + " is neither a folder nor an s3:…");
        }
        SW_TRY(opened->repository_, filesystem::FolderRepository::open(folder, powers.pool));
        return opened;
    }
    s3::S3Repository::Options options;
    SW_TRY(options.exchange.location, s3::Location::parse(place.url));
    auto keys = std::make_shared<s3::CredentialsFile>(place.credentials_file);
    SW_CHECK(keys->current());
    options.exchange.credentials = [keys] { return keys->current(); };
    auto bucket = std::make_unique<s3::S3Repository>(
        std::move(options),
        s3::S3Repository::Powers{powers.clock, powers.random, opened->breaker_, powers.pool});
    opened->s3_ = bucket.get();
    opened->repository_ = std::move(bucket);
    return opened;
}

}  // namespace syncwatch::apps
