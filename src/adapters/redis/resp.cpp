#include "adapters/redis/resp.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::redis {
namespace {

/// Lines hold numbers, states and errors.
constexpr std::size_t kMaxLine = 65'536;
/// What is done with is cut off the buffer when it is this much.
constexpr std::size_t kCutAfter = 65'536;

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc() || stopped != end) return std::nullopt;
    return value;
}

}  // namespace

std::string_view Reply::text_at(std::size_t index) const {
    if (index >= list.size() || list[index].kind != Kind::Text) return {};
    return list[index].text;
}

/// Reads one reply from its first byte on.
class ReplyReader::Cursor {
public:
    enum class Outcome : std::uint8_t { Whole, Short, Broken };

    Cursor(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

    Outcome read(Reply& into, std::size_t depth = 0);
    std::size_t used() const { return at_; }
    /// Of Short: it makes no sense to look again with fewer bytes.
    std::size_t needed() const { return needed_; }
    const std::string& why() const { return why_; }

private:
    Outcome line(std::string_view& into);
    Outcome number(std::string_view text, std::int64_t& into);
    Outcome bulk(std::string_view length, Reply& into);
    Outcome elements(std::string_view count, std::size_t each, Reply& into, std::size_t depth);
    Outcome simple(char type, std::string_view text, Reply& into);
    Outcome broken(std::string why) {
        why_ = std::move(why);
        return Outcome::Broken;
    }
    Outcome need(std::size_t bytes) {
        needed_ = bytes;
        return bytes > limits_.max_bytes ? broken("a reply is too long") : Outcome::Short;
    }

    const std::string_view bytes_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t needed_ = 0;
    std::size_t elements_ = 0;
    std::string why_;
};

ReplyReader::Cursor::Outcome ReplyReader::Cursor::read(Reply& into, std::size_t depth) {
    if (depth > limits_.max_depth) return broken("a reply is too deep");
    if (at_ >= bytes_.size()) return need(at_ + 1);
    const char type = bytes_[at_++];
    std::string_view text;
    if (const Outcome outcome = line(text); outcome != Outcome::Whole) return outcome;
    switch (type) {
        case '$':
        case '=': return bulk(text, into);
        case '!': {
            const Outcome outcome = bulk(text, into);
            if (into.kind == Reply::Kind::Text) into.kind = Reply::Kind::Error;
            return outcome;
        }
        case '*':
        case '~': into.kind = Reply::Kind::List; return elements(text, 1, into, depth);
        case '>': into.kind = Reply::Kind::Push; return elements(text, 1, into, depth);
        case '%': into.kind = Reply::Kind::List; return elements(text, 2, into, depth);
        default: return simple(type, text, into);
    }
}

ReplyReader::Cursor::Outcome ReplyReader::Cursor::simple(char type, std::string_view text,
                                                         Reply& into) {
    switch (type) {
        case ':': into.kind = Reply::Kind::Integer; return number(text, into.integer);
        case '#':
            if (text != "t" && text != "f") return broken("a truth is neither");
            into.kind = Reply::Kind::Integer;
            into.integer = text == "t" ? 1 : 0;
            return Outcome::Whole;
        case '_': into.kind = Reply::Kind::Null; return Outcome::Whole;
        case '-': into.kind = Reply::Kind::Error; break;
        case '+':
        case ',':
        case '(': into.kind = Reply::Kind::Text; break;
        default: return broken(fmt::format("a reply begins with byte {}", int{type}));
    }
    into.text = text;
    return Outcome::Whole;
}

ReplyReader::Cursor::Outcome ReplyReader::Cursor::line(std::string_view& into) {
    const std::size_t end = bytes_.find("\r\n", at_);
    const std::size_t length = (end == std::string_view::npos ? bytes_.size() : end) - at_;
    if (length > kMaxLine) return broken("a line is too long");
    if (end == std::string_view::npos) return need(bytes_.size() + 1);
    into = bytes_.substr(at_, length);
    at_ = end + 2;
    return Outcome::Whole;
}

ReplyReader::Cursor::Outcome ReplyReader::Cursor::number(std::string_view text,
                                                         std::int64_t& into) {
    const auto value = whole_number(text);
    if (!value) return broken("a number is none");
    into = *value;
    return Outcome::Whole;
}

ReplyReader::Cursor::Outcome ReplyReader::Cursor::bulk(std::string_view length, Reply& into) {
    const auto size = whole_number(length);
    if (size == -1) return Outcome::Whole;  // RESP 2's null.
    if (!size || *size < 0) return broken("a length is none");
    const auto bytes = static_cast<std::size_t>(*size);
    if (bytes > limits_.max_bytes) return broken("a text is too long");
    if (bytes_.size() < at_ + bytes + 2) return need(at_ + bytes + 2);
    if (bytes_.substr(at_ + bytes, 2) != "\r\n") return broken("a text does not end");
    into.kind = Reply::Kind::Text;
    into.text = bytes_.substr(at_, bytes);
    at_ += bytes + 2;
    return Outcome::Whole;
}

ReplyReader::Cursor::Outcome ReplyReader::Cursor::elements(std::string_view count, std::size_t each,
                                                           Reply& into, std::size_t depth) {
    const auto given = whole_number(count);
    if (given == -1) {
        into.kind = Reply::Kind::Null;
        return Outcome::Whole;
    }
    if (!given || *given < 0) return broken("a count is none");
    const auto limit = static_cast<std::int64_t>(limits_.max_elements);
    if (*given > limit) return broken("a list is too long");
    const std::size_t total = static_cast<std::size_t>(*given) * each;
    elements_ += total;
    if (elements_ > limits_.max_elements) return broken("a list is too long");
    for (std::size_t i = 0; i < total; ++i) {
        const Outcome outcome = read(into.list.emplace_back(), depth + 1);
        if (outcome != Outcome::Whole) return outcome;
    }
    return Outcome::Whole;
}

Result<std::optional<Reply>> ReplyReader::next() {
    const std::string_view rest = std::string_view(buffer_).substr(read_);
    if (rest.size() < needed_ || rest.empty()) return std::nullopt;
    Cursor cursor(rest, limits_);
    Reply reply;
    switch (cursor.read(reply)) {
        case Cursor::Outcome::Broken: return fail(ErrorCode::Corrupt, cursor.why());
        case Cursor::Outcome::Short: needed_ = cursor.needed(); return std::nullopt;
        case Cursor::Outcome::Whole: break;
    }
    needed_ = 0;
    read_ += cursor.used();
    if (read_ == buffer_.size() || read_ >= kCutAfter) {
        buffer_.erase(0, read_);
        read_ = 0;
    }
    return reply;
}

std::string encode_command(const Words& words) {
    std::string out = fmt::format("*{}\r\n", words.size());
    for (const std::string& each : words) {
        out += fmt::format("${}\r\n", each.size());
        out += each;
        out += "\r\n";
    }
    return out;
}

}  // namespace syncwatch::redis
