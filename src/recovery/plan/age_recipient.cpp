#include "recovery/plan/age_recipient.h"

#include <cstdint>

namespace syncwatch::recovery {
namespace {

constexpr std::string_view kPrefix = "age";
constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// 32 bytes in fives of bits, and the check.
constexpr std::size_t kWords = 52;
constexpr std::size_t kCheckWords = 6;

/// The checksum of BIP 173, one word further.
std::uint32_t step(std::uint32_t sum, std::uint32_t word) {
    constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                            0x2a1462b3};
    const std::uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ word;
    for (unsigned i = 0; i < 5; ++i) {
        if ((top >> i & 1) != 0) sum ^= kGenerator[i];
    }
    return sum;
}

}  // namespace

bool is_age_recipient(std::string_view text) {
    const std::size_t words_at = kPrefix.size() + 1;
    if (text.size() != words_at + kWords + kCheckWords || !text.starts_with("age1")) return false;
    std::uint32_t sum = 1;
    for (const char c : kPrefix) sum = step(sum, static_cast<unsigned char>(c) >> 5);
    sum = step(sum, 0);
    for (const char c : kPrefix) sum = step(sum, static_cast<unsigned char>(c) & 31);
    std::size_t word = 0;
    for (std::size_t i = words_at; i < text.size(); ++i) {
        word = kLetters.find(text[i]);
        if (word == std::string_view::npos) return false;
        sum = step(sum, static_cast<std::uint32_t>(word));
        // 52 words are 260 bits: the last four are no part of the key.
        if (i == words_at + kWords - 1 && (word & 0xf) != 0) return false;
    }
    return sum == 1;
}

}  // namespace syncwatch::recovery
