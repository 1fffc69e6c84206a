#include "adapters/pg_stream/sealed.h"

#include <array>
#include <memory>

#include <zstd.h>

#include "base/assert.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::pg_stream {
namespace {

/// Little-endian 0x184D2A5D, one of those that decoders skip, and the length of what follows.
constexpr std::array<char, 8> kFrameFront{0x5D, 0x2A, 0x4D, 0x18, 32, 0, 0, 0};
constexpr std::size_t kFrameSum = 32;
constexpr int kLevel = 3;

tl::unexpected<Error> corrupt(const char* words) {
    return fail(ErrorCode::Corrupt, words);
}

}  // namespace

std::string seal(std::string_view raw) {
    const Sha256Sum sum = sha256(as_bytes(raw));
    std::string out(kFrameFront.size() + kFrameSum + ZSTD_compressBound(raw.size()), '\0');
    std::copy(kFrameFront.begin(), kFrameFront.end(), out.begin());
    std::copy(sum.begin(), sum.end(), out.begin() + kFrameFront.size());
    const std::size_t front = kFrameFront.size() + kFrameSum;
    const std::size_t written =
        ZSTD_compress(out.data() + front, out.size() - front, raw.data(), raw.size(), kLevel);
    SW_ASSERT(ZSTD_isError(written) == 0);
    out.resize(front + written);
    return out;
}

Result<std::string> sum_of(std::string_view sealed) {
    const bool has_front = sealed.size() > kFrameFront.size() + kFrameSum &&
                           sealed.substr(0, kFrameFront.size()) ==
                               std::string_view(kFrameFront.data(), kFrameFront.size());
    if (!has_front) return corrupt("it is cut off, or nothing that was stored by this program");
    return encode_hex(as_bytes(sealed.substr(kFrameFront.size(), kFrameSum)));
}

Result<std::string> unseal(std::string_view sealed, std::size_t most) {
    SW_TRY(const std::string sum, sum_of(sealed));
    sealed.remove_prefix(kFrameFront.size() + kFrameSum);
    const auto size = ZSTD_getFrameContentSize(sealed.data(), sealed.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most) {
        return corrupt("it is damaged: its size makes no sense");
    }
    std::string raw(size, '\0');
    const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), sealed.data(), sealed.size());
    if (ZSTD_isError(got) != 0 || got != raw.size()) {
        return corrupt("it is damaged: it cannot be unpacked");
    }
    if (encode_hex(sha256(as_bytes(raw))) != sum) {
        return corrupt("its bytes are not those that were written");
    }
    return raw;
}

}  // namespace syncwatch::pg_stream
