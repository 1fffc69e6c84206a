#include "adapters/s3/s3_repository.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "adapters/filesystem/file_blob_store.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::s3 {
namespace {

namespace fs = std::filesystem;

Result<> check_name(const std::string& name) {
    if (filesystem::is_blob_key(name)) return {};
    return fail(ErrorCode::InvalidInput, "not a name of a backup");
}

/// The store's errors, and those of files here, as the repository's own.
Error ours(Error error) {
    if (error.code == ErrorCode::Unavailable) error.component = "backup";
    return error;
}

/// A download that failed: perhaps because of the file that it went into.
Error ours(Error error, const Download& download) {
    if (download.error() == ENOSPC || download.error() == EDQUOT) error.reason = "disk_full";
    return ours(std::move(error));
}

Result<std::string> take_bytes(Download& download) {
    const UniqueFd memory = download.take_file();
    std::string bytes(download.size(), '\0');
    const auto got = ::pread(memory.get(), bytes.data(), bytes.size(), 0);
    if (got != static_cast<::ssize_t>(bytes.size())) {
        return fail(filesystem::system_failure("read", "an object that came").value());
    }
    return bytes;
}

Exchange::Options naming_refused_keys(Exchange::Options options) {
    options.keys_refused = "keys_refused";
    return options;
}

/// An open file and how long it is.
struct Source {
    std::shared_ptr<const UniqueFd> fd;
    std::uint64_t size = 0;
};

Result<Source> open_source(const fs::path& file) {
    SW_TRY(UniqueFd fd, filesystem::open_file(file, O_RDONLY));
    SW_TRY(const std::uint64_t size, filesystem::file_size(fd.get(), file));
    return Source{std::make_shared<const UniqueFd>(std::move(fd)), size};
}

}  // namespace

S3Repository::S3Repository(Options options, Powers powers)
    : exchange_(naming_refused_keys(std::move(options.exchange)),
                Exchange::Powers{powers.clock, powers.random, powers.breaker}),
      client_(exchange_),
      sender_(exchange_, powers.pool, options.sending),
      pool_(powers.pool) {}

std::string S3Repository::place() const {
    const Location& at = exchange_.location();
    return fmt::format("s3:{}://{}/{}/{}", at.scheme, at.host, at.bucket, at.prefix);
}

Async<> S3Repository::check() {
    const auto checked = co_await client_.check_bucket();
    if (!checked) co_return fail(ours(checked.error()));
    co_return Result<>();
}

net::awaitable<Error> S3Repository::absence(std::string name) {
    std::string from_the_start;
    const auto page = co_await client_.list_page(name, std::move(from_the_start), 1);
    const std::string said = name + " was not found";
    if (page && (page->all.empty() || page->all.front().name != name)) {
        co_return fail(ErrorCode::NotFound, said).value();
    }
    const std::string why = page ? ", and yet it is listed" : ": " + page.error().message;
    co_return fail_unavailable("backup", said + why, std::chrono::seconds(5)).value();
}

Async<bool> S3Repository::has_same(std::string name, std::uint64_t size, Sha256Sum sum) {
    const auto facts = co_await client_.head(name);
    if (!facts && facts.error().code == ErrorCode::NotFound) co_return false;
    if (!facts) co_return fail(ours(facts.error()));
    std::optional<Sha256Sum> theirs = facts->sha256;
    if (!theirs && facts->size == size) {
        // Another program put it there: only its bytes can tell.
        const auto nowhere = std::make_shared<Download>();
        const auto measured = co_await client_.get(name, nowhere);
        if (!measured) co_return fail(ours(measured.error()));
        theirs = measured->sha256;
    }
    if (facts->size == size && theirs == sum) co_return true;
    co_return fail(ErrorCode::Conflict, name + " is there with other bytes");
}

Async<> S3Repository::expect_same(std::string name, std::uint64_t size, Sha256Sum sum) {
    SW_CO_TRY(const bool is_there, co_await has_same(name, size, sum));
    if (is_there) co_return Result<>();
    co_return fail_unavailable("backup", name + " was there and went", std::chrono::seconds(5));
}

Async<> S3Repository::create(std::string name, std::string bytes) {
    SW_CO_CHECK(check_name(name));
    const auto shared = std::make_shared<const std::string>(std::move(bytes));
    auto measure = [shared] { return sha256(as_bytes(*shared)); };
    const Sha256Sum sum = co_await offload(pool_, std::move(measure));
    SW_CO_TRY(const bool is_there, co_await has_same(name, shared->size(), sum));
    if (is_there) co_return Result<>();
    HttpBody body;
    body.text = shared;
    body.size = shared->size();
    const auto created = co_await client_.create(name, std::move(body), sum);
    if (created) co_return Result<>();
    if (created.error().code != ErrorCode::Conflict) co_return fail(ours(created.error()));
    co_return co_await expect_same(name, shared->size(), sum);
}

Async<std::uint64_t> S3Repository::create_from(std::string name, fs::path file) {
    SW_CO_CHECK(check_name(name));
    auto open = [file] { return open_source(file); };
    SW_CO_TRY(const Source source, co_await offload(pool_, std::move(open)));
    // A file of many gigabytes is read for its sum only where that is the question.
    const auto facts = co_await client_.head(name);
    if (!facts && facts.error().code != ErrorCode::NotFound) co_return fail(ours(facts.error()));
    if (!facts) {
        const auto sent = co_await sender_.send(name, source.fd, FileSender::Existing::Kept);
        if (sent) co_return sent->size;
        if (sent.error().code != ErrorCode::Conflict) co_return fail(ours(sent.error()));
    }
    auto measure = [source, file] { return filesystem::digest_file(source.fd->get(), file); };
    SW_CO_TRY(const Sha256Sum sum, co_await offload(pool_, std::move(measure)));
    SW_CO_CHECK(co_await expect_same(name, source.size, sum));
    co_return source.size;
}

Async<std::string> S3Repository::read(std::string name) {
    SW_CO_CHECK(check_name(name));
    UniqueFd memory(::memfd_create("object", MFD_CLOEXEC));
    if (!memory) co_return fail(ours(filesystem::system_failure("make", "memory").value()));
    const auto download = std::make_shared<Download>(std::move(memory), kMostRead);
    auto got = co_await client_.get(name, download);
    if (!got && download->error() == EFBIG) {
        co_return fail(ErrorCode::TooLarge, name + " is too large to be read at once");
    }
    if (!got && got.error().code == ErrorCode::NotFound) {
        co_return fail(co_await absence(std::move(name)));
    }
    if (!got) co_return fail(ours(std::move(got).error()));
    auto take = [download] { return take_bytes(*download); };
    co_return co_await offload(pool_, std::move(take));
}

Async<std::uint64_t> S3Repository::fetch(std::string name, fs::path to) {
    SW_CO_CHECK(check_name(name));
    auto make = [to] { return filesystem::make_file(to); };
    auto made = co_await offload(pool_, std::move(make));
    if (!made) co_return fail(ours(std::move(made).error()));
    const auto download = std::make_shared<Download>(*std::move(made));
    auto got = co_await client_.get(name, download);
    if (got) co_return got->size;
    auto clear = [to] {
        std::error_code failed;
        fs::remove(to, failed);
        return true;
    };
    co_await offload(pool_, std::move(clear));
    if (got.error().code == ErrorCode::NotFound) {
        co_return fail(co_await absence(std::move(name)));
    }
    co_return fail(ours(std::move(got).error(), *download));
}

Async<std::vector<BackupRepository::Entry>> S3Repository::list(std::string prefix) {
    if (!prefix.empty()) {
        SW_CO_CHECK(check_name(prefix));
        prefix += '/';
    }
    auto listed = co_await client_.list_sizes(std::move(prefix));
    if (!listed) co_return fail(ours(std::move(listed).error()));
    std::vector<Entry> entries;
    for (S3Client::Listed& each : *listed) {
        // Other programs mark folders with objects that end in a slash.
        if (!filesystem::is_blob_key(each.name)) continue;
        entries.push_back({std::move(each.name), each.size});
    }
    co_return entries;
}

Async<std::vector<std::string>> S3Repository::folders(std::string prefix) {
    SW_CO_CHECK(check_name(prefix));
    prefix += '/';
    const std::size_t above = prefix.size();
    auto listed = co_await client_.list(std::move(prefix), 1000, S3Client::Depth::Folders);
    if (!listed) co_return fail(ours(std::move(listed).error()));
    std::vector<std::string> found;
    for (const std::string& each : *listed) {
        if (!each.ends_with('/')) continue;
        std::string name = each.substr(above, each.size() - above - 1);
        if (filesystem::is_blob_key(name)) found.push_back(std::move(name));
    }
    co_return found;
}

Async<> S3Repository::remove(std::string name) {
    SW_CO_CHECK(check_name(name));
    const auto removed = co_await client_.remove_if_allowed(name);
    if (removed) co_return Result<>();
    if (removed.error().code != ErrorCode::Forbidden) co_return fail(ours(removed.error()));
    co_return fail(ErrorCode::Conflict, removed.error().message, "no_delete");
}

}  // namespace syncwatch::s3
