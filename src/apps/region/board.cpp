#include "apps/region/board.h"

#include <cstdio>

#include <fmt/format.h>

namespace syncwatch::lab {
namespace {

constexpr std::size_t kWidth = 78;

}  // namespace

Board::~Board() {
    if (kind_ == Kind::Terminal) fmt::print(stderr, "\r\x1b[K");
}

void Board::begins(const std::string& part) {
    const std::lock_guard lock(mutex_);
    at_work_[part] = std::chrono::steady_clock::now();
    draw();
}

void Board::ends(const std::string& part, bool well) {
    const std::lock_guard lock(mutex_);
    if (well) ++done_;
    const auto took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - at_work_[part]);
    at_work_.erase(part);
    if (kind_ == Kind::Lines) {
        fmt::print(stderr, "{:<11} {} after {:.1f} s\n", part, well ? "healthy" : "not healthy",
                   took.count());
    }
    draw();
}

void Board::draw() {
    if (kind_ != Kind::Terminal) return;
    std::string line = fmt::format("{} of {} healthy", done_, parts_);
    for (const auto& [part, since] : at_work_) {
        if (line.size() + part.size() + 6 > kWidth) {
            line += " …";
            break;
        }
        line += (line.ends_with("healthy") ? ", starting " : " ") + part;
    }
    fmt::print(stderr, "\r\x1b[K{}", line);
    std::fflush(stderr);
}

}  // namespace syncwatch::lab
