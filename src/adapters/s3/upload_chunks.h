#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::s3 {

/// A piece of an upload, as an object of its own whose name says where it belongs.
struct UploadChunk {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::string name;

    std::uint64_t end() const { return offset + size; }
    bool operator==(const UploadChunk&) const = default;
};

/// Names of objects below an upload's own prefix. `writer` is a word of `[0-9a-f]`.
inline constexpr std::string_view kUploadMark = "created";
std::string chunk_name(std::uint64_t offset, std::uint64_t size, std::string_view writer);
/// A piece that counts only beside the mark that its writer was accepted.
std::string provisional_name(std::uint64_t offset, std::uint64_t size, std::string_view writer);
std::string accepted_name(std::string_view writer);

/// The pieces that make up the upload, from its first byte on and without a gap, as far as they
/// reach. Several writers may have stored the same bytes cut differently: any chain of them will
/// do, and the longest is taken. Names that are none of these are passed over.
std::vector<UploadChunk> chain_of(const std::vector<std::string>& names);

/// How far they reach.
std::uint64_t reach_of(const std::vector<UploadChunk>& chain);

}  // namespace syncwatch::s3
