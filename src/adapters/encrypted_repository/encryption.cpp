#include "adapters/encrypted_repository/encryption.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <sodium.h>
#include <unistd.h>

#include "adapters/filesystem/files.h"
#include "base/assert.h"
#include "base/digest.h"

namespace syncwatch::encrypted {
namespace {

constexpr std::string_view kMagic = "SWCRYPT1";
constexpr std::size_t kId = 8;
constexpr std::size_t kSalt = 32;
constexpr std::size_t kHeader = kMagic.size() + kId + kSalt;
constexpr std::size_t kChunk = std::size_t{64} << 10;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kSealed = kChunk + kTag;
/// Of a file, as many are in memory at a time.
constexpr std::size_t kChunksAtOnce = 16;

using Salt = Sha256Sum;
static_assert(std::tuple_size_v<Salt> == kSalt);
using Header = std::array<std::uint8_t, kHeader>;

/// How many chunks so many bytes are: never none.
std::uint64_t chunks_of(std::uint64_t plain) {
    return std::max<std::uint64_t>(1, (plain + kChunk - 1) / kChunk);
}

/// What the bytes of an object come to, as they pass.
class SaltOf {
public:
    SaltOf(const RepositoryKey& key, std::string_view name)
        : key_(key.derived("salt")), name_(name) {}
    void update(ByteView bytes) { content_.update(bytes); }
    Salt finish() {
        std::vector<std::uint8_t> all = content_.finish();
        all.insert(all.end(), name_.begin(), name_.end());
        return hmac_sha256(key_, all);
    }

private:
    const Sha256Sum key_;
    const std::string_view name_;
    Digest content_{Digest::Algorithm::Sha256};
};

/// The chunks of one object, one after the other.
class Chunks {
public:
    Chunks(const RepositoryKey& key, std::string_view name, const Salt& salt) {
        SW_ASSERT(sodium_init() >= 0);
        std::vector<std::uint8_t> all(salt.begin(), salt.end());
        all.insert(all.end(), name.begin(), name.end());
        key_ = hmac_sha256(key.derived("object"), all);
    }
    /// `to` has room for the tag, too.
    void encrypt(ByteView plain, bool is_last, std::uint8_t* to) {
        next(is_last);
        crypto_aead_xchacha20poly1305_ietf_encrypt(to, nullptr, plain.data(), plain.size(), nullptr,
                                                   0, nullptr, nonce_.data(), key_.data());
    }
    /// `to` may be where the chunk is.
    bool decrypt(ByteView sealed, bool is_last, std::uint8_t* to) {
        next(is_last);
        return crypto_aead_xchacha20poly1305_ietf_decrypt(to, nullptr, nullptr, sealed.data(),
                                                          sealed.size(), nullptr, 0, nonce_.data(),
                                                          key_.data()) == 0;
    }

private:
    void next(bool is_last) {
        nonce_.fill(0);
        for (std::size_t i = 0; i < sizeof(number_); ++i) {
            nonce_[i] = static_cast<std::uint8_t>(number_ >> (8 * i));
        }
        nonce_.back() = is_last ? 1 : 0;
        ++number_;
    }

    Sha256Sum key_{};
    std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> nonce_{};
    std::uint64_t number_ = 0;
};

std::vector<std::uint8_t> id_bytes(const RepositoryKey& key) {
    return decode_hex(key.id()).value();
}

Header header_of(const RepositoryKey& key, const Salt& salt) {
    Header header{};
    auto at = std::ranges::copy(kMagic, header.begin()).out;
    at = std::ranges::copy(id_bytes(key), at).out;
    std::ranges::copy(salt, at);
    return header;
}

tl::unexpected<Error> corrupt(std::string_view name, const char* what) {
    return fail(ErrorCode::Corrupt, std::string(name) + " " + what);
}

/// `whole`: of the object.
Result<Salt> read_header(const RepositoryKey& key, std::string_view name, ByteView header,
                         std::uint64_t whole) {
    const ByteView magic = header.first(std::min(header.size(), kMagic.size()));
    if (!std::ranges::equal(magic, as_bytes(kMagic).first(magic.size()))) {
        return corrupt(name, "is not encrypted, and everything here is");
    }
    if (whole < kHeader + kTag || header.size() < kHeader) return corrupt(name, "is cut off");
    if (!std::ranges::equal(header.subspan(kMagic.size(), kId), id_bytes(key))) {
        return corrupt(name, "is encrypted with another key");
    }
    Salt salt{};
    std::ranges::copy(header.subspan(kMagic.size() + kId, kSalt), salt.begin());
    return salt;
}

constexpr const char* kWrong =
    "does not decrypt: its bytes were changed, cut off, or are another object's";

std::span<char> as_chars(std::span<std::uint8_t> bytes) {
    return {reinterpret_cast<char*>(bytes.data()), bytes.size()};
}

/// Fills `to` as far as the file goes.
Result<std::size_t> read_at(OpenFile file, std::span<std::uint8_t> to, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < to.size()) {
        const auto got = ::pread(file.fd, to.data() + done, to.size() - done,
                                 static_cast<::off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return filesystem::system_failure("read", file.path);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<Salt> salt_of_file(const RepositoryKey& key, std::string_view name, OpenFile file) {
    SaltOf salt(key, name);
    std::vector<std::uint8_t> buffer(kChunk * kChunksAtOnce);
    for (std::uint64_t at = 0;;) {
        SW_TRY(const std::size_t got, read_at(file, buffer, at));
        salt.update(std::span(buffer).first(got));
        at += got;
        if (got < buffer.size()) return salt.finish();
    }
}

}  // namespace

std::uint64_t encrypted_size(std::uint64_t plain) {
    return kHeader + plain + chunks_of(plain) * kTag;
}

std::uint64_t plain_size(std::uint64_t encrypted) {
    if (encrypted < kHeader + kTag) return 0;
    const std::uint64_t body = encrypted - kHeader;
    const std::uint64_t chunks = (body + kSealed - 1) / kSealed;
    return body < chunks * kTag ? 0 : body - chunks * kTag;
}

std::string encrypt(const RepositoryKey& key, std::string_view name, std::string_view bytes) {
    SaltOf salt_of(key, name);
    salt_of.update(as_bytes(bytes));
    const Salt salt = salt_of.finish();
    std::string all(encrypted_size(bytes.size()), '\0');
    auto* to = reinterpret_cast<std::uint8_t*>(all.data());
    to = std::ranges::copy(header_of(key, salt), to).out;
    Chunks chunks(key, name, salt);
    ByteView rest = as_bytes(bytes);
    for (std::uint64_t left = chunks_of(bytes.size()); left > 0; --left) {
        const ByteView chunk = rest.first(std::min(kChunk, rest.size()));
        chunks.encrypt(chunk, left == 1, to);
        to += chunk.size() + kTag;
        rest = rest.subspan(chunk.size());
    }
    return all;
}

Result<std::string> decrypt(const RepositoryKey& key, std::string_view name, std::string bytes) {
    const ByteView all = as_bytes(bytes);
    SW_TRY(const Salt salt,
           read_header(key, name, all.first(std::min(all.size(), kHeader)), all.size()));
    Chunks chunks(key, name, salt);
    ByteView rest = all.subspan(kHeader);
    // In place: what is written lies before what is read.
    auto* const begin = reinterpret_cast<std::uint8_t*>(bytes.data());
    std::size_t done = 0;
    while (!rest.empty()) {
        const ByteView sealed = rest.first(std::min(kSealed, rest.size()));
        rest = rest.subspan(sealed.size());
        std::memmove(begin + done, sealed.data(), sealed.size());
        const bool opens = sealed.size() >= kTag && chunks.decrypt({begin + done, sealed.size()},
                                                                   rest.empty(), begin + done);
        if (!opens) return corrupt(name, kWrong);
        done += sealed.size() - kTag;
    }
    bytes.resize(done);
    return bytes;
}

Result<> encrypt_file(const RepositoryKey& key, std::string_view name, OpenFile from, OpenFile to) {
    SW_TRY(const std::uint64_t size, filesystem::file_size(from.fd, from.path));
    SW_TRY(const Salt salt, salt_of_file(key, name, from));
    Header header = header_of(key, salt);
    SW_CHECK(filesystem::write_all(to.fd, as_chars(header), 0, to.path));
    Chunks chunks(key, name, salt);
    SaltOf again(key, name);
    std::vector<std::uint8_t> plain(kChunk * kChunksAtOnce);
    std::vector<std::uint8_t> sealed(kSealed * kChunksAtOnce);
    std::uint64_t written = kHeader;
    const std::uint64_t count = chunks_of(size);
    for (std::uint64_t number = 0; number < count;) {
        SW_TRY(const std::size_t got, read_at(from, plain, number * kChunk));
        ByteView rest(plain.data(), got);
        again.update(rest);
        std::size_t filled = 0;
        do {
            const ByteView chunk = rest.first(std::min(kChunk, rest.size()));
            ++number;
            chunks.encrypt(chunk, number == count, sealed.data() + filled);
            filled += chunk.size() + kTag;
            rest = rest.subspan(chunk.size());
        } while (!rest.empty() && number < count);
        SW_CHECK(filesystem::write_all(to.fd, as_chars(std::span(sealed).first(filled)), written,
                                       to.path));
        written += filled;
        if (got < plain.size() && number < count) break;
    }
    // Other bytes under the nonces of these would tell of both.
    if (written == encrypted_size(size) && again.finish() == salt) return {};
    return fail(ErrorCode::Conflict, from.path.string() + " changed while it was read");
}

Result<std::uint64_t> decrypt_file(const RepositoryKey& key, std::string_view name, OpenFile file) {
    SW_TRY(const std::uint64_t size, filesystem::file_size(file.fd, file.path));
    Header header{};
    SW_TRY(const std::size_t began, read_at(file, header, 0));
    SW_TRY(const Salt salt, read_header(key, name, std::span(header).first(began), size));
    Chunks chunks(key, name, salt);
    std::vector<std::uint8_t> buffer(kSealed * kChunksAtOnce);
    std::uint64_t done = 0;
    for (std::uint64_t at = kHeader; at < size;) {
        SW_TRY(const std::size_t got, read_at(file, buffer, at));
        if (got == 0) return corrupt(name, "became shorter while it was read");
        at += got;
        std::size_t filled = 0;
        for (std::size_t from = 0; from < got;) {
            const std::size_t length = std::min(kSealed, got - from);
            std::memmove(buffer.data() + filled, buffer.data() + from, length);
            from += length;
            const bool is_last = at >= size && from == got;
            const bool opens = length >= kTag && chunks.decrypt({buffer.data() + filled, length},
                                                                is_last, buffer.data() + filled);
            if (!opens) return corrupt(name, kWrong);
            filled += length - kTag;
        }
        SW_CHECK(filesystem::write_all(file.fd, as_chars(std::span(buffer).first(filled)), done,
                                       file.path));
        done += filled;
    }
    if (::ftruncate(file.fd, static_cast<::off_t>(done)) != 0) {
        return filesystem::system_failure("shorten", file.path);
    }
    return done;
}

}  // namespace syncwatch::encrypted
