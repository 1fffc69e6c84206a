#include "adapters/redis_backup/sync_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::redis {
namespace {

constexpr std::size_t kMarkLength = 40;
constexpr std::size_t kMaxLine = 4096;

std::optional<std::int64_t> natural(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc() || stopped != end || value < 0) return std::nullopt;
    return value;
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

tl::unexpected<Error> no_answer(std::string_view what) {
    return fail(ErrorCode::Corrupt, fmt::format("the server does not answer as Redis: {}", what));
}

}  // namespace

Result<std::string_view> SyncReader::feed(std::string_view bytes) {
    while (at_ == At::Head && !bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        line_ += bytes.substr(0, end);
        if (line_.size() > kMaxLine) return no_answer("a line is too long");
        if (end == std::string_view::npos) return std::string_view();
        bytes.remove_prefix(end + 1);
        if (line_.ends_with('\r')) line_.pop_back();
        const std::string whole = std::exchange(line_, {});
        // An empty line says that it is alive, and still preparing.
        if (!whole.empty()) SW_CHECK(line(whole));
    }
    if (at_ != At::Body) return std::string_view();
    return mark_.empty() ? counted(bytes) : marked(bytes);
}

Result<> SyncReader::line(std::string_view text) {
    if (text.starts_with("-")) {
        const bool ours = text.starts_with("-NOAUTH") || text.starts_with("-NOPERM") ||
                          text.starts_with("-WRONGPASS");
        if (ours) return fail(ErrorCode::Forbidden, std::string(text.substr(1)));
        return fail_unavailable("redis", std::string(text.substr(1)), std::chrono::seconds(30));
    }
    if (!has_history()) return full_resync(text);
    return bulk(text);
}

Result<> SyncReader::full_resync(std::string_view text) {
    constexpr std::string_view kWord = "+FULLRESYNC ";
    if (!text.starts_with(kWord)) return no_answer("no FULLRESYNC");
    text.remove_prefix(kWord.size());
    const std::size_t space = text.find(' ');
    const std::string_view id = text.substr(0, space);
    const auto offset =
        space == std::string_view::npos ? std::nullopt : natural(text.substr(space + 1));
    if (id.size() != kMarkLength || !is_hex(id) || !offset) return no_answer("no history");
    replid_ = id;
    offset_ = *offset;
    return {};
}

Result<> SyncReader::bulk(std::string_view text) {
    constexpr std::string_view kMarked = "$EOF:";
    if (text.starts_with(kMarked)) {
        text.remove_prefix(kMarked.size());
        if (text.size() != kMarkLength) return no_answer("no mark of the end");
        mark_ = text;
    } else {
        const auto length = text.starts_with('$') ? natural(text.substr(1)) : std::nullopt;
        if (!length) return no_answer("no length");
        length_ = left_ = static_cast<std::uint64_t>(*length);
    }
    at_ = length_ == 0 ? At::End : At::Body;
    return {};
}

std::string_view SyncReader::counted(std::string_view bytes) {
    bytes = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
    left_ -= bytes.size();
    if (left_ == 0) at_ = At::End;
    return bytes;
}

std::string_view SyncReader::marked(std::string_view bytes) {
    out_ = std::exchange(held_, {});
    out_ += bytes;
    // Anywhere: the server may have sent more behind it before this was read.
    const std::size_t found = out_.find(mark_);
    if (found != std::string::npos) {
        out_.erase(found);
        at_ = At::End;
        return out_;
    }
    const std::size_t keep = std::min(out_.size(), kMarkLength - 1);
    held_ = out_.substr(out_.size() - keep);
    out_.erase(out_.size() - keep);
    return out_;
}

}  // namespace syncwatch::redis
