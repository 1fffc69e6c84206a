#include "domain/wal/page_header.h"

#include <cstring>

namespace syncwatch::wal {
namespace {

constexpr std::uint16_t kIsLong = 0x0002;

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
    Number number = 0;
    std::memcpy(&number, bytes.data() + at, sizeof(number));
    return number;
}

}  // namespace

std::optional<PageHeader> PageHeader::read(std::string_view bytes) {
    if (bytes.size() < kBytes) return std::nullopt;
    if ((number_at<std::uint16_t>(bytes, 2) & kIsLong) == 0) return std::nullopt;
    PageHeader header;
    header.timeline = number_at<std::uint32_t>(bytes, 4);
    header.at = {number_at<std::uint64_t>(bytes, 8)};
    header.system = number_at<std::uint64_t>(bytes, 24);
    const bool is_one = number_at<std::uint32_t>(bytes, 32) == kSegmentBytes &&
                        header.at.value % kSegmentBytes == 0 && header.timeline > 0;
    if (!is_one) return std::nullopt;
    return header;
}

}  // namespace syncwatch::wal
