#include "recovery/embedded/pack.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/digest.h"
#include "base/json_text.h"
#include "recovery/embedded/json_fields.h"

namespace syncwatch::recovery {
namespace {

namespace json = boost::json;

constexpr std::string_view kPackLine = "SyncWatch log of a database, packed, 1\n";
constexpr std::size_t kSumBytes = 32;

tl::unexpected<Error> broken(std::string_view how) {
    return fail(ErrorCode::Corrupt, fmt::format("a pack of the log {}", how));
}

Result<std::vector<std::size_t>> sizes_in(std::string_view line) {
    boost::system::error_code failed;
    const json::value header = json::parse(json::string_view(line.data(), line.size()), failed);
    const auto* fields = failed ? nullptr : header.if_object();
    const auto* value = fields == nullptr ? nullptr : fields->if_contains("pieces_bytes");
    const auto* list = value == nullptr ? nullptr : value->if_array();
    if (list == nullptr) return broken("has a header that says nothing");
    std::vector<std::size_t> sizes;
    for (const json::value& each : *list) {
        const auto* size = each.if_int64();
        if (size == nullptr || *size < 0) return fields::missing("pieces_bytes");
        sizes.push_back(static_cast<std::size_t>(*size));
    }
    return sizes;
}

bool follows(const StoredPiece& before, const StoredPiece& piece) {
    return piece.generation == before.generation && piece.number == before.number + 1 &&
           piece.previous == before.digest;
}

}  // namespace

std::string encode_pack(const std::vector<std::string>& pieces) {
    JsonText header(64 + pieces.size() * 8);
    header.open_object();
    header.name("pieces_bytes");
    header.open_array();
    for (const std::string& each : pieces) header.value(static_cast<std::int64_t>(each.size()));
    header.close_array();
    header.close_object();
    std::string out = fmt::format("{}{}\n", kPackLine, header.take());
    for (const std::string& each : pieces) out.append(each);
    const Sha256Sum sum = sha256(as_bytes(out));
    out.append(reinterpret_cast<const char*>(sum.data()), sum.size());
    return out;
}

Result<std::vector<StoredPiece>> decode_pack(std::string_view bytes) {
    if (!bytes.starts_with(kPackLine)) return broken("begins otherwise");
    if (bytes.size() < kPackLine.size() + kSumBytes) return broken("is cut off");
    const std::string_view covered = bytes.substr(0, bytes.size() - kSumBytes);
    const Sha256Sum sum = sha256(as_bytes(covered));
    const auto written = as_bytes(bytes.substr(covered.size()));
    if (!std::equal(sum.begin(), sum.end(), written.begin())) return broken("is damaged");
    std::string_view rest = covered.substr(kPackLine.size());
    const std::size_t line = rest.find('\n');
    if (line == std::string_view::npos) return broken("has no header");
    SW_TRY(const auto sizes, sizes_in(rest.substr(0, line)));
    rest.remove_prefix(line + 1);
    std::vector<StoredPiece> pieces;
    for (const std::size_t size : sizes) {
        if (size > rest.size()) return broken("holds less than it says");
        SW_TRY(StoredPiece piece, decode_piece(rest.substr(0, size)));
        if (!pieces.empty() && !follows(pieces.back(), piece)) {
            return broken("holds pieces that do not follow one another");
        }
        pieces.push_back(std::move(piece));
        rest.remove_prefix(size);
    }
    if (!rest.empty() || pieces.size() < 2) return broken("is of another size than it says");
    return pieces;
}

PieceName pack_name(const std::vector<PieceName>& pieces) {
    PieceName name;
    name.number = pieces.front().number;
    name.pack_to = pieces.back().number;
    name.whole_until = pieces.back().whole_until;
    const auto first = std::ranges::find_if(pieces, &PieceName::has_commits);
    if (first != pieces.end()) name.first = first->first;
    return name;
}

PieceName pack_name(const std::vector<StoredPiece>& pieces) {
    std::vector<PieceName> names;
    for (const StoredPiece& each : pieces) names.push_back(each.name());
    return pack_name(names);
}

}  // namespace syncwatch::recovery
