#include "recovery/catalogue/sealed_text.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace syncwatch::recovery {
namespace {

constexpr std::string_view kSchema = "{\"schema\":\"";
constexpr std::string_view kSum = "\",\"sha256\":\"";
constexpr std::string_view kContent = "\",\"content\":";
constexpr std::string_view kEnd = "}\n";
constexpr std::size_t kSumSize = 64;

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

}  // namespace

std::string seal(std::string_view schema, std::string_view content) {
    const std::string sum = encode_hex(sha256(as_bytes(content)));
    return fmt::format("{}{}{}{}{}{}{}", kSchema, schema, kSum, sum, kContent, content, kEnd);
}

Result<Unsealed> unseal(std::string_view schema, std::string_view text) {
    const auto damaged = [](std::string words) {
        return fail(ErrorCode::Corrupt, std::move(words));
    };
    if (text.empty()) return damaged("it is empty");
    if (!take(text, kSchema)) return damaged("it is none of ours");
    const std::string_view theirs = text.substr(0, text.find('"'));
    if (theirs != schema) {
        return damaged(fmt::format("it says that it is {}, not {}", theirs, schema));
    }
    text.remove_prefix(theirs.size());
    if (!take(text, kSum) || text.size() < kSumSize) return damaged("it is cut off");
    Unsealed read;
    read.hash = text.substr(0, kSumSize);
    text.remove_prefix(kSumSize);
    if (!take(text, kContent) || !text.ends_with(kEnd)) return damaged("it is cut off");
    read.content = text.substr(0, text.size() - kEnd.size());
    if (encode_hex(sha256(as_bytes(read.content))) != read.hash) {
        return damaged("its bytes are not those that were written");
    }
    return read;
}

}  // namespace syncwatch::recovery
