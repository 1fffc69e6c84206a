#include "adapters/encrypted_repository/encrypted_repository.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/encrypted_repository/encryption.h"
#include "adapters/filesystem/files.h"
#include "base/async/offload.h"

namespace syncwatch::encrypted {
namespace {

namespace fs = std::filesystem;

/// What is larger does not pass through memory.
constexpr std::uint64_t kMostInMemory = std::uint64_t{8} << 20;

Error ours(Error error) {
    if (error.code == ErrorCode::Unavailable) error.component = "backup";
    return error;
}

/// A file that is small, or nothing.
struct Source {
    std::uint64_t size = 0;
    std::string bytes;
    bool is_small = false;
};

Result<Source> look_into(const fs::path& file) {
    SW_TRY(const UniqueFd fd, filesystem::open_file(file, O_RDONLY));
    Source source;
    SW_TRY(source.size, filesystem::file_size(fd.get(), file));
    source.is_small = source.size <= kMostInMemory;
    if (!source.is_small) return source;
    source.bytes.resize(source.size);
    std::size_t done = 0;
    while (done < source.bytes.size()) {
        const auto got = ::pread(fd.get(), source.bytes.data() + done, source.bytes.size() - done,
                                 static_cast<::off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return filesystem::system_failure("read", file);
        if (got == 0)
            return fail(ErrorCode::Conflict, file.string() + " changed while it was read");
        done += static_cast<std::size_t>(got);
    }
    return source;
}

bool remove_quietly(const fs::path& file) {
    std::error_code failed;
    return fs::remove(file, failed);
}

}  // namespace

Async<> EncryptedRepository::create(std::string name, std::string bytes) {
    auto work = [key = key_, name, bytes = std::move(bytes)] { return encrypt(key, name, bytes); };
    std::string all = co_await offload(pool_, std::move(work));
    co_return co_await inner_.create(std::move(name), std::move(all));
}

Result<fs::path> EncryptedRepository::encrypt_beside(const std::string& name,
                                                     const fs::path& file) {
    SW_TRY(const UniqueFd from, filesystem::open_file(file, O_RDONLY));
    const std::string own =
        fmt::format("{}.{}-{}.encrypted", file.filename().string(), ::getpid(), next_.fetch_add(1));
    fs::path path = file.parent_path() / own;
    auto to = filesystem::make_file(path);
    if (!to) {
        // It may be read where nothing can be made.
        path = fs::temp_directory_path() / own;
        to = filesystem::make_file(path);
    }
    if (!to) return fail(std::move(to).error());
    const auto done = encrypt_file(key_, name, {from.get(), file}, {to->get(), path});
    if (done) return path;
    remove_quietly(path);
    return fail(done.error());
}

Async<std::uint64_t> EncryptedRepository::create_from(std::string name, fs::path file) {
    auto look = [file] { return look_into(file); };
    auto source = co_await offload(pool_, std::move(look));
    if (!source) co_return fail(ours(std::move(source).error()));
    const std::uint64_t size = source->size;
    if (source->is_small) {
        SW_CO_CHECK(co_await create(std::move(name), std::move(source->bytes)));
        co_return size;
    }
    auto work = [this, name, file] { return encrypt_beside(name, file); };
    auto made = co_await offload(pool_, std::move(work));
    if (!made) co_return fail(ours(std::move(made).error()));
    const auto created = co_await inner_.create_from(std::move(name), *made);
    auto clear = [made = *made] { return remove_quietly(made); };
    co_await offload(pool_, std::move(clear));
    SW_CO_CHECK(created);
    co_return plain_size(*created);
}

Async<std::string> EncryptedRepository::read(std::string name) {
    SW_CO_TRY(std::string all, co_await inner_.read(name));
    auto work = [key = key_, name, all = std::move(all)]() mutable {
        return decrypt(key, name, std::move(all));
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::uint64_t> EncryptedRepository::fetch(std::string name, fs::path to) {
    SW_CO_CHECK(co_await inner_.fetch(name, to));
    auto work = [key = key_, name, to]() -> Result<std::uint64_t> {
        SW_TRY(const UniqueFd fd, filesystem::open_file(to, O_RDWR));
        auto size = decrypt_file(key, name, {fd.get(), to});
        if (!size) remove_quietly(to);
        return size;
    };
    auto size = co_await offload(pool_, std::move(work));
    if (!size) co_return fail(ours(std::move(size).error()));
    co_return *size;
}

Async<std::vector<BackupRepository::Entry>> EncryptedRepository::list(std::string prefix) {
    SW_CO_TRY(std::vector<Entry> entries, co_await inner_.list(std::move(prefix)));
    for (Entry& each : entries) each.size = plain_size(each.size);
    co_return entries;
}

Async<std::vector<std::string>> EncryptedRepository::folders(std::string prefix) {
    return inner_.folders(std::move(prefix));
}

Async<> EncryptedRepository::remove(std::string name) {
    return inner_.remove(std::move(name));
}

}  // namespace syncwatch::encrypted
