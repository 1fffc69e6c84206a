#include "recovery/embedded/layout.h"

#include <charconv>

#include <fmt/format.h>

namespace syncwatch::recovery {

std::string generations_folder(std::string_view cluster) {
    return fmt::format("v1/cluster/{}/data/sqlite", cluster);
}

std::string PieceName::text() const {
    return fmt::format("{:010}{}.{}.{}{}", number,
                       is_pack() ? fmt::format("-{:010}", pack_to) : std::string(),
                       to_micros(first), to_micros(whole_until), times_unknown ? ".u" : "");
}

std::string PieceName::folder() const {
    return fmt::format("log/{:07}", number / 1000);
}

namespace {

/// Digits up to the next dot, or to the end.
bool take_number(std::string_view& rest, std::uint64_t& out) {
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), out);
    if (parsed.ec != std::errc() || out > (std::uint64_t{1} << 62)) return false;
    rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
    return true;
}

bool take(char wanted, std::string_view& rest) {
    if (rest.empty() || rest.front() != wanted) return false;
    rest.remove_prefix(1);
    return true;
}

}  // namespace

Result<PieceName> PieceName::parse(std::string_view text) {
    PieceName name;
    std::uint64_t first = 0;
    std::uint64_t until = 0;
    std::string_view rest = text;
    bool is_one = take_number(rest, name.number);
    if (is_one && take('-', rest)) is_one = take_number(rest, name.pack_to);
    is_one = is_one && take('.', rest) && take_number(rest, first) && take('.', rest) &&
             take_number(rest, until);
    name.first = from_micros(static_cast<std::int64_t>(first));
    name.whole_until = from_micros(static_cast<std::int64_t>(until));
    name.times_unknown = rest == ".u";
    // One way to write it, so that no two names are of one piece.
    const bool is_run = !name.is_pack() || (name.number < name.pack_to && !name.times_unknown);
    if (!is_one || !is_run || name.number == 0 || name.text() != text) {
        return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no piece of a log", text));
    }
    return name;
}

std::string part_name(std::size_t number) {
    return fmt::format("part-{:06}", number);
}

}  // namespace syncwatch::recovery
