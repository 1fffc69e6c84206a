#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/temp_folder.h"
#include "ports/source_file.h"

namespace syncwatch {

/// A file that is all holes at first, and gets the bytes of a whole one as they are asked for.
class HoledFile final : public PartialFile {
public:
    explicit HoledFile(const std::filesystem::path& whole)
        : size_(std::filesystem::file_size(whole)),
          path_(folder_.path() / whole.filename()),
          whole_(whole, std::ios::binary),
          here_(size_ / kBlock + 1) {
        std::ofstream(path_).flush();
        std::filesystem::resize_file(path_, size_);
    }

    const std::filesystem::path& path() const override { return path_; }
    std::uint64_t size() const override { return size_; }
    Async<> bring(std::uint64_t offset, std::uint64_t count) override {
        // Somebody else has the thread meanwhile, as with a real store.
        co_await net::post(co_await net::this_coro::executor, net::use_awaitable);
        const std::uint64_t end = std::min(size_, offset + std::min(count, size_));
        for (std::uint64_t at = offset / kBlock; at * kBlock < end; ++at) here_[at] = true;
        if (refuses_after && brought() > *refuses_after) {
            co_return fail(ErrorCode::Unavailable, "the store is away");
        }
        if (offset >= end) co_return Result<>();
        std::string bytes(end - offset, '\0');
        whole_.seekg(static_cast<std::streamoff>(offset));
        whole_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        std::fstream to(path_, std::ios::binary | std::ios::in | std::ios::out);
        to.seekp(static_cast<std::streamoff>(offset));
        to.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        co_return Result<>();
    }
    /// Bytes of it that were asked for, and their neighbours.
    std::uint64_t brought() const {
        return static_cast<std::uint64_t>(std::ranges::count(here_, true)) * kBlock;
    }

    std::optional<std::uint64_t> refuses_after;  ///< So many bytes.

private:
    static constexpr std::uint64_t kBlock = 4096;

    const TempFolder folder_;
    const std::uint64_t size_;
    const std::filesystem::path path_;
    std::ifstream whole_;
    std::vector<bool> here_;
};

}  // namespace syncwatch
